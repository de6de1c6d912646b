/**
 * `TextEncoder` and `TextDecoder`.
 *
 * @module
 */

import { encodeUtf8, writeUtf8 } from "./utf8.js";

const REPLACEMENT = "\ufffd";

/** Labels by encoding, as the Encoding Standard names them. */
const LABELS = {
  "utf-8": ["utf-8", "utf8", "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"],
  "utf-16le": ["utf-16le", "utf-16", "ucs-2", "iso-10646-ucs-2", "csunicode", "unicode", "unicodefeff"],
  "windows-1252": [
    "windows-1252", "latin1", "iso-8859-1", "iso8859-1", "iso88591", "ascii", "us-ascii", "cp1252",
    "ansi_x3.4-1968", "l1", "x-cp1252", "cp819", "ibm819", "iso_8859-1", "csisolatin1",
  ],
};

/** What windows-1252 has at 0x80 to 0x9f. */
const WINDOWS_1252 =
  "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f" +
  "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178";

export class TextEncoder {
  get encoding() {
    return "utf-8";
  }

  encode(text = "") {
    return encodeUtf8(String(text));
  }

  encodeInto(text, target) {
    return writeUtf8(String(text), target);
  }
}

export class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  #held = new Uint8Array(0);
  #begun = false;

  constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
    this.#encoding = encodingOf(String(label));
    this.#fatal = Boolean(fatal);
    this.#ignoreBOM = Boolean(ignoreBOM);
  }

  get encoding() {
    return this.#encoding;
  }

  get fatal() {
    return this.#fatal;
  }

  get ignoreBOM() {
    return this.#ignoreBOM;
  }

  decode(input = new Uint8Array(0), { stream = false } = {}) {
    const bytes = joined(this.#held, bytesOf(input));
    const held = stream ? this.#unfinished(bytes) : 0;
    this.#held = bytes.slice(bytes.length - held);
    const text = this.#text(bytes.subarray(0, bytes.length - held));
    this.#begun = stream && (this.#begun || text !== "");
    return text;
  }

  #text(bytes) {
    const text = this.#decodeAll(bytes);
    const skips = !this.#ignoreBOM && !this.#begun && text.startsWith("\ufeff");
    return skips && this.#encoding !== "windows-1252" ? text.slice(1) : text;
  }

  #decodeAll(bytes) {
    if (this.#encoding === "utf-8") return decodeUtf8(bytes, this.#fatal);
    if (this.#encoding === "utf-16le") return decodeUtf16(bytes, this.#fatal);
    return decodeWindows1252(bytes);
  }

  #unfinished(bytes) {
    if (this.#encoding === "utf-8") return unfinishedUtf8(bytes);
    return this.#encoding === "utf-16le" ? bytes.length % 2 : 0;
  }
}

function encodingOf(label) {
  const wanted = label.trim().toLowerCase();
  const found = Object.keys(LABELS).find((name) => LABELS[name].includes(wanted));
  if (found) return found;
  const error = new RangeError(`The "${label}" encoding is not supported`);
  throw Object.assign(error, { code: "ERR_ENCODING_NOT_SUPPORTED" });
}

function bytesOf(input) {
  if (ArrayBuffer.isView(input)) {
    return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  }
  return new Uint8Array(input);
}

function joined(first, second) {
  if (first.length === 0) return second;
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function decodeUtf8(bytes, fatal) {
  const parts = [];
  let index = 0;
  while (index < bytes.length) {
    const { code, length } = scalarIn(bytes, index);
    if (code === undefined && fatal) throw invalid("utf-8");
    parts.push(code === undefined ? REPLACEMENT : String.fromCodePoint(code));
    index += length;
  }
  return parts.join("");
}

// One scalar value, or the length of what is to be replaced: the longest
// prefix of a valid sequence, as the Encoding Standard asks.
function scalarIn(bytes, start) {
  const first = bytes[start];
  if (first < 0x80) return { code: first, length: 1 };
  const length = sequenceLength(first);
  let code = first & (0x7f >> length);
  for (let offset = 1; offset < length; offset += 1) {
    const byte = bytes[start + offset];
    if (!continues(byte, first, offset)) return { length: offset };
    code = (code << 6) | (byte & 0x3f);
  }
  return length === 0 ? { length: 1 } : { code, length };
}

function sequenceLength(first) {
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

function continues(byte, first, offset) {
  if (byte === undefined || byte < 0x80 || byte > 0xbf) return false;
  if (offset > 1) return true;
  if (first === 0xe0) return byte >= 0xa0;
  if (first === 0xed) return byte <= 0x9f;
  if (first === 0xf0) return byte >= 0x90;
  return first !== 0xf4 || byte <= 0x8f;
}

/** How many bytes at the end begin a sequence that more bytes may finish. */
function unfinishedUtf8(bytes) {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const start = bytes.length - back;
    const length = sequenceLength(bytes[start]);
    if (length > back && scalarIn(bytes, start).length === back) return back;
  }
  return 0;
}

function decodeUtf16(bytes, fatal) {
  const units = [];
  for (let index = 0; index + 1 < bytes.length; index += 2) {
    units.push(String.fromCharCode(bytes[index] | (bytes[index + 1] << 8)));
  }
  const odd = bytes.length % 2 === 1 ? REPLACEMENT : "";
  const text = units.join("") + odd;
  if (fatal && (odd || !text.isWellFormed())) throw invalid("utf-16le");
  return text.toWellFormed();
}

function decodeWindows1252(bytes) {
  return Array.from(bytes, (byte) =>
    byte >= 0x80 && byte < 0xa0 ? WINDOWS_1252[byte - 0x80] : String.fromCharCode(byte),
  ).join("");
}

function invalid(encoding) {
  const error = new TypeError(`The encoded data was not valid for encoding ${encoding}`);
  return Object.assign(error, { code: "ERR_ENCODING_INVALID_ENCODED_DATA" });
}
