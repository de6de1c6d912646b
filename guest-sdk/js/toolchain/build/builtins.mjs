/**
 * Node's own modules: those that the runtime serves, and why the others are
 * refused.
 *
 * @module
 */

import { builtinModules } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const TOOLCHAIN = fileURLToPath(new URL("..", import.meta.url));
const SERVED_FOLDER = path.join(TOOLCHAIN, "runtime", "node");
const TYPES = fileURLToPath(new URL("../../lambda/index.js", import.meta.url));

/** Modules that stand in `runtime/node`, one file each. */
const SERVED = new Set([
  "assert", "assert/strict", "buffer", "console", "constants", "crypto", "events", "os", "path",
  "path/posix", "perf_hooks", "process", "punycode", "querystring", "stream", "stream/promises",
  "string_decoder", "timers", "timers/promises", "tty", "url", "util", "util/types",
]);

const FILES = "a function has no files";
/** Why a module that would reach other machines is refused. */
export const NETWORK = "a function has no network";
const PROCESSES = "a function starts no processes or threads";
const ENGINE = "it belongs to Node's own engine, and this runs in QuickJS";

const REASONS = {
  async_hooks: "the engine does not tell which promise belongs to which call",
  child_process: PROCESSES,
  cluster: PROCESSES,
  dgram: NETWORK,
  dns: NETWORK,
  "dns/promises": NETWORK,
  fs: FILES,
  "fs/promises": FILES,
  http: NETWORK,
  http2: NETWORK,
  https: NETWORK,
  net: NETWORK,
  tls: NETWORK,
  worker_threads: PROCESSES,
};

/** What to do instead, by reason. */
export const HINTS = {
  [FILES]: "import a JSON file or a text as a module instead, which bundles it",
  [NETWORK]: "take what it would fetch from the event, or hand the request to another task of the state machine",
  [PROCESSES]: "do the work in the handler, or in another task of the state machine",
};

/**
 * Why a module of Node's cannot be had.
 *
 * @param {string} specifier As it was imported.
 * @returns {{ reason: string, hint: string | null } | null} Null if it is
 *   none of Node's.
 */
export function refusal(specifier) {
  const name = specifier.replace(/^node:/, "");
  if (name === specifier && !builtinModules.includes(name)) return null;
  const reason = REASONS[name] ?? ENGINE;
  return { reason, hint: HINTS[reason] ?? null };
}

/** Whether a file is the toolchain's, and not the author's. */
export function isToolchainFile(file) {
  return !path.relative(path.dirname(TOOLCHAIN), file).startsWith("..");
}

/** An esbuild plugin that puts the served modules in place of Node's. */
export const builtins = {
  name: "builtins",
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path: specifier, importer }) => resolve(specifier, importer));
  },
};

function resolve(specifier, importer) {
  if (specifier === "process/") return { path: servedFile("process") };
  if (specifier === "@sandstep/lambda") return { path: TYPES };
  const name = specifier.replace(/^node:/, "");
  // Within the toolchain `buffer` is the package of that name.
  const means = specifier !== name || !isToolchainFile(importer);
  return means && SERVED.has(name) ? { path: servedFile(name) } : undefined;
}

function servedFile(name) {
  return path.join(SERVED_FOLDER, `${name.replace("/", "-")}.cjs`);
}
