/**
 * The event loop of one invocation.
 *
 * The engine runs promise jobs by itself and tells nobody when none is left.
 * A future of the component model does: its read is pending, its write
 * happens at once, and the host reports the read in a callback of its own,
 * which it makes when the engine has gone idle. So `idle()` resolves after
 * the last promise job, and timers run in the order that Node has.
 *
 * @module
 */

import { nextTask } from "./timers.js";

/** Promise jobs that a short handler may need before the loop looks at it. */
const JOBS_BEFORE_FIRST_TURN = 8;

let listener = () => {};
let onError = () => {};
let stopped = true;
let ticks = [];

/** Runs `tick` before the next promise job or, within one, after the last. */
export function queueTick(tick) {
  ticks.push(tick);
}

/** Sets the listener that is told when nothing is left to run. */
export function whenEmpty(newListener) {
  listener = newListener;
}

/**
 * Starts to turn once the current promise jobs are done.
 *
 * @param {(thrown: unknown) => void} reportError Told what a task threw.
 */
export function startLoop(reportError) {
  stopped = false;
  onError = reportError;
  waitForJobs(JOBS_BEFORE_FIRST_TURN);
}

/** Stops turning: the invocation has been answered. */
export function stopLoop() {
  stopped = true;
}

// A turn costs a round trip to the host, which most handlers can do without.
function waitForJobs(count) {
  if (stopped) return;
  if (count === 0) turn();
  else queueMicrotask(() => waitForJobs(count - 1));
}

async function turn() {
  while (!stopped) {
    await idle();
    if (!stopped) runNext();
  }
}

function runNext() {
  if (ticks.length > 0) return runTicks();
  const task = nextTask();
  if (!task) return listener();
  guard(task);
  runTicks();
}

function runTicks() {
  while (ticks.length > 0) {
    const queued = ticks;
    ticks = [];
    queued.forEach(guard);
  }
}

function guard(task) {
  try {
    task();
  } catch (thrown) {
    onError(thrown);
  }
}

function idle() {
  const { readable, writable } = wit.Future();
  const read = readable.read();
  writable.write(0);
  return read.then(() => {
    readable.drop();
    writable.drop();
  });
}
