"use strict";

const { hmac } = require("@noble/hashes/hmac.js");
const { md5, ripemd160, sha1 } = require("@noble/hashes/legacy.js");
const { sha224, sha256, sha384, sha512 } = require("@noble/hashes/sha2.js");
const { pbkdf2 } = require("@noble/hashes/pbkdf2.js");
const { Buffer } = require("../buffer.cjs");

const HASHES = { md5, ripemd160, sha1, sha224, sha256, sha384, sha512 };

/** Of how many values a random integer may be one, as in Node. */
const RANDOM_RANGE = 2 ** 48;

/** What `createHash` and `createHmac` give: bytes go in, one digest comes out. */
class Digest {
  #state;

  constructor(state) {
    this.#state = state;
  }

  update(data, encoding) {
    this.#state.update(bytesOf(data, encoding));
    return this;
  }

  digest(encoding) {
    const digest = Buffer.from(this.#state.digest());
    return encoding && encoding !== "buffer" ? digest.toString(encoding) : digest;
  }

  copy() {
    return new Digest(this.#state.clone());
  }
}

function bytesOf(data, encoding) {
  if (typeof data === "string") return Buffer.from(data, encoding ?? "utf8");
  return new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
}

function hashNamed(name) {
  const hash = HASHES[String(name).toLowerCase().replace("-", "")];
  if (hash) return hash;
  throw new Error(`Digest method not supported: ${name}; there are ${getHashes().join(", ")}`);
}

function getHashes() {
  return Object.keys(HASHES);
}

function createHash(name) {
  return new Digest(hashNamed(name).create());
}

function createHmac(name, key) {
  return new Digest(hmac.create(hashNamed(name), bytesOf(key)));
}

function hash(name, data, encoding = "hex") {
  return createHash(name).update(data).digest(encoding);
}

function pbkdf2Sync(password, salt, iterations, length, name) {
  const options = { c: iterations, dkLen: length };
  return Buffer.from(pbkdf2(hashNamed(name), bytesOf(password), bytesOf(salt), options));
}

function timingSafeEqual(left, right) {
  const [first, second] = [bytesOf(left), bytesOf(right)];
  if (first.length !== second.length) throw new RangeError("Input buffers must have the same byte length");
  return first.reduce((difference, byte, index) => difference | (byte ^ second[index]), 0) === 0;
}

function randomBytes(size, callback) {
  const bytes = randomFillSync(Buffer.alloc(size));
  if (!callback) return bytes;
  setImmediate(() => callback(null, bytes));
}

function randomFillSync(array, offset = 0, size = array.length - offset) {
  for (let start = offset; start < offset + size; start += 65536) {
    crypto.getRandomValues(array.subarray(start, Math.min(start + 65536, offset + size)));
  }
  return array;
}

function randomFill(array, callback) {
  setImmediate(() => callback(null, randomFillSync(array)));
}

// Values beyond the last whole multiple of the range would favour small ones.
function randomInt(low, high) {
  const [min, max] = typeof high === "number" ? [low, high] : [0, low];
  const range = max - min;
  const limit = RANDOM_RANGE - (RANDOM_RANGE % range);
  let value = limit;
  while (value >= limit) value = randomBytes(6).readUIntBE(0, 6);
  return min + (value % range);
}

module.exports = {
  createHash,
  createHmac,
  getHashes,
  getRandomValues: crypto.getRandomValues,
  hash,
  pbkdf2Sync,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID: crypto.randomUUID,
  timingSafeEqual,
  webcrypto: crypto,
};
