/**
 * The base 64 numbers of which source maps are made.
 *
 * The runtime reads one line at a time, so the numbers of each line begin
 * from zero here, while in a standard map they continue the line before.
 *
 * @module
 */

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const CONTINUES = 32;

/**
 * Decodes one line.
 *
 * @param {string} text Segments, separated by commas.
 * @param {number[]} from What the first segment's numbers are relative to,
 *   but for its column.
 * @returns {number[][]} Column in the bundle, source, line, column; from 0.
 */
export function decodeSegments(text, from = [0, 0, 0, 0]) {
  if (text === "") return [];
  let last = [0, ...from.slice(1)];
  return text.split(",").map((segment) => (last = add(last, numbers(segment))));
}

/** Encodes one line, the opposite of `decodeSegments`. */
export function encodeSegments(segments) {
  let last = [0, 0, 0, 0];
  return segments.map((segment) => {
    const text = segment.map((value, index) => encode(value - last[index])).join("");
    last = segment;
    return text;
  }).join(",");
}

function add(last, deltas) {
  return last.map((value, index) => value + (deltas[index] ?? 0));
}

function numbers(text) {
  const found = [];
  let value = 0;
  let shift = 0;
  for (const character of text) {
    const digit = DIGITS.indexOf(character);
    value |= (digit & (CONTINUES - 1)) << shift;
    shift += 5;
    if (digit & CONTINUES) continue;
    found.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = 0;
    shift = 0;
  }
  return found;
}

function encode(number) {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = "";
  do {
    const digit = rest & (CONTINUES - 1);
    rest >>>= 5;
    text += DIGITS[rest > 0 ? digit | CONTINUES : digit];
  } while (rest > 0);
  return text;
}
