/**
 * Builds one function: a request as JSON on stdin, the answer as JSON on
 * stdout. `README.md` describes both.
 *
 * @module
 */

import fs from "node:fs";
import { text } from "node:stream/consumers";
import { bundle } from "./build/bundle.mjs";
import { makeComponent } from "./build/component.mjs";
import { AuthorError } from "./build/diagnostics.mjs";

async function build(request) {
  const bundled = await bundle(request);
  const { component, warnings, notes } = await makeComponent(bundled, request);
  fs.writeFileSync(request.output, component);
  return { inputs: bundled.inputs, warnings: [...bundled.warnings, ...warnings], notes };
}

try {
  console.log(JSON.stringify(await build(JSON.parse(await text(process.stdin)))));
} catch (error) {
  if (!(error instanceof AuthorError)) throw error;
  fs.writeSync(1, `${JSON.stringify({ errors: error.problems })}\n`);
  // A module that loads for ever would keep the process from ending by itself.
  process.exit(1);
}
