import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "./building.js";

/** The most that a function which returns its event may weigh, in bytes. */
const ECHO_BYTES = 2_000_000;

const ECHO = "exports.handler = async (event) => event;\n";

/** Sources that cannot be built, and the problem that is named. */
const REFUSED = {
  "a syntax error": [
    "const x = 1;\nexports.handler = () => { return x +; };\n",
    { line: 2, column: 37, message: 'Unexpected ";"', text: "exports.handler = () => { return x +; };" },
  ],
  "files": [
    'const fs = require("fs");\nexports.handler = () => fs;\n',
    { line: 1, column: 20, message: '"fs" cannot be used here: a function has no files' },
  ],
  "the network": [
    'import https from "node:https";\nexport const handler = () => https;\n',
    { line: 1, column: 19, message: '"node:https" cannot be used here: a function has no network' },
  ],
  "a package that is not there": [
    'exports.handler = require("left-pad");\n',
    { message: 'the package "left-pad" is not installed', hint: "add it to the function's package.json: npm install left-pad" },
  ],
  "a package of Lambda's own": [
    'exports.handler = require("aws-sdk/clients/s3");\n',
    {
      message: 'the package "aws-sdk/clients/s3" is not installed',
      hint:
        "Lambda brings it along; here a function has no network: take what it would fetch from the event, or hand " +
        "the request to another task of the state machine",
    },
  ],
  "a file that is not there": ['exports.handler = require("./nothing");\n', { message: 'there is no file "./nothing"' }],
  "a handler that is not there": [
    "exports.create = () => {};\nexports.remove = () => {};\n",
    { message: "`handler` is undefined or not exported; the module exports `create`, `remove`" },
  ],
};

for (const [what, [source, expected]] of Object.entries(REFUSED)) {
  test(`${what} is refused`, async () => {
    const { status, answer } = await build(filesOf(source));
    assert.equal(status, 1);
    assert.equal(answer.errors.length, 1);
    for (const [member, value] of Object.entries(expected)) assert.deepEqual(answer.errors[0][member], value);
  });
}

test("a handler that is no function is refused", async () => {
  const { answer } = await build({ "index.js": "exports.number = 5;\n" }, "number");
  assert.equal(answer.errors[0].message, "`number` is not a function; the module exports `number`");
});

/** Modules that look at what differs from call to call, and where they do. */
const OBSERVING = {
  "the environment": ["const table = process.env.TABLE;", "process.env.TABLE", "1:15"],
  "the time": ["exports.now = new Date();", "new Date()", "1:19"],
  "the clock": ["exports.now = Date.now();", "Date.now()", "1:20"],
  "chance": ["const number = Math.random();", "Math.random()", "1:21"],
  "ids": ['const { randomUUID } = require("crypto"); const id = randomUUID();', "secure random bytes", "1:54"],
  "a timer": ["setTimeout(() => {}, 1);", "setTimeout()", "1:1"],
  "the log": ['console.log("loaded");', "console.log()", "1:9"],
};

for (const [what, [source, observed, place]] of Object.entries(OBSERVING)) {
  test(`a module that looks at ${what} is loaded by each call`, async () => {
    const { answer } = await build(filesOf(`${source}\n${ECHO}`));
    assert.deepEqual(answer.warnings, []);
    assert.deepEqual(answer.notes, [`index.js:${place}: ${observed} while the module loads, so each call loads it anew`]);
  });
}

/** Modules that may be loaded at build. */
const STILL = {
  "a plain one": "const table = { a: 1 };",
  "one that keeps the environment for later": "const { env } = process;",
  "one that makes a certain date": "const epoch = new Date(0);",
  "one with an optional module": 'let net; try { net = require("net"); } catch {}',
  "one that writes to the environment": 'process.env.TZ = "UTC";',
};

for (const [what, source] of Object.entries(STILL)) {
  test(`${what} is loaded at build`, async () => {
    const { answer } = await build(filesOf(`${source}\n${ECHO}`));
    assert.deepEqual(answer, { inputs: ["index.js"], warnings: [], notes: [] });
  });
}

test("a module that fails while it loads is warned of", async () => {
  const { answer } = await build({ "index.js": `require("./sub.js");\n${ECHO}`, "sub.js": 'throw new RangeError("no");\n' });
  assert.deepEqual(answer.warnings, [
    "sub.js:1:11: the module fails while it loads, so each call loads it anew: RangeError: no",
  ]);
});

test("the inputs are the author's files alone", async () => {
  const { answer } = await build({
    "index.ts": 'import type { Handler } from "@sandstep/lambda";\nimport { one } from "./lib/one";\nexport const handler: Handler = () => one;\n',
    "lib/one.ts": 'import data from "./data.json";\nexport const one: number = data.one;\n',
    "lib/data.json": '{"one": 1}',
  });
  assert.deepEqual(answer.inputs.toSorted(), ["index.ts", "lib/data.json", "lib/one.ts"]);
});

test("a function that returns its event is small", async () => {
  const { component } = await build(filesOf(ECHO));
  assert.ok(component.length < ECHO_BYTES, `${component.length} bytes`);
});

function filesOf(source) {
  return { [/^import /m.test(source) ? "index.mjs" : "index.js"]: source };
}
