/**
 * What a component exports: the entry that `build/bundle.mjs` generates joins
 * it with the author's module.
 *
 * @module
 */

import { callHandler } from "../../lambda/adaptor.js";
import * as eventLoop from "./event-loop.js";
import { toFailure } from "./failure.js";

let handler;

/** Remembers which of the author's exports handles events. */
export function serve(exports, name) {
  handler = exports[name] ?? exports.default?.[name];
}

/** The export `handle` of the world. */
export function handle(eventText, call) {
  const answered = new Promise((resolve, reject) => {
    callHandler(handler, JSON.parse(eventText), factsOf(call), eventLoop).then(resolve, reject);
    eventLoop.startLoop(reject);
  });
  return answered.then(serialise).catch(fail);
}

function serialise(result) {
  eventLoop.stopLoop();
  return JSON.stringify(result) ?? "null";
}

function fail(thrown) {
  eventLoop.stopLoop();
  throw toFailure(thrown);
}

function factsOf(call) {
  return {
    functionName: call.functionName,
    awsRequestId: call.requestId,
    getRemainingTimeInMillis: () => call.deadlineMs - Date.now(),
  };
}

/** The export `turn` of the world, which nobody calls. */
export function turn() {
  throw new Error("turn is there for its type alone");
}
