/**
 * Makes a component of a bundle.
 *
 * @module
 */

import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { componentize } from "componentize-qjs";

const OWN_WIT = fileURLToPath(new URL("../wit", import.meta.url));

/**
 * @param {string} code An ES module that exports what the world asks for.
 * @param {string} wit The folder with Sandstep's worlds.
 * @returns {Promise<Buffer>} The component.
 */
export async function makeComponent(code, wit) {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), "sandstep-wit-"));
  try {
    await fs.cp(wit, folder, { recursive: true });
    await fs.cp(OWN_WIT, folder, { recursive: true });
    const { component } = await componentize({
      witPath: folder,
      world: "javascript",
      jsSource: code,
    });
    return component;
  } finally {
    await fs.rm(folder, { recursive: true });
  }
}
