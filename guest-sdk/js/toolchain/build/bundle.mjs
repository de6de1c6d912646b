/**
 * Bundles the author's module and the runtime into one script.
 *
 * @module
 */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const RUNTIME = fileURLToPath(new URL("../runtime/main.js", import.meta.url));

/**
 * @param {{ entry: string, export: string | null }} request
 * @returns {Promise<{ code: string, inputs: string[], warnings: import("esbuild").Message[] }>}
 */
export async function bundle(request) {
  const folder = path.dirname(request.entry);
  const result = await build({
    stdin: { contents: entrySource(request), resolveDir: folder, sourcefile: "<entry>" },
    absWorkingDir: folder,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    target: "es2023",
    external: ["wasi:*"],
    logLevel: "silent",
  });
  const inputs = Object.keys(result.metafile.inputs)
    .filter((input) => input !== "<entry>")
    .map((input) => path.resolve(folder, input));
  return { code: result.outputFiles[0].text, inputs, warnings: result.warnings };
}

function entrySource(request) {
  return `
    import { serve } from ${JSON.stringify(RUNTIME)};
    import * as author from ${JSON.stringify(request.entry)};
    export { handle, turn } from ${JSON.stringify(RUNTIME)};
    serve(author, ${JSON.stringify(request.export ?? "handler")});
  `;
}
