/**
 * What the host gives: the only module that knows of WASI.
 *
 * Handles of the host are fetched by the instance that uses them, since one
 * from the build's snapshot would mean nothing.
 *
 * @module
 */

import { getEnvironment } from "wasi:cli/environment@0.2.12";
import { exitWithCode } from "wasi:cli/exit@0.2.12";
import { getStdout } from "wasi:cli/stdout@0.2.12";
import { subscribeDuration } from "wasi:clocks/monotonic-clock@0.2.12";
import { getRandomBytes } from "wasi:random/random@0.2.12";

/** The most that `blocking-write-and-flush` takes at once, in bytes. */
const WRITE_BYTES = 4096;

const NANOSECONDS_PER_MILLISECOND = 1e6;

let stdout;

/** The environment variables as pairs of name and value. */
export function environment() {
  return getEnvironment();
}

/**
 * Writes to the function's log.
 *
 * @param {Uint8Array} bytes
 */
export function write(bytes) {
  stdout ??= getStdout();
  for (let start = 0; start < bytes.length; start += WRITE_BYTES) {
    stdout.blockingWriteAndFlush(bytes.slice(start, start + WRITE_BYTES));
  }
}

/** Does nothing for so many milliseconds; none if they are negative. */
export function sleep(milliseconds) {
  const nanoseconds = Math.ceil(milliseconds * NANOSECONDS_PER_MILLISECOND);
  subscribeDuration(Math.max(0, nanoseconds)).block();
}

/** Secure random bytes. */
export function randomBytes(count) {
  return getRandomBytes(count);
}

/** Ends the instance; does not return. Of `code`, the low byte counts. */
export function exit(code) {
  exitWithCode(code & 0xff);
}
