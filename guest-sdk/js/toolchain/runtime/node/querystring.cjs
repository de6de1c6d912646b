"use strict";

const escape = encodeURIComponent;

function unescape(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function stringify(values, separator = "&", equals = "=", { encodeURIComponent: encode = escape } = {}) {
  return Object.entries(values ?? {})
    .flatMap(([name, value]) => [value].flat().map((item) => `${encode(name)}${equals}${encode(primitive(item))}`))
    .join(separator);
}

function primitive(value) {
  return ["string", "number", "bigint", "boolean"].includes(typeof value) ? String(value) : "";
}

function parse(text, separator = "&", equals = "=", { decodeURIComponent: decode = unescape, maxKeys = 1000 } = {}) {
  const values = Object.create(null);
  const parts = String(text ?? "").split(separator).filter(Boolean);
  for (const part of maxKeys > 0 ? parts.slice(0, maxKeys) : parts) add(values, ...pair(part, equals, decode));
  return values;
}

function pair(part, equals, decode) {
  const position = part.indexOf(equals);
  const [name, value] = position < 0 ? [part, ""] : [part.slice(0, position), part.slice(position + equals.length)];
  return [name, value].map((piece) => decode(piece.replaceAll("+", " ")));
}

function add(values, name, value) {
  values[name] = name in values ? [values[name], value].flat() : value;
}

module.exports = { decode: parse, encode: stringify, escape, parse, stringify, unescape };
