/**
 * The monotonic clock of one instance.
 *
 * @module
 */

import { observe } from "./observe.js";

const engineNow = performance.now.bind(performance);

let start;

/** Milliseconds since this instance first asked. */
export function now() {
  const time = engineNow();
  start ??= time;
  return time - start;
}

/** Lets the next reading be the first: the build's snapshot ends here. */
export function resetClock() {
  start = undefined;
}

/** The global `performance`. */
export const instancePerformance = {
  now() {
    observe("performance.now()");
    return now();
  },
  get timeOrigin() {
    observe("performance.timeOrigin");
    return Date.now() - now();
  },
  mark: (name) => ({ name, entryType: "mark", startTime: now(), duration: 0 }),
  toJSON() {
    return { timeOrigin: this.timeOrigin };
  },
};
