/**
 * Bundles the author's module and the runtime into one script.
 *
 * @module
 */

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { builtins, isToolchainFile } from "./builtins.mjs";
import { AuthorError, problemOf, warningOf } from "./diagnostics.mjs";
import { globalsNamedIn } from "./globals.mjs";
import { ENTRY, filesOf } from "./inputs.mjs";
import { compactSourceMap } from "./source-map.mjs";

const RUNTIME = fileURLToPath(new URL("../runtime/main.js", import.meta.url));

/** How long a line of the bundle may get, in characters; stacks decode one at a time. */
const LINE_LIMIT = 240;

/** Stands in the bundle for what is known only after bundling. */
const SETTINGS = "@sandstep-settings@";

/** Where stacks and `__filename` place the function's files, as on Lambda. */
const FUNCTION_FOLDER = "/var/task";

/** Bundled when they are imported, as what their ending says. */
const LOADERS = { ".txt": "text", ".sql": "text", ".graphql": "text", ".html": "text" };

/**
 * Bundles the function.
 *
 * @param {{ entry: string, export: string | null }} request
 * @returns {Promise<Bundle>}
 * @throws {AuthorError}
 */
export async function bundle(request) {
  const folder = packageFolder(request.entry);
  const first = await run(request, folder, []);
  const globals = await globalsNamedIn(first.metafile, folder);
  return new Bundle(globals.length > 0 ? await run(request, folder, globals) : first, folder);
}

async function run(request, folder, globals) {
  try {
    return await build(options(request, folder, globals));
  } catch (failure) {
    if (!failure.errors) throw failure;
    throw new AuthorError(failure.errors.map((error) => problemOf(error, folder)));
  }
}

/** A function's modules and the runtime as one script. */
export class Bundle {
  #code;
  #map;

  constructor({ outputFiles, metafile, warnings }, folder) {
    const [map, code] = outputFiles;
    this.#code = code.text;
    this.#map = compactSourceMap(JSON.parse(map.text), (source) => nameInStacks(source, folder));
    /** The author's files, absolute. */
    this.inputs = filesOf(metafile, folder).filter((file) => !isToolchainFile(file));
    this.warnings = warnings.filter(concernsAuthor).map((warning) => warningOf(warning, folder));
    /** The function's own folder, to which stacks are relative. */
    this.folder = folder;
  }

  /**
   * The script.
   *
   * @param {"build" | "call"} loading When the author's modules are loaded.
   */
  code(loading) {
    const settings = JSON.stringify({ loading, map: this.#map });
    return this.#code.replace(`"${SETTINGS}"`, () => settings);
  }
}

function options(request, folder, globals) {
  return {
    stdin: { contents: entrySource(request, globals), resolveDir: folder, sourcefile: ENTRY },
    absWorkingDir: folder,
    outfile: "bundle.js",
    bundle: true,
    write: false,
    metafile: true,
    sourcemap: "external",
    sourcesContent: false,
    format: "esm",
    platform: "neutral",
    conditions: ["node", "module"],
    mainFields: ["main", "module"],
    target: "es2023",
    // A name that is known only at run time is a rejected promise; the engine,
    // which has no loader in a component, would trap.
    supported: { "dynamic-import": false },
    keepNames: true,
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: LINE_LIMIT,
    legalComments: "none",
    external: ["wasi:*"],
    loader: LOADERS,
    plugins: [builtins],
    logLevel: "silent",
    define: {
      __dirname: JSON.stringify(FUNCTION_FOLDER),
      __filename: JSON.stringify(`${FUNCTION_FOLDER}/index.js`),
      "import.meta.dirname": JSON.stringify(FUNCTION_FOLDER),
      "import.meta.url": JSON.stringify(`file://${FUNCTION_FOLDER}/index.mjs`),
    },
  };
}

function entrySource(request, globals) {
  return `
    ${globals.map((file) => `import ${JSON.stringify(file)};`).join("\n")}
    import { prepare } from ${JSON.stringify(RUNTIME)};
    export { handle, turn } from ${JSON.stringify(RUNTIME)};
    const load = () => import(${JSON.stringify(request.entry)});
    await prepare(load, ${JSON.stringify(request.export)}, ${JSON.stringify(SETTINGS)});
  `;
}

/** The nearest folder above that is a package, or else the file's own. */
function packageFolder(entry) {
  const own = path.dirname(entry);
  for (let folder = own; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, "package.json"))) return folder;
  }
  return own;
}

function nameInStacks(source, folder) {
  const name = decodeURIComponent(source);
  return name === ENTRY || isToolchainFile(path.resolve(folder, name)) ? null : name;
}

function concernsAuthor({ location }) {
  return !location || !/(^|\/)node_modules\//.test(location.file);
}
