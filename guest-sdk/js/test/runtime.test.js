import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import looseAssert from "node:assert";
import nodeQuerystring from "node:querystring";
import nodeUrl from "node:url";
import util from "node:util";
import { compactSourceMap } from "../toolchain/build/source-map.mjs";
import { decodeSegments, encodeSegments } from "../toolchain/build/vlq.mjs";
import { isDeepStrictEqual } from "../toolchain/runtime/equality.js";
import { toFailure } from "../toolchain/runtime/failure.js";
import { findHandler } from "../toolchain/runtime/handler.js";
import { format, inspect } from "../toolchain/runtime/inspect.js";
import { structuredClone as ourClone } from "../toolchain/runtime/structured-clone.js";
import { TextDecoder as OurDecoder, TextEncoder as OurEncoder } from "../toolchain/runtime/text-coding.js";

const require = createRequire(import.meta.url);
const ourAssert = require("../toolchain/runtime/node/assert.cjs");
const { Buffer: ourBuffer } = require("../toolchain/runtime/buffer.cjs");
const url = require("../toolchain/runtime/node/url.cjs");
const querystring = require("../toolchain/runtime/node/querystring.cjs");

class Point {
  x = 1;
}

const VALUES = [
  1, -0, 10n, "a", "it's", null, undefined, Symbol("x"), true, [], {}, [1, "a", [2]], { a: 1, "b-c": { d: { e: { f: 1 } } } },
  new Point(), new Map([["a", { b: 1 }]]), new Set([1, 2]), new Date(0), /x/g, new Uint8Array([1, 2]), Object.create(null),
  () => 1, function named() {}, Point, new Number(3), { get a() { return 1; } }, { a: "x".repeat(80), b: 2 }, "two\nlines",
  ["two\nlines"], { u: undefined, n: null }, { [Symbol("s")]: 2 }, { method() {} },
];

test("values are shown as Node shows them", () => {
  for (const value of VALUES) assert.equal(inspect(value), util.inspect(value));
});

test("what is too deep is shown by its class, as Node shows it", () => {
  for (const value of [new Map([[1, 2]]), new Set([1]), new Uint8Array(2), Object.assign(Object.create(null), { a: 1 }), new Point(), [1]]) {
    assert.equal(inspect({ value }, { depth: 0 }), util.inspect({ value }, { depth: 0 }));
  }
});

test("an error's own name stands in its stack alone", () => {
  const error = Object.assign(new Error("x"), { name: "Named", code: 3, stack: "Named: x" });
  assert.equal(inspect(error), "Named: x { code: 3 }");
});

test("formats are filled as Node fills them", () => {
  for (const values of [["%s is %d", "x", 5, { a: 1 }], ["100%", "x"], ["%j", { a: 1 }], ["a", 1, { b: "c" }], ["%i %f", 3.7, "2.5"], ["%%", 1], ["%s", null], [{ a: 1 }, "s"]]) {
    assert.equal(format(...values), util.format(...values));
  }
});

test("values are alike where Node finds them so", () => {
  const pairs = [[{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }], [{ a: 1 }, { a: "1" }], [new Map([[{ a: 1 }, 2]]), new Map([[{ a: 1 }, 2]])], [new Set([1, 2]), new Set([2, 1])], [NaN, NaN], [0, -0], [[1, 2], [1]], [new Date(0), new Date(1)], [new Point(), { x: 1 }], [/a/g, /a/i], [{ a: undefined }, {}]];
  for (const [left, right] of pairs) assert.equal(isDeepStrictEqual(left, right), util.isDeepStrictEqual(left, right));
});

/** Bytes at the edges of UTF-8, and a few in between. */
const EDGES = [0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xac, 0xbb, 0xbf, 0xc1, 0xc2, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf4, 0xff];

test("any bytes are decoded as Node decodes them, at once and in parts", () => {
  for (const bytes of sequences(20_000)) {
    assert.equal(new OurDecoder().decode(bytes), new TextDecoder().decode(bytes));
    assert.equal(inParts(new OurDecoder(), bytes), inParts(new TextDecoder(), bytes));
  }
});

test("any text is encoded as Node encodes it", () => {
  for (const text of ["", "héllo", "€", "😀x", "\ud800a", "a\udc00", "\ue000"]) {
    assert.deepEqual(new OurEncoder().encode(text), new TextEncoder().encode(text));
  }
});

test("bytes are written and read in base64url as Node does", () => {
  const parts = [(Buffer) => Buffer.from("-_8", "base64url"), (Buffer) => Buffer.from([251, 255]).toString("base64URL"), (Buffer) => Buffer.byteLength("-_8", "base64url"), (Buffer) => Buffer.isEncoding("base64url"), (Buffer) => Buffer.alloc(4).write("-_8", 1, "base64url"), (Buffer) => Buffer.from([0, 251, 255, 1]).toString("base64url", 1, 3), (Buffer) => Buffer.from("é").toString(), (Buffer) => Buffer.from([1, 2, 3].slice(0)).toString("base64"), (Buffer) => Buffer.from(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2).toString("hex")];
  for (const part of parts) assert.deepEqual(JSON.stringify(part(ourBuffer)), JSON.stringify(part(Buffer)));
});

