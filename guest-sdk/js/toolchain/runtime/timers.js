/**
 * Timers and immediates, and which of them runs next.
 *
 * @module
 */

import { sleep } from "./host.js";
import { observe } from "./observe.js";
import { now } from "./time.js";

/** The longest delay in milliseconds; beyond it Node takes one of 1 ms. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** Waiting timers, the earliest first. */
const waiting = [];
const byId = new Map();
let lastId = 0;

let immediates = [];
/** Immediates of the current round: those that they add run in the next. */
let round = [];

class Timeout {
  constructor(callback, delay, args, repeats) {
    this.id = ++lastId;
    this.callback = callback;
    this.delay = delay >= 1 && delay <= LONGEST_DELAY ? Math.trunc(delay) : 1;
    this.args = args;
    this.repeats = repeats;
    this.keepsAlive = true;
    this.refresh();
  }

  refresh() {
    this.close();
    this.due = now() + this.delay;
    waiting.splice(positionOf(this.due), 0, this);
    byId.set(this.id, this);
    return this;
  }

  close() {
    const position = waiting.indexOf(this);
    if (position >= 0) waiting.splice(position, 1);
    byId.delete(this.id);
    return this;
  }

  ref() {
    this.keepsAlive = true;
    return this;
  }

  unref() {
    this.keepsAlive = false;
    return this;
  }

  hasRef() {
    return this.keepsAlive;
  }

  run() {
    this.close();
    try {
      this.callback(...this.args);
    } finally {
      if (this.repeats && !this.cleared) this.refresh();
    }
  }

  [Symbol.toPrimitive]() {
    return this.id;
  }
}

class Immediate {
  constructor(callback, args) {
    this.callback = callback;
    this.args = args;
    this.keepsAlive = true;
  }

  ref() {
    this.keepsAlive = true;
    return this;
  }

  unref() {
    this.keepsAlive = false;
    return this;
  }

  hasRef() {
    return this.keepsAlive;
  }
}

export function setTimeout(callback, delay, ...args) {
  return startTimer("setTimeout", callback, delay, args, false);
}

export function setInterval(callback, delay, ...args) {
  return startTimer("setInterval", callback, delay, args, true);
}

export function setImmediate(callback, ...args) {
  requireCallback(callback);
  observe("setImmediate()");
  const immediate = new Immediate(callback, args);
  immediates.push(immediate);
  return immediate;
}

/** Clears a timeout or an interval, given as the object or its number. */
export function clearTimeout(timer) {
  const timeout = timer instanceof Timeout ? timer : byId.get(Number(timer));
  if (!timeout) return;
  timeout.cleared = true;
  timeout.close();
}

export function clearImmediate(immediate) {
  immediates = immediates.filter((other) => other !== immediate);
  round = round.filter((other) => other !== immediate);
}

/**
 * The next task of the event loop, after waiting until it is due.
 *
 * @returns {(() => void) | undefined} Nothing if nothing keeps the loop alive.
 */
export function nextTask() {
  for (;;) {
    const task = taskThatIsDue();
    if (task) return task;
    if (!waiting.some((timer) => timer.keepsAlive)) return undefined;
    sleep(waiting[0].due - now());
  }
}

// Node's loop: the timers that are due, then one round of immediates.
function taskThatIsDue() {
  if (round.length > 0) return takeImmediate();
  if (waiting[0]?.due <= now()) return () => waiting[0].run();
  if (!immediates.some((immediate) => immediate.keepsAlive)) return undefined;
  round = immediates;
  immediates = [];
  return takeImmediate();
}

function takeImmediate() {
  const { callback, args } = round.shift();
  return () => callback(...args);
}

function startTimer(name, callback, delay, args, repeats) {
  requireCallback(callback);
  observe(`${name}()`);
  return new Timeout(callback, Number(delay), args, repeats);
}

function positionOf(due) {
  const position = waiting.findLastIndex((timer) => timer.due <= due);
  return position + 1;
}

function requireCallback(callback) {
  if (typeof callback === "function") return;
  const error = new TypeError('The "callback" argument must be of type function.');
  throw Object.assign(error, { code: "ERR_INVALID_ARG_TYPE" });
}
