/**
 * Error stacks as Node prints them, in the author's own files and lines.
 *
 * A stack is translated when it is read, so an error that nobody prints costs
 * no more than the engine's own.
 *
 * @module
 */

import { decodeSegments } from "../build/vlq.mjs";

/** How the engine writes a frame: `    at name (file:line:column)`. */
const FRAME = /^ {4}at (.*) \((.*?)(?::(\d+):(\d+))?\)$/;

const engineStack = Object.getOwnPropertyDescriptor(Error.prototype, "stack");
const engineCapture = Error.captureStackTrace;

let sources = [];
let lines = [];

/**
 * Sets the map of this component, made by `build/source-map.mjs`.
 *
 * @param {{ sources: string[], lines: string[] }} map
 */
export function useSourceMap(map) {
  ({ sources, lines } = map);
}

/** Makes `stack` and `captureStackTrace` those of Node. */
export function installStacks() {
  Object.defineProperty(Error.prototype, "stack", {
    ...engineStack,
    get() {
      return translate(this, engineStack.get.call(this));
    },
  });
  Error.captureStackTrace = captureStackTrace;
}

function captureStackTrace(target, above) {
  engineCapture(target, above);
  const raw = target.stack;
  const header = headerOf(target);
  Object.defineProperty(target, "stack", {
    configurable: true,
    get: () => withHeader(header, raw),
    set: (value) => setPlainly(target, value),
  });
}

function setPlainly(target, value) {
  Object.defineProperty(target, "stack", { configurable: true, writable: true, value });
}

// An `Error.prepareStackTrace` of the author's makes what it likes.
function translate(error, raw) {
  return typeof raw === "string" ? withHeader(headerOf(error), raw) : raw;
}

function withHeader(header, raw) {
  return typeof raw === "string" ? [header, ...frames(raw)].join("\n") : raw;
}

function headerOf(error) {
  const name = String(error.name ?? "Error");
  const message = String(error.message ?? "");
  return name && message ? `${name}: ${message}` : name || message;
}

function frames(raw) {
  return raw.split("\n").map(frame).filter(Boolean);
}

/** One frame in Node's form; nothing for a frame of the runtime. */
function frame(text) {
  const match = FRAME.exec(text);
  if (!match) return "";
  const [, name, , line, column] = match;
  if (line === undefined) return `    at ${name} (<anonymous>)`;
  const place = original(Number(line), Number(column));
  if (!place) return "";
  return name === "<anonymous>" ? `    at ${place}` : `    at ${name} (${place})`;
}

/** The author's `file:line:column` for a place in the bundle, both from 1. */
function original(line, column) {
  const segments = decodeSegments(lines[line - 1] ?? "");
  const segment = segments.findLast((candidate) => candidate[0] < column) ?? segments[0];
  return segment && `${sources[segment[1]]}:${segment[2] + 1}:${segment[3] + 1}`;
}
