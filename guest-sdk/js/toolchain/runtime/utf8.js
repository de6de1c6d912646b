/**
 * Text as UTF-8.
 *
 * @module
 */

/** The bytes of `text` in UTF-8; lone surrogates are replaced. */
export function encodeUtf8(text) {
  const bytes = new Uint8Array(text.length * 3);
  return bytes.slice(0, writeUtf8(text, bytes).written);
}

/**
 * Writes as much of `text` as fits.
 *
 * @returns {{ read: number, written: number }} UTF-16 units and bytes.
 */
export function writeUtf8(text, bytes) {
  let written = 0;
  let read = 0;
  while (read < text.length) {
    const code = scalarAt(text, read);
    const length = utf8Length(code);
    if (written + length > bytes.length) break;
    writeScalar(bytes, written, code, length);
    written += length;
    read += code > 0xffff ? 2 : 1;
  }
  return { read, written };
}

function scalarAt(text, index) {
  const code = text.codePointAt(index);
  return code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
}

function utf8Length(code) {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

function writeScalar(bytes, at, code, length) {
  if (length === 1) {
    bytes[at] = code;
    return;
  }
  let rest = code;
  for (let index = length - 1; index > 0; index -= 1) {
    bytes[at + index] = 0x80 | (rest & 0x3f);
    rest >>>= 6;
  }
  bytes[at] = (0xf00 >> length) & 0xff | rest;
}
