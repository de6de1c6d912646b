/**
 * Deep equality, as Node's `util.isDeepStrictEqual` has it.
 *
 * @module
 */

/** Whether two values are alike in kind and in every part. */
export function isDeepStrictEqual(left, right) {
  return equal(left, right, new Map());
}

function equal(left, right, compared) {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (compared.get(left) === right) return true;
  compared.set(left, right);
  return sameKind(left, right) && sameContent(left, right, compared) && sameMembers(left, right, compared);
}

function sameKind(left, right) {
  return Object.getPrototypeOf(left) === Object.getPrototypeOf(right);
}

function sameContent(left, right, compared) {
  if (left instanceof Date) return left.getTime() === right.getTime();
  if (left instanceof RegExp) return String(left) === String(right);
  if (left instanceof Error) return left.name === right.name && left.message === right.message;
  if (left instanceof Map) return sameEntries([...left], [...right], compared);
  if (left instanceof Set) return sameEntries([...left], [...right], compared);
  if (left instanceof Number || left instanceof String || left instanceof Boolean) {
    return Object.is(left.valueOf(), right.valueOf());
  }
  return true;
}

// The order of a map's or a set's items does not count.
function sameEntries(left, right, compared) {
  if (left.length !== right.length) return false;
  return left.every((item) => {
    const position = right.findIndex((other) => equal(item, other, new Map(compared)));
    if (position >= 0) right.splice(position, 1);
    return position >= 0;
  });
}

function sameMembers(left, right, compared) {
  const keys = Reflect.ownKeys(left).filter((key) => isEnumerable(left, key));
  const others = Reflect.ownKeys(right).filter((key) => isEnumerable(right, key));
  if (keys.length !== others.length) return false;
  return keys.every((key) => isEnumerable(right, key) && equal(left[key], right[key], compared));
}

function isEnumerable(value, key) {
  return Object.prototype.propertyIsEnumerable.call(value, key);
}
