/**
 * Tells a build whether the author's modules, while they load, look at what
 * differs from call to call.
 *
 * Modules that do not are loaded at build and kept in the snapshot, which
 * costs a call nothing. The others are loaded at the start of each call.
 *
 * @module
 */

const NativeDate = Date;

let observations;

/**
 * Notes that the environment, time, randomness or the outside was used.
 *
 * @param {string} what As an author would name it: `process.env.TABLE`.
 */
export function observe(what) {
  observations?.push({ what, stack: new Error(what).stack });
}

/** Starts to note. Until `stopObserving`, `Date` is noted as well. */
export function startObserving() {
  observations = [];
  globalThis.Date = new Proxy(NativeDate, { apply, construct, get });
}

/** Stops, and gives what was noted: `{ what, stack }`, first things first. */
export function stopObserving() {
  const noted = observations;
  observations = undefined;
  globalThis.Date = NativeDate;
  return noted;
}

function apply(target, self, args) {
  observe("Date()");
  return Reflect.apply(target, self, args);
}

function construct(target, args, newTarget) {
  if (args.length === 0) observe("new Date()");
  return Reflect.construct(target, args, newTarget);
}

function get(target, key, receiver) {
  return key === "now" ? now : Reflect.get(target, key, receiver);
}

// A module may keep this function, which then goes on working.
function now() {
  observe("Date.now()");
  return NativeDate.now();
}
