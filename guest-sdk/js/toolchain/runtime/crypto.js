/**
 * The global `crypto`: randomness alone.
 *
 * @module
 */

import { randomBytes } from "./random.js";

/** The most bytes that `getRandomValues` fills, as the Web's standard has it. */
const MOST_BYTES = 65536;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export const crypto = {
  getRandomValues(array) {
    if (array.byteLength > MOST_BYTES) throw quotaExceeded(array.byteLength);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    bytes.set(randomBytes(bytes.length));
    return array;
  },

  randomUUID() {
    const bytes = randomBytes(16);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => HEX[byte]).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  },
};

Object.defineProperty(crypto, Symbol.toStringTag, { value: "Crypto" });

function quotaExceeded(byteLength) {
  const message = `The requested length of ${byteLength} bytes exceeds ${MOST_BYTES}`;
  return new DOMException(message, "QuotaExceededError");
}
