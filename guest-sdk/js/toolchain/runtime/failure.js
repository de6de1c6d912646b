/**
 * What a state machine is told of a value that was thrown, in the terms of
 * Lambda's runtime for Node.
 *
 * @module
 */

const UNREADABLE = {
  errorType: "handled",
  errorMessage:
    "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
  stackTrace: [],
};

/** An error that Lambda's runtime reports under a name of its own. */
export class RuntimeError extends Error {
  /** @param {string} kind What stands behind `Runtime.`. */
  constructor(kind, message, options) {
    super(message, options);
    this.name = `Runtime.${kind}`;
  }
}

/**
 * The WIT record `error` for `thrown`.
 *
 * @param {unknown} thrown
 * @param {number} memoryMb What the function may use, in MB.
 */
export function toFailure(thrown, memoryMb) {
  try {
    if (isOutOfMemory(thrown)) return outOfMemory(thrown, memoryMb);
    return isErrorLike(thrown) ? ofError(thrown) : ofValue(thrown);
  } catch {
    return UNREADABLE;
  }
}

/** What the engine says when an allocation fails: its error's, or its text's. */
const OUT_OF_MEMORY = ["out of memory", "Invalid error message"];

// The engine throws null when not even its error can be allocated.
function isOutOfMemory(thrown) {
  return thrown === null || (thrown?.name === "InternalError" && OUT_OF_MEMORY.includes(thrown.message));
}

// On Lambda the process would have been killed.
function outOfMemory(thrown, memoryMb) {
  const message =
    thrown === null
      ? `null was thrown, as the engine does when the function's ${memoryMb} MB are full`
      : `out of memory: the function has ${memoryMb} MB`;
  return { errorType: "Runtime.ExitError", errorMessage: message, stackTrace: linesOf(thrown?.stack) };
}

function isErrorLike(value) {
  if (value instanceof Error) return true;
  return [value?.name, value?.message, value?.stack].every(
    (member) => typeof member === "string" && member !== "",
  );
}

function ofError(error) {
  return {
    errorType: String(error.name),
    errorMessage: String(error.message),
    stackTrace: linesOf(error.stack),
  };
}

// The engine gives its `AggregateError` no stack.
function linesOf(stack) {
  return stack === undefined ? [] : String(stack).split("\n");
}

function ofValue(value) {
  return { errorType: typeof value, errorMessage: value.toString(), stackTrace: [] };
}
