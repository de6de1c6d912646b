/**
 * The files that a bundle is made of.
 *
 * @module
 */

import path from "node:path";

/** How esbuild names the module that joins the author's with the runtime. */
export const ENTRY = "sandstep-entry";

/**
 * @param {import("esbuild").Metafile} metafile
 * @param {string} folder To which its paths are relative.
 * @returns {string[]} Absolute.
 */
export function filesOf(metafile, folder) {
  return Object.keys(metafile.inputs)
    .filter((input) => input !== ENTRY && !input.startsWith("(disabled):"))
    .map((input) => path.resolve(folder, input));
}
