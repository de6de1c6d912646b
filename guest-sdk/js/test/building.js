/**
 * Builds functions for tests.
 *
 * @module
 */

import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const BUILD = fileURLToPath(new URL("../toolchain/build.mjs", import.meta.url));
const WIT = fileURLToPath(new URL("../../../wit", import.meta.url));

/**
 * Builds the first of `files`.
 *
 * @param {Record<string, string>} files Texts by name.
 * @param {string | null} [name] The handler's export.
 * @returns {Promise<{ status: number, answer: object, component?: Buffer }>}
 *   Paths in the answer are relative to the files' folder.
 */
export async function build(files, name = null) {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), "sandstep-js-"));
  try {
    return await buildIn(folder, files, name);
  } finally {
    await fs.rm(folder, { recursive: true });
  }
}

async function buildIn(folder, files, name) {
  for (const [file, content] of Object.entries(files)) await write(path.join(folder, file), content);
  const output = path.join(folder, "out.wasm");
  const entry = path.join(folder, Object.keys(files)[0]);
  const { status, stdout } = await run({ entry, export: name, output, name: "test", wit: WIT });
  const answer = JSON.parse(stdout.replaceAll(`${folder}/`, ""));
  return { status, answer, component: status === 0 ? await fs.readFile(output) : undefined };
}

async function write(file, content) {
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, content);
}

async function run(request) {
  const child = spawn(process.execPath, [BUILD], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(request));
  const closed = new Promise((resolve) => child.on("close", resolve));
  const stdout = await text(child.stdout);
  return { status: await closed, stdout };
}
