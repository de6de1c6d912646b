import assert from "node:assert/strict";
import { test } from "node:test";

import { invoke } from "@sandstep/lambda";
import { handler } from "./index.js";

test("greets by the hour", async () => {
  const greeting = await invoke(handler, { name: "Ada", hour: 9 });
  assert.deepEqual(greeting, { greeting: "Good morning, Ada!", late: false });
});

test("a day has 24 hours", async () => {
  await assert.rejects(invoke(handler, { name: "Ada", hour: 24 }), { name: "NoSuchHour" });
});
