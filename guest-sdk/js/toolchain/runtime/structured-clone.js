/**
 * `structuredClone`, for everything that the standard names and that exists
 * here.
 *
 * @module
 */

const ERRORS = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

/** Copies `value` deeply; what `transfer` names moves over instead. */
export function structuredClone(value, { transfer = [] } = {}) {
  const copies = new Map();
  for (const buffer of transfer) copies.set(buffer, moved(buffer));
  return copy(value, copies);
}

function moved(value) {
  if (value instanceof ArrayBuffer) return value.transfer();
  throw notCloneable(value);
}

function copy(value, copies) {
  if (typeof value === "function" || typeof value === "symbol") throw notCloneable(value);
  if (typeof value !== "object" || value === null) return value;
  if (!copies.has(value)) copyObject(value, copies);
  return copies.get(value);
}

function copyObject(value, copies) {
  const leaf = copyLeaf(value, copies);
  if (leaf) copies.set(value, leaf);
  else if (value instanceof Map) copyMap(value, copies);
  else if (value instanceof Set) copySet(value, copies);
  else if (value instanceof Error) copyError(value, copies);
  else copyMembers(value, copies);
}

function copyLeaf(value, copies) {
  if (value instanceof Date) return new Date(value);
  if (value instanceof RegExp) return new RegExp(value.source, value.flags);
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (ArrayBuffer.isView(value)) return copyView(value, copies);
  if (value instanceof Boolean || value instanceof Number || value instanceof String || value instanceof BigInt) {
    return Object(value.valueOf());
  }
  if (isUncloneable(value)) throw notCloneable(value);
  return undefined;
}

function copyView(view, copies) {
  const buffer = copy(view.buffer, copies);
  const Kind = view instanceof DataView ? DataView : globalThis[view[Symbol.toStringTag]];
  return new Kind(buffer, view.byteOffset, view.length ?? view.byteLength);
}

function isUncloneable(value) {
  return [Promise, WeakMap, WeakSet, WeakRef].some((Kind) => value instanceof Kind);
}

function copyMap(map, copies) {
  const result = new Map();
  copies.set(map, result);
  for (const [key, item] of [...map]) result.set(copy(key, copies), copy(item, copies));
}

function copySet(set, copies) {
  const result = new Set();
  copies.set(set, result);
  for (const item of [...set]) result.add(copy(item, copies));
}

function copyError(error, copies) {
  const Kind = ERRORS[error.name] ?? Error;
  const result = new Kind(error.message);
  copies.set(error, result);
  hide(result, "stack", String(error.stack));
  if ("cause" in error) hide(result, "cause", copy(error.cause, copies));
}

function hide(target, name, value) {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

function copyMembers(value, copies) {
  const result = Array.isArray(value) ? new Array(value.length) : {};
  copies.set(value, result);
  for (const key of Object.keys(value)) result[key] = copy(value[key], copies);
}

function notCloneable(value) {
  return new DOMException(`${String(value)} could not be cloned.`, "DataCloneError");
}
