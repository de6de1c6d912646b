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

/** The WIT record `error` for `thrown`. */
export function toFailure(thrown) {
  try {
    return isErrorLike(thrown) ? ofError(thrown) : ofValue(thrown);
  } catch {
    return UNREADABLE;
  }
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
    stackTrace: String(error.stack).split("\n"),
  };
}

function ofValue(value) {
  return { errorType: typeof value, errorMessage: value.toString(), stackTrace: [] };
}
