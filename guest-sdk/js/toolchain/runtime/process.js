/**
 * The global `process`, as far as a function without files has one.
 *
 * @module
 */

import { Emitter } from "./emitter.js";
import { environmentVariables } from "./environment.js";
import { queueTick } from "./event-loop.js";
import * as host from "./host.js";
import { observe } from "./observe.js";
import { now } from "./time.js";
import { encodeUtf8 } from "./utf8.js";

/** The release of Node whose interfaces these are modelled on. */
const NODE_VERSION = "22.0.0";

const NANOSECONDS_PER_MILLISECOND = 1e6;
const MILLISECONDS_PER_SECOND = 1e3;

/** Where Lambda puts a function's files. */
const FUNCTION_FOLDER = "/var/task";

const stream = {
  isTTY: false,
  writable: true,
  write(chunk) {
    observe("process.stdout.write()");
    host.write(typeof chunk === "string" ? encodeUtf8(chunk) : chunk);
    return true;
  },
  on: () => stream,
  once: () => stream,
  emit: () => false,
  end: () => stream,
};

function hrtime(earlier) {
  observe("process.hrtime()");
  const time = now();
  const seconds = Math.floor(time / MILLISECONDS_PER_SECOND);
  const rest = Math.round((time % MILLISECONDS_PER_SECOND) * NANOSECONDS_PER_MILLISECOND);
  return earlier ? difference([seconds, rest], earlier) : [seconds, rest];
}

hrtime.bigint = () => {
  observe("process.hrtime.bigint()");
  return BigInt(Math.round(now() * NANOSECONDS_PER_MILLISECOND));
};

function difference([seconds, rest], [earlierSeconds, earlierRest]) {
  const borrows = rest < earlierRest ? 1 : 0;
  return [seconds - earlierSeconds - borrows, rest - earlierRest + borrows * 1e9];
}

function memoryUsage() {
  const { mallocSize, memoryUsedSize } = __cqjs.getMemoryUsage();
  return {
    rss: mallocSize,
    heapTotal: mallocSize,
    heapUsed: memoryUsedSize,
    external: 0,
    arrayBuffers: 0,
  };
}

function exit(code = process.exitCode ?? 0) {
  observe("process.exit()");
  host.exit(Number(code));
}

/** Lambda's functions hear of warnings in their log. */
function emitWarning(warning) {
  console.error(warning instanceof Error ? warning.stack : `Warning: ${warning}`);
}

export const process = Object.assign(new Emitter(), {
  argv: ["node", `${FUNCTION_FOLDER}/index.js`],
  argv0: "node",
  arch: "wasm32",
  cwd: () => FUNCTION_FOLDER,
  emitWarning,
  env: environmentVariables,
  execArgv: [],
  execPath: "/usr/bin/node",
  exit,
  exitCode: undefined,
  features: {},
  hrtime,
  memoryUsage,
  nextTick: (callback, ...args) => queueTick(() => callback(...args)),
  pid: 1,
  platform: "linux",
  ppid: 0,
  release: { name: "node" },
  stderr: stream,
  stdout: stream,
  title: "node",
  umask: () => 0o022,
  uptime() {
    observe("process.uptime()");
    return now() / MILLISECONDS_PER_SECOND;
  },
  version: `v${NODE_VERSION}`,
  versions: { node: NODE_VERSION },
});

Object.defineProperty(process, Symbol.toStringTag, { value: "process" });
