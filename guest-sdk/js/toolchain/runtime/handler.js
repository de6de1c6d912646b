/**
 * Which export of the author's module handles events.
 *
 * @module
 */

import { RuntimeError } from "./failure.js";

/** Exports tried in this order when the function names none. */
const USUAL_NAMES = ["handler", "default"];

/**
 * Finds the handler.
 *
 * @param {object} module The namespace of the author's module.
 * @param {string | null} name As Lambda has it: `handler`, `api.create`. Null
 *   takes the usual one, or the only function that is exported.
 * @throws {RuntimeError} `Runtime.HandlerNotFound`, with the exports there are.
 */
export function findHandler(module, name) {
  const exports = merged(module);
  const found = name === null ? usual(exports) : nested(exports, name);
  if (typeof found === "function") return found;
  throw new RuntimeError("HandlerNotFound", complaint(found, name, exports));
}

// What CommonJS exports stands under `default`, and so do a default's own
// members, which is how some compilers export.
function merged(module) {
  const { default: inner } = module;
  return inner && typeof inner === "object" ? { ...inner, ...module } : { ...module };
}

function nested(exports, name) {
  return name.split(".").reduce((value, key) => value?.[key], exports);
}

function usual(exports) {
  const named = USUAL_NAMES.map((name) => exports[name]).find((value) => typeof value === "function");
  const functions = Object.values(exports).filter((value) => typeof value === "function");
  return named ?? (functions.length === 1 ? functions[0] : undefined);
}

function complaint(found, name, exports) {
  const subject = name === null ? "`handler`" : `\`${name}\``;
  const problem = found === undefined ? "is undefined or not exported" : "is not a function";
  return `${subject} ${problem}; ${listed(exports)}`;
}

function listed(exports) {
  const names = Object.keys(exports).filter((name) => name !== "default" && name !== "module.exports");
  if (names.length === 0) return "the module exports nothing";
  return `the module exports ${names.map((name) => `\`${name}\``).join(", ")}`;
}
