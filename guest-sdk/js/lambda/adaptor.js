/**
 * Joins Lambda's ways to answer (a value, a promise, a callback, the methods
 * of the context) into one promise.
 *
 * The runtime inside a component and the helper for unit tests share this
 * file, so that a handler which passes its tests answers alike in production.
 *
 * @module
 */

/**
 * What the adaptor has to know of the event loop around it.
 *
 * @typedef {object} EventLoop
 * @property {(listener: () => void) => void} whenEmpty Sets the one listener
 *   that is told when nothing is left to run, in place of an earlier one.
 */

/**
 * Calls `handler` and promises its answer.
 *
 * The first answer counts and later ones are ignored, as in Lambda's runtime
 * for Node. A handler that never answers gives what it returned, or `null`,
 * once the event loop is empty.
 *
 * @param {Function} handler Called with the event, the context and a callback.
 * @param {unknown} event
 * @param {object} facts The members of the context that only inform.
 * @param {EventLoop} eventLoop
 * @returns {Promise<unknown>} Rejected with whatever the handler threw,
 *   rejected with, or handed to its callback as an error.
 */
export function callHandler(handler, event, facts, eventLoop) {
  return new Promise((resolve, reject) => {
    const answer = new Answer(resolve, reject, eventLoop);
    answer.start(handler, event, facts);
  });
}

class Answer {
  constructor(resolve, reject, eventLoop) {
    this.resolve = resolve;
    this.reject = reject;
    this.eventLoop = eventLoop;
    this.given = false;
  }

  start(handler, event, facts) {
    const context = this.contextWith(facts);
    try {
      this.await(handler(event, context, (error, result) => this.callBack(error, result, context)));
    } catch (thrown) {
      // Lambda hands it to the callback, to which null is a success. QuickJS
      // throws null when it has no memory left for an error.
      this.first(() => this.reject(thrown));
    }
  }

  contextWith(facts) {
    return Object.assign(
      {
        callbackWaitsForEmptyEventLoop: true,
        succeed: (result) => this.done(null, result),
        fail: (error) => this.done(error ?? "handled"),
        done: (error, result) => this.done(error, result),
      },
      facts,
    );
  }

  // Lambda ignores a value that is returned plainly. Here it is the answer of
  // last resort, since a handler that calls back later may return anything:
  // `(event, context, callback) => setTimeout(callback, 10)`.
  await(returned) {
    if (typeof returned?.then === "function") {
      this.whenEmpty(null);
      returned.then(
        (result) => this.done(null, result),
        (reason) => this.first(() => this.reject(reason === undefined ? "handled" : reason)),
      );
    } else {
      this.whenEmpty(returned);
    }
  }

  // Only a callback waits for the event loop; the promise and the methods of
  // the context answer at once.
  callBack(error, result, context) {
    this.first(() => {
      if (isGiven(error)) {
        this.reject(error);
      } else if (context.callbackWaitsForEmptyEventLoop) {
        this.eventLoop.whenEmpty(() => this.resolve(result));
      } else {
        this.resolve(result);
      }
    });
  }

  done(error, result) {
    this.first(() => (isGiven(error) ? this.reject(error) : this.resolve(result)));
  }

  whenEmpty(result) {
    if (!this.given) this.eventLoop.whenEmpty(() => this.done(null, result));
  }

  first(give) {
    if (this.given) return;
    this.given = true;
    give();
  }
}

function isGiven(error) {
  return error !== undefined && error !== null;
}
