/**
 * Builds one function: a request as JSON on stdin, the answer as JSON on
 * stdout. `README.md` describes both.
 *
 * @module
 */

import fs from "node:fs/promises";
import { text } from "node:stream/consumers";
import { bundle } from "./build/bundle.mjs";
import { makeComponent } from "./build/component.mjs";

const request = JSON.parse(await text(process.stdin));
const { code, inputs, warnings } = await bundle(request);
await fs.writeFile(request.output, await makeComponent(code, request.wit));
console.log(JSON.stringify({ inputs, warnings: warnings.map((warning) => warning.text) }));
