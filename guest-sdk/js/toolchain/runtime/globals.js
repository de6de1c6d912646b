/**
 * Installs what handlers expect to find, but for the large ones: see
 * `optional`.
 *
 * @module
 */

import { console } from "./console.js";
import { crypto } from "./crypto.js";
import { installGlobals } from "./install.js";
import { process } from "./process.js";
import { random } from "./random.js";
import { installStacks } from "./stack.js";
import { instancePerformance } from "./time.js";
import * as timers from "./timers.js";

const GLOBALS = {
  clearImmediate: timers.clearImmediate,
  clearInterval: timers.clearTimeout,
  clearTimeout: timers.clearTimeout,
  console,
  crypto,
  global: globalThis,
  performance: instancePerformance,
  process,
  require: requireNothing,
  setImmediate: timers.setImmediate,
  setInterval: timers.setInterval,
  setTimeout: timers.setTimeout,
};

/** What Node throws for a module that is not there, which is each unbundled. */
function requireNothing(name) {
  throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
}

installGlobals(GLOBALS);
Math.random = random;
installStacks();
