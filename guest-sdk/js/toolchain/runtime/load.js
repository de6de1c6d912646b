/**
 * Brings the author's module into the component: into the build's snapshot,
 * or at the start of each call.
 *
 * @module
 */

import { resetEnvironment } from "./environment.js";
import { findHandler } from "./handler.js";
import { startObserving, stopObserving } from "./observe.js";
import { resetRandom } from "./random.js";
import { resetClock } from "./time.js";

/** Promise jobs that a module may leave behind and that a build still runs. */
const JOBS_AT_BUILD = 1000;

/**
 * Loads the module into the snapshot.
 *
 * @param {() => Promise<object>} load
 * @param {string | null} name The handler's.
 * @returns {Promise<Function>} The handler.
 * @throws {Error} A report for `build/component.mjs` if the module cannot be
 *   in the snapshot or lacks the handler.
 */
export async function loadAtBuild(load, name) {
  startObserving();
  const outcome = await Promise.race([outcomeOf(load), unsettled()]);
  const [observed] = stopObserving();
  resetClock();
  resetEnvironment();
  resetRandom();
  if (observed) throw report({ observed });
  if (!outcome.module) throw report(outcome);
  return handlerIn(outcome.module, name);
}

/** Loads the module in an instance, and gives the handler. */
export async function loadAtCall(load, name) {
  return findHandler(await load(), name);
}

async function outcomeOf(load) {
  try {
    const module = await load();
    await drain();
    return { module };
  } catch (thrown) {
    return { thrown: String(thrown?.stack ?? thrown) };
  }
}

async function drain() {
  for (let job = 0; job < JOBS_AT_BUILD; job += 1) await null;
}

async function unsettled() {
  await drain();
  await drain();
  return { thrown: "a top-level await of it never ends" };
}

function handlerIn(module, name) {
  try {
    return findHandler(module, name);
  } catch (error) {
    throw report({ handlerNotFound: error.message });
  }
}

function report(content) {
  return new Error(`sandstep-report:${JSON.stringify(content)}`);
}
