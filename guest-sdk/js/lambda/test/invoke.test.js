import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { invoke } from "../index.js";

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Each way to answer, and the answer. */
const ANSWERS = {
  "a value": [() => 1, 1],
  "nothing": [() => {}, null],
  "a promise": [async () => 1, 1],
  "a promise of nothing": [async () => {}, null],
  "a thenable": [() => ({ then: (resolve) => resolve(1) }), 1],
  "a callback": [(event, context, callback) => callback(null, 1), 1],
  "a late callback": [(event, context, callback) => setTimeout(() => callback(null, 1), 5), 1],
  "a callback that returns something else": [(event, context, callback) => (setTimeout(() => callback(null, 1), 5), 2), 1],
  "a callback in an async function": [async (event, context, callback) => callback(null, 1), 1],
  "a promise before a callback": [async (event, context, callback) => (setTimeout(() => callback(null, 1), 5), 2), 2],
  "a callback before a promise": [async (event, context, callback) => (callback(null, 1), await wait(5), 2), 1],
  "context.succeed": [(event, context) => context.succeed(1), 1],
  "context.done": [(event, context) => context.done(null, 1), 1],
  "a promise that never settles": [() => new Promise(() => {}), null],
  "undefined members, which JSON leaves out": [() => ({ a: 1, b: undefined }), { a: 1 }],
  "toJSON": [() => new Date(0), "1970-01-01T00:00:00.000Z"],
};

for (const [what, [handler, expected]] of Object.entries(ANSWERS)) {
  test(`${what} answers`, async () => {
    assert.deepEqual(await invoke(handler), expected);
  });
}

/** Each way to fail, and what the promise is rejected with. */
const FAILURES = {
  "a thrown error": [() => { throw new RangeError("x"); }, { name: "RangeError", message: "x" }],
  "a rejection": [async () => { throw new RangeError("x"); }, { name: "RangeError" }],
  "a callback's error": [(event, context, callback) => callback(new RangeError("x")), { name: "RangeError" }],
  "context.fail": [(event, context) => context.fail(new RangeError("x")), { name: "RangeError" }],
};

for (const [what, [handler, expected]] of Object.entries(FAILURES)) {
  test(`${what} fails`, async () => {
    await assert.rejects(invoke(handler), expected);
  });
}

test("a failure without a reason is handled", async () => {
  for (const handler of [(event, context) => context.fail(), () => Promise.reject()]) {
    assert.equal(await invoke(handler).catch((reason) => reason), "handled");
  }
});

test("a thrown null is no success", async () => {
  const thrower = () => {
    throw null;
  };
  assert.equal(await invoke(thrower).catch((reason) => reason), null);
  await assert.rejects(invoke(thrower).then(() => "answered", () => Promise.reject(new Error("failed"))), { message: "failed" });
});

test("a callback waits for the event loop", async () => {
  let ended = false;
  await invoke((event, context, callback) => {
    setTimeout(() => (ended = true), 20);
    callback(null, 1);
  });
  assert.equal(ended, true);
});

test("a callback answers at once when told not to wait", async () => {
  let ended = false;
  await invoke((event, context, callback) => {
    context.callbackWaitsForEmptyEventLoop = false;
    setTimeout(() => (ended = true), 20).unref();
    callback(null, 1);
  });
  assert.equal(ended, false);
});

test("a handler is stopped after its timeout", async () => {
  const forever = () => new Promise((resolve) => setTimeout(resolve, 200));
  await assert.rejects(invoke(forever, {}, { timeout: 20 }), {
    name: "Sandbox.Timedout",
    message: "Task timed out after 0.02 seconds",
  });
});

test("the context has Lambda's members", async () => {
  let seen;
  await invoke((event, context) => void (seen = context), {}, { context: { attempt: 2 }, timeout: 1000 });
  const { awsRequestId, getRemainingTimeInMillis, ...plain } = seen;
  assert.match(awsRequestId, /^[0-9a-f-]{36}$/);
  assert.ok(getRemainingTimeInMillis() <= 1000 && getRemainingTimeInMillis() > 500);
  assert.equal(plain.memoryLimitInMB, "128");
  assert.equal(plain.functionName, "test");
  assert.equal(plain.attempt, 2);
  assert.equal(plain.callbackWaitsForEmptyEventLoop, true);
});

test("the event is a copy", async () => {
  const event = { list: [1] };
  await invoke((copy) => copy.list.push(2), event);
  assert.deepEqual(event, { list: [1] });
});

test("CommonJS has it too", async () => {
  const common = createRequire(import.meta.url)("../index.cjs");
  assert.equal(await common.invoke(() => 1), 1);
});
