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

/** Promise jobs in which a module has to have loaded. */
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
  const outcome = await outcomeOf(load);
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

// The jobs that a module leaves behind are run as well: one that stayed in the
// queue would be in the snapshot, and each call would have to run it.
async function outcomeOf(load) {
  let outcome = { thrown: "a top-level await of it never ends" };
  load().then(
    (module) => (outcome = { module }),
    (thrown) => (outcome = { thrown: String(thrown?.stack ?? thrown) }),
  );
  for (let job = 0; job < JOBS_AT_BUILD; job += 1) await null;
  return outcome;
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
