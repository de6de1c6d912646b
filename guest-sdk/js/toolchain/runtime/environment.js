/**
 * `process.env`: what the function was granted, asked for when first used.
 *
 * @module
 */

import * as host from "./host.js";
import { observe } from "./observe.js";

/** What modules wrote while they were loaded at build; deleted is undefined. */
const written = new Map();
let variables;

/** Forgets the host's values: the build's snapshot ends here. */
export function resetEnvironment() {
  variables = undefined;
}

export const environmentVariables = new Proxy({}, {
  get(target, name) {
    if (typeof name === "symbol") return target[name];
    return read(name)[name] ?? target[name];
  },
  has: (_, name) => name in read(name),
  ownKeys: () => Reflect.ownKeys(read("*")),
  getOwnPropertyDescriptor: (_, name) => Object.getOwnPropertyDescriptor(read(name), name),
  set: (_, name, value) => write(name, String(value)),
  defineProperty: (_, name, { value }) => write(name, String(value)),
  deleteProperty: (_, name) => write(name, undefined),
});

function read(name) {
  if (!written.has(name)) observe(`process.env.${String(name)}`);
  variables ??= Object.fromEntries(host.environment());
  written.forEach((value, key) => apply(key, value));
  return variables;
}

function write(name, value) {
  written.set(name, value);
  return true;
}

function apply(name, value) {
  if (value === undefined) delete variables[name];
  else variables[name] = value;
}
