"use strict";

const { format, inspect } = require("../inspect.js");
const { isDeepStrictEqual } = require("../equality.js");
const types = require("./util-types.cjs");

const customPromisify = Symbol.for("nodejs.util.promisify.custom");

function promisify(original) {
  if (original[customPromisify]) return original[customPromisify];
  if (original === setTimeout) return require("./timers-promises.cjs").setTimeout;
  if (original === setImmediate) return require("./timers-promises.cjs").setImmediate;
  return function promisified(...values) {
    return new Promise((resolve, reject) => {
      original.call(this, ...values, (error, result) => (error ? reject(error) : resolve(result)));
    });
  };
}

promisify.custom = customPromisify;

function callbackify(original) {
  return function callbackified(...values) {
    const callback = values.pop();
    const settle = (error, result) => process.nextTick(callback, error, result);
    original.apply(this, values).then(
      (result) => settle(null, result),
      (reason) => settle(reason ?? new Error("Promise was rejected with a falsy value")),
    );
  };
}

function inherits(constructor, parent) {
  constructor.super_ = parent;
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

function deprecate(original, message) {
  let warned = false;
  return function deprecated(...values) {
    if (!warned) process.emitWarning(`DeprecationWarning: ${message}`);
    warned = true;
    return new.target ? Reflect.construct(original, values, new.target) : original.apply(this, values);
  };
}

/** No section is ever on: `NODE_DEBUG` is none of a function's variables. */
function debuglog() {
  return Object.assign(() => {}, { enabled: false });
}

// Colours and cursor movements, as terminals take them.
function stripVTControlCharacters(text) {
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "");
}

module.exports = {
  TextDecoder,
  TextEncoder,
  callbackify,
  debug: debuglog,
  debuglog,
  deprecate,
  format,
  inherits,
  inspect,
  isArray: Array.isArray,
  isDeepStrictEqual,
  promisify,
  stripVTControlCharacters,
  toUSVString: (text) => String(text).toWellFormed(),
  types,
};
