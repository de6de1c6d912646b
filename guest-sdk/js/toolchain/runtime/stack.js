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
  return typeof raw === "string" ? withHeader(headerOf(error), raw, constructorsOf(error)) : raw;
}

function withHeader(header, raw, constructors = []) {
  return typeof raw === "string" ? [header, ...frames(raw, constructors)].join("\n") : raw;
}

function headerOf(error) {
  const name = String(error.name ?? "Error");
  const message = String(error.message ?? "");
  return name && message ? `${name}: ${message}` : name || message;
}

/** The names of an error's class and of those that it extends. */
function constructorsOf(error) {
  const names = [];
  for (let proto = Object.getPrototypeOf(error); proto; proto = Object.getPrototypeOf(proto)) {
    names.push(proto.constructor?.name);
  }
  return names;
}

// Node begins with the frame that called `new`, and knows none of the runtime.
function frames(raw, constructors) {
  const parsed = raw.split("\n").map(parseFrame).filter(Boolean);
  const first = parsed.findIndex(({ name }) => !constructors.includes(name));
  const last = parsed.findLastIndex(({ place }) => place);
  return first < 0 ? [] : parsed.slice(first, last + 1).map(formatFrame);
}

/** A frame of the author's or of the engine's own; none for the runtime's. */
function parseFrame(text) {
  const match = FRAME.exec(text);
  if (!match) return undefined;
  const [, name, , line, column] = match;
  if (line === undefined) return { name };
  const place = original(Number(line), Number(column));
  return place && { name, place };
}

function formatFrame({ name, place }) {
  if (!place) return `    at ${name} (<anonymous>)`;
  // What stands outside of functions is in one that is called as its file.
  return name === "<anonymous>" || place.startsWith(`${name}:`) ? `    at ${place}` : `    at ${name} (${place})`;
}

/** The author's `file:line:column` for a place in the bundle, both from 1. */
function original(line, column) {
  const segments = decodeSegments(lines[line - 1] ?? "");
  const segment = segments.findLast((candidate) => candidate[0] < column) ?? segments[0];
  return segment && `${sources[segment[1]]}:${segment[2] + 1}:${segment[3] + 1}`;
}
