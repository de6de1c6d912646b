/**
 * Runs a handler under Node, as a component would, for its unit tests.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { callHandler } from "./adaptor.js";
import { factsOf } from "./context.js";
import { NodeEventLoop } from "./node-event-loop.js";

/** How long a function may take if nothing else is said, in milliseconds. */
const DEFAULT_TIMEOUT = 3000;

/** Says that a handler took longer than its timeout, as the sandbox does. */
export class TimedOut extends Error {
  constructor(milliseconds) {
    super(`Task timed out after ${(milliseconds / 1000).toFixed(2)} seconds`);
    this.name = "Sandbox.Timedout";
  }
}

/**
 * Calls `handler` once.
 *
 * The event and the result pass through JSON, as they do between a state
 * machine and its functions.
 *
 * @param {Function} handler
 * @param {unknown} event
 * @param {{ timeout?: number, context?: object }} [options] The timeout in
 *   milliseconds, and members of the context that the handler should see.
 * @returns {Promise<unknown>} Rejected with what the handler threw, or with
 *   `TimedOut`.
 */
export async function invoke(handler, event = {}, { timeout = DEFAULT_TIMEOUT, context = {} } = {}) {
  const facts = { ...factsOf(callWithin(timeout)), ...context };
  const limit = new Limit(timeout);
  const eventLoop = new NodeEventLoop();
  try {
    const answer = callHandler(handler, throughJson(event), facts, eventLoop);
    return throughJson(await Promise.race([answer, limit.passed]));
  } finally {
    eventLoop.stop();
    limit.cancel();
  }
}

class Limit {
  constructor(milliseconds) {
    this.passed = new Promise((_, reject) => {
      this.timer = setTimeout(() => reject(new TimedOut(milliseconds)), milliseconds);
    });
    this.timer.unref();
  }

  cancel() {
    clearTimeout(this.timer);
  }
}

/** A call as the sandbox describes one to the runtime. */
function callWithin(timeout) {
  return {
    functionName: "test",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:test",
    requestId: randomUUID(),
    deadlineMs: Date.now() + timeout,
    memoryLimitMb: 128,
    attempt: 1,
  };
}

function throughJson(value) {
  return JSON.parse(JSON.stringify(value) ?? "null");
}
