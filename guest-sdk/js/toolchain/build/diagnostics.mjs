/**
 * Problems in the form that the builder prints.
 *
 * @module
 */

import path from "node:path";
import { HINTS, NETWORK, refusal } from "./builtins.mjs";

/**
 * @typedef {object} Problem
 * @property {string} file
 * @property {number} line From 1.
 * @property {number} column From 1.
 * @property {string} message
 * @property {string | null} hint
 * @property {string | null} text The line of source.
 */

/** What the author must mend before a component can be built. */
export class AuthorError extends Error {
  /** @param {Problem[]} problems */
  constructor(problems) {
    super(problems.map((problem) => problem.message).join("\n"));
    this.problems = problems;
  }
}

/** Turns a message of esbuild into a problem. */
export function problemOf(message, folder) {
  const { location } = message;
  return {
    file: location ? path.resolve(folder, location.file) : folder,
    line: location?.line ?? 1,
    column: (location?.column ?? 0) + 1,
    text: location?.lineText ?? null,
    ...explained(message),
  };
}

/** A warning on one line. */
export function warningOf(message, folder) {
  const { file, line, column, message: text } = problemOf(message, folder);
  return `${file}:${line}:${column}: ${text}`;
}

const UNRESOLVED = /^Could not resolve "(.+)"$/;
const NO_LOADER = /^No loader is configured for "\.node" files: (.+)$/;

function explained(message) {
  const specifier = UNRESOLVED.exec(message.text)?.[1];
  if (specifier) return unresolved(specifier, message);
  if (NO_LOADER.test(message.text)) return nativeAddon();
  return { message: message.text, hint: firstNote(message) };
}

function unresolved(specifier, message) {
  const refused = refusal(specifier);
  if (refused) {
    return { message: `"${specifier}" cannot be used here: ${refused.reason}`, hint: refused.hint };
  }
  if (/^[./]/.test(specifier)) return { message: `there is no file "${specifier}"`, hint: null };
  return { message: `the package "${specifier}" is not installed`, hint: pathNote(message) ?? installing(specifier) };
}

/** Packages that are there on Lambda, and of use to functions with a network alone. */
const LAMBDAS_OWN = /^(?:aws-sdk|@aws-sdk)(?:\/|$)/;

function installing(specifier) {
  if (LAMBDAS_OWN.test(specifier)) return `Lambda brings it along; here ${NETWORK}: ${HINTS[NETWORK]}`;
  return `add it to the function's package.json: npm install ${packageOf(specifier)}`;
}

function packageOf(specifier) {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

// esbuild knows when a package is there but does not export the path.
function pathNote({ notes }) {
  return notes.find((note) => note.text.includes("is not exported"))?.text ?? null;
}

function firstNote({ notes }) {
  return notes[0]?.text ?? null;
}

function nativeAddon() {
  return {
    message: "a native addon (.node) cannot be used here: it is machine code, and this runs as WebAssembly",
    hint: "look for a package in plain JavaScript that does the same",
  };
}
