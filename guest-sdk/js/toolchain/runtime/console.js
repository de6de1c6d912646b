/**
 * The global `console`: one call is one entry of the function's log.
 *
 * The host puts the request id before every line, so an entry is the level, a
 * tab and the text.
 *
 * @module
 */

import * as host from "./host.js";
import { format, inspect } from "./inspect.js";
import { observe } from "./observe.js";
import { now } from "./time.js";
import { encodeUtf8 } from "./utf8.js";

const counts = new Map();
const started = new Map();
let indentation = "";

function print(level, ...values) {
  observe(`console.${level === "INFO" ? "log" : level.toLowerCase()}()`);
  const text = format(...values).replaceAll("\n", `\n${indentation}`);
  host.write(encodeUtf8(`${level}\t${indentation}${text}\n`));
}

function info(...values) {
  print("INFO", ...values);
}

function elapsed(label) {
  return `${label}: ${Math.round(now() - started.get(label))}ms`;
}

export const console = {
  log: info,
  info,
  debug: (...values) => print("DEBUG", ...values),
  warn: (...values) => print("WARN", ...values),
  error: (...values) => print("ERROR", ...values),
  fatal: (...values) => print("FATAL", ...values),
  trace: (...values) => print("TRACE", ...values, `\n${new Error().stack.split("\n").slice(1).join("\n")}`),
  dir: (value, options) => info(inspect(value, options)),
  dirxml: info,
  table: info,
  assert(condition, ...values) {
    if (!condition) print("WARN", "Assertion failed", ...values);
  },
  count(label = "default") {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    info(`${label}: ${counts.get(label)}`);
  },
  countReset: (label = "default") => void counts.delete(label),
  group(...values) {
    if (values.length > 0) info(...values);
    indentation += "  ";
  },
  groupEnd() {
    indentation = indentation.slice(2);
  },
  time(label = "default") {
    observe("console.time()");
    started.set(label, now());
  },
  timeLog: (label = "default", ...values) => info(elapsed(label), ...values),
  timeEnd(label = "default") {
    info(elapsed(label));
    started.delete(label);
  },
};

console.groupCollapsed = console.group;
