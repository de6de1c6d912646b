/**
 * What a component exports.
 *
 * @module
 */

import "./globals.js";
import { callHandler } from "../../lambda/adaptor.js";
import { factsOf } from "../../lambda/context.js";
import * as eventLoop from "./event-loop.js";
import { RuntimeError, toFailure } from "./failure.js";
import { loadAtBuild, loadAtCall } from "./load.js";
import { wipeFreeMemory } from "./memory.js";
import { useSourceMap } from "./stack.js";

let handler;
let loadHandler;

/**
 * Prepares the component at build.
 *
 * @param {() => Promise<object>} load Loads the author's module.
 * @param {string | null} name The handler's.
 * @param {{ loading: "build" | "call", map: object }} settings
 */
export async function prepare(load, name, { loading, map }) {
  useSourceMap(map);
  wipeFreeMemory();
  if (loading === "build") handler = await loadAtBuild(load, name);
  else loadHandler = () => loadAtCall(load, name);
}

/** The export `handle` of the world. */
export function handle(eventText, call) {
  const answer = new Promise((resolve, reject) => {
    eventLoop.startLoop(reject);
    const answering = handler ? answerOf(handler, eventText, call) : loadAndAnswer(eventText, call, reject);
    // Resolving with a promise would leave no way to reject: what a timer
    // throws comes before the handler's answer.
    answering.then(resolve, reject);
  });
  return answer.then(serialise).catch((thrown) => fail(thrown, call));
}

function answerOf(handlerOfCall, eventText, call) {
  return callHandler(handlerOfCall, parse(eventText), factsOf(call), eventLoop);
}

async function loadAndAnswer(eventText, call, reject) {
  eventLoop.whenEmpty(() => reject(new RuntimeError("ExitError", "a top-level await of the module never ends")));
  return answerOf(await loadHandler(), eventText, call);
}

function parse(eventText) {
  try {
    return JSON.parse(eventText);
  } catch (cause) {
    throw new RuntimeError("UnmarshalError", `Unable to parse the event: ${cause.message}`, { cause });
  }
}

function serialise(result) {
  eventLoop.stopLoop();
  try {
    return JSON.stringify(result) ?? "null";
  } catch (cause) {
    throw new RuntimeError("MarshalError", `Unable to stringify response body: ${cause.message}`, { cause });
  }
}

function fail(thrown, { memoryLimitMb }) {
  eventLoop.stopLoop();
  throw toFailure(thrown, memoryLimitMb);
}

/** The export `turn` of the world, which nobody calls. */
export function turn() {
  throw new Error("turn is there for its type alone");
}
