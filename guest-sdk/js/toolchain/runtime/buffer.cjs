/**
 * `Buffer` with the encoding `base64url`, which the package lacks: it reads
 * such text under `base64` already, and does not write it.
 *
 * @module
 */

"use strict";

const { Buffer } = require("buffer");

const { byteLength, from, isEncoding } = Buffer;
const { toString, write } = Buffer.prototype;

const SIGNS = { "+": "-", "/": "_", "=": "" };

function isBase64Url(encoding) {
  return typeof encoding === "string" && encoding.toLowerCase() === "base64url";
}

function known(encoding) {
  return isBase64Url(encoding) ? "base64" : encoding;
}

Buffer.isEncoding = (encoding) => isEncoding(known(encoding));
Buffer.from = (value, ...rest) => from(value, ...rest.map(known));
// The package counts the padding, of which there is none.
Buffer.byteLength = (value, encoding) =>
  isBase64Url(encoding) ? from(value, "base64").length : byteLength(value, encoding);

Buffer.prototype.write = function (text, ...rest) {
  return write.call(this, text, ...rest.map(known));
};

Buffer.prototype.toString = function (encoding, ...range) {
  if (!isBase64Url(encoding)) return toString.call(this, encoding, ...range);
  return toString.call(this, "base64", ...range).replace(/[+/=]/g, (sign) => SIGNS[sign]);
};

module.exports = { Buffer };