test("an error without a stack has no lines of one", () => {
  assert.deepEqual(toFailure(Object.assign(new Error("x"), { stack: undefined })).stackTrace, []);
});

test("clones are Node's clones", () => {
  const value = { date: new Date(0), map: new Map([[1, { a: [1, 2] }]]), set: new Set(["x"]), bytes: new Uint8Array([1, 2]), big: 1n };
  value.self = value;
  assert.deepStrictEqual(ourClone(value), structuredClone(value));
  assert.throws(() => ourClone({ f() {} }), { name: "DataCloneError" });
});

test("queries are parsed and written as Node does", () => {
  for (const text of ["a=1&a=2&b=%20", "", "a", "a=b=c", "x=%zz", "q=a+b"]) {
    assert.deepEqual(querystring.parse(text), nodeQuerystring.parse(text));
  }
  for (const values of [{ a: [1, 2], b: "x y" }, { c: null, d: true }, {}]) {
    assert.equal(querystring.stringify(values), nodeQuerystring.stringify(values));
  }
});

test("addresses are taken apart and put together as Node does", () => {
  const addresses = ["https://u:p@Ex.com:80/a/b?c=d#e", "http://a.b", "/path?x=1#y", "http://[::1]:8/x", "a/b"];
  for (const address of addresses) {
    const { ...expected } = nodeUrl.parse(address);
    const { href, ...parts } = url.parse(address);
    assert.deepEqual({ ...expected, ...parts }, expected);
    assert.equal(url.format(parts), nodeUrl.format(expected));
  }
  assert.equal(url.resolve("/one/two/three", "four"), "/one/two/four");
  assert.equal(url.fileURLToPath("file:///a%20b"), "/a b");
  assert.equal(url.pathToFileURL("/a b#c").href, "file:///a%20b%23c");
});

test("assertions hold where Node's do", () => {
  const calls = [
    ["equal", 1, "1"], ["equal", 1, 2], ["strictEqual", 1, "1"], ["deepStrictEqual", { a: 1 }, { a: 1 }], ["notEqual", 1, 1],
    ["ok", 0], ["match", "abc", /b/], ["doesNotMatch", "abc", /b/], ["ifError", null], ["throws", () => {}],
  ];
  for (const [name, ...values] of calls) {
    assert.equal(holds(ourAssert[name], values), holds(looseAssert[name], values), name);
  }
});

test("the handler is found as Lambda finds it", () => {
  const handler = () => 1;
  assert.equal(findHandler({ create: handler }, "create"), handler);
  assert.equal(findHandler({ default: { create: handler } }, "create"), handler);
  assert.equal(findHandler({ api: { create: handler } }, "api.create"), handler);
  assert.equal(findHandler({ default: handler }, null), handler);
  assert.equal(findHandler({ only: handler, settings: 1 }, null), handler);
  assert.throws(() => findHandler({ a: handler, b: handler }, null), { name: "Runtime.HandlerNotFound" });
});

test("what is thrown is named as Lambda names it", () => {
  assert.deepEqual(toFailure("text"), { errorType: "string", errorMessage: "text", stackTrace: [] });
  assert.deepEqual(toFailure({ a: 1 }), { errorType: "object", errorMessage: "[object Object]", stackTrace: [] });
  assert.equal(toFailure(new RangeError("x")).errorType, "RangeError");
  assert.equal(toFailure(undefined).errorType, "handled");
  assert.match(toFailure(null, 128).errorMessage, /^null was thrown.* 128 MB/);
});

test("the small map keeps the author's lines and no others", () => {
  const map = { sources: ["runtime.js", "index.js"], mappings: "AAAA;ACAA,IAAI;AACA" };
  const { sources, lines } = compactSourceMap(map, (source) => (source === "index.js" ? source : null));
  assert.deepEqual(sources, ["", "index.js"]);
  assert.deepEqual(lines.map((line) => decodeSegments(line)), [[], [[0, 1, 0, 0], [4, 1, 0, 4]], [[0, 1, 1, 4]]]);
});

test("segments survive being written", () => {
  const segments = [[0, 1, 2, 3], [40, 1, 1000, 0], [41, 0, 999, 70000]];
  assert.deepEqual(decodeSegments(encodeSegments(segments)), segments);
});

/** Sequences of edge bytes, the same ones in every run. */
function* sequences(count) {
  let state = 1;
  const next = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let index = 0; index < count; index += 1) {
    yield Uint8Array.from({ length: next(9) }, () => EDGES[next(EDGES.length)]);
  }
}

function holds(assertion, values) {
  try {
    assertion(...values);
    return true;
  } catch {
    return false;
  }
}

function inParts(decoder, bytes) {
  const middle = bytes.length >> 1;
  return decoder.decode(bytes.slice(0, middle), { stream: true }) + decoder.decode(bytes.slice(middle));
}
