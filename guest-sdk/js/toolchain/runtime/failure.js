/**
 * What a state machine is told of a value that was thrown.
 *
 * @module
 */

/** The WIT record `error` for `thrown`. */
export function toFailure(thrown) {
  if (thrown instanceof Error) {
    return { errorType: thrown.name, errorMessage: thrown.message, stackTrace: [] };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), stackTrace: [] };
}
