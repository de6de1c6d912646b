/**
 * Makes a component of a bundle.
 *
 * The author's modules are loaded at build and kept in the component's
 * snapshot, unless they look at what differs from call to call.
 *
 * @module
 */

import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { componentize } from "componentize-qjs";
import { AuthorError } from "./diagnostics.mjs";

const OWN_WIT = fileURLToPath(new URL("../wit", import.meta.url));

/** How long modules may take to load at build. */
const LOADING_SECONDS = 60;

/** Stands before what `runtime/load.js` reports of the modules. */
const REPORT = /sandstep-report:(.*)/;

/**
 * @param {import("./bundle.mjs").Bundle} bundle
 * @param {{ entry: string, wit: string }} request `wit` is the folder with
 *   Sandstep's worlds.
 * @returns {Promise<{ component: Buffer, warnings: string[], notes: string[] }>}
 * @throws {AuthorError} If the module lacks the handler.
 */
export async function makeComponent(bundle, request) {
  const worlds = await gatherWorlds(request.wit);
  try {
    return await makeInWorlds(bundle, request, worlds);
  } finally {
    await fs.rm(worlds, { recursive: true });
  }
}

async function makeInWorlds(bundle, request, witPath) {
  try {
    const component = await inTime(snapshot(bundle.code("build"), witPath), request.entry);
    return { component, warnings: [], notes: [] };
  } catch (failure) {
    if (failure instanceof AuthorError) throw failure;
    const remarks = remarksOn(reportIn(failure), request, bundle.folder);
    return { component: await snapshot(bundle.code("call"), witPath), ...remarks };
  }
}

async function gatherWorlds(wit) {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), "sandstep-wit-"));
  await fs.cp(wit, folder, { recursive: true });
  await fs.cp(OWN_WIT, folder, { recursive: true });
  return folder;
}

async function snapshot(jsSource, witPath) {
  const { component } = await componentize({ witPath, world: "javascript", jsSource });
  return component;
}

/** `component`, unless the modules take too long to load; nothing can stop them then but the end of this process. */
async function inTime(component, entry) {
  let timer;
  const late = new Promise((_, reject) => {
    const message = `the module takes longer than ${LOADING_SECONDS} s to load`;
    timer = setTimeout(() => reject(new AuthorError([problemAt(entry, message)])), LOADING_SECONDS * 1000);
  });
  return Promise.race([component, late]).finally(() => clearTimeout(timer));
}

// Without a report the modules brought the engine down, with endless recursion
// for instance. They may still do better in a call.
function reportIn(failure) {
  const found = REPORT.exec(String(failure.message));
  return found ? JSON.parse(found[1]) : { thrown: "it ends the engine (too deep a recursion, or too much memory)" };
}

/** What to tell the author of a module that was not loaded at build. */
function remarksOn({ handlerNotFound, thrown, observed }, { entry }, folder) {
  if (handlerNotFound) throw new AuthorError([problemAt(entry, handlerNotFound)]);
  if (thrown) return { warnings: [failureWarning(thrown, entry, folder)], notes: [] };
  const place = placeIn(observed.stack, entry, folder);
  return { warnings: [], notes: [`${place}: ${observed.what} while the module loads, so each call loads it anew`] };
}

function problemAt(file, message) {
  return { file, line: 1, column: 1, message, hint: null, text: null };
}

function failureWarning(thrown, entry, folder) {
  const [message] = thrown.split("\n");
  return `${placeIn(thrown, entry, folder)}: the module fails while it loads, so each call loads it anew: ${message}`;
}

/** The first place of the author's that a stack names, or else the module. */
function placeIn(stack, entry, folder) {
  const place = /^ {4}at (?:.* \()?([^()\n]+:\d+:\d+)\)?$/m.exec(stack)?.[1];
  return place ? path.resolve(folder, place) : `${entry}:1:1`;
}
