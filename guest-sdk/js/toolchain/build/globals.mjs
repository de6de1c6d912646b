/**
 * Large globals, which only those functions get whose modules name them.
 *
 * @module
 */

import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isToolchainFile } from "./builtins.mjs";
import { filesOf } from "./inputs.mjs";

const FOLDER = fileURLToPath(new URL("../runtime/optional", import.meta.url));
const CORE = fileURLToPath(new URL("../runtime", import.meta.url));

/** Files of `runtime/optional` and the names that call for them. */
const OPTIONAL = {
  "buffer.js": /\bBuffer\b/,
  "encoding.js": /\bText(?:Decoder|Encoder)\b/,
  "events.js": /\b(?:AbortController|AbortSignal|CustomEvent|Event|EventTarget)\b/,
  "structured-clone.js": /\bstructuredClone\b/,
  "url.js": /\bURL(?:SearchParams)?\b/,
};

/**
 * The files that give what the bundled modules name.
 *
 * A mention counts wherever it stands, since a module may well ask for
 * `globalThis["Buffer"]`.
 *
 * @param {import("esbuild").Metafile} metafile
 * @param {string} folder To which the metafile's paths are relative.
 * @returns {Promise<string[]>} Absolute.
 */
export async function globalsNamedIn(metafile, folder) {
  const files = filesOf(metafile, folder).filter(mayName);
  const texts = await Promise.all(files.map((file) => fs.readFile(file, "utf8")));
  return Object.keys(OPTIONAL)
    .filter((file) => texts.some((text) => OPTIONAL[file].test(text)))
    .map((file) => path.join(FOLDER, file));
}

// The runtime's own modules import what they need.
function mayName(file) {
  return !isToolchainFile(file) || path.dirname(file) !== CORE;
}
