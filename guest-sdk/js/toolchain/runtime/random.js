/**
 * Randomness that is fresh in every instance.
 *
 * @module
 */

import * as host from "./host.js";
import { observe } from "./observe.js";

/** 2 to the power of -53: the distance between neighbouring results. */
const STEP = 2 ** -53;

let state;

/** Secure random bytes. */
export function randomBytes(count) {
  observe("secure random bytes");
  return host.randomBytes(count);
}

/**
 * `Math.random`, without the engine's seed, which the snapshot would freeze:
 * sfc32, seeded by the host when an instance first asks.
 */
export function random() {
  observe("Math.random()");
  state ??= new Uint32Array(host.randomBytes(16).buffer);
  const high = next() >>> 5;
  const low = next() >>> 6;
  return (high * 2 ** 26 + low) * STEP;
}

/** Forgets the seed: the build's snapshot ends here. */
export function resetRandom() {
  state = undefined;
}

function next() {
  const sum = (state[0] + state[1] + state[3]) | 0;
  state[3] += 1;
  state[0] = state[1] ^ (state[1] >>> 9);
  state[1] = state[2] + (state[2] << 3);
  state[2] = ((state[2] << 21) | (state[2] >>> 11)) + sum;
  return sum;
}
