"use strict";

const { inspect, isDeepStrictEqual } = require("./util.cjs");

class AssertionError extends Error {
  constructor({ message, actual, expected, operator }) {
    super(message ?? `${inspect(actual)} ${operator} ${inspect(expected)}`);
    this.name = "AssertionError";
    this.code = "ERR_ASSERTION";
    Object.assign(this, { actual, expected, operator });
  }
}

function assert(actual, message) {
  check(Boolean(actual), { actual, expected: true, operator: "==", message });
}

function check(holds, { message, ...details }) {
  if (holds) return;
  if (message instanceof Error) throw message;
  throw new AssertionError({ message, ...details });
}

function fail(message = "Failed") {
  check(false, { message, operator: "fail" });
}

function strictEqual(actual, expected, message) {
  check(Object.is(actual, expected), { actual, expected, operator: "strictEqual", message });
}

function notStrictEqual(actual, expected, message) {
  check(!Object.is(actual, expected), { actual, expected, operator: "notStrictEqual", message });
}

function equal(actual, expected, message) {
  const bothNaN = Number.isNaN(actual) && Number.isNaN(expected);
  check(actual == expected || bothNaN, { actual, expected, operator: "==", message });
}

function notEqual(actual, expected, message) {
  check(actual != expected, { actual, expected, operator: "!=", message });
}

function deepStrictEqual(actual, expected, message) {
  check(isDeepStrictEqual(actual, expected), { actual, expected, operator: "deepStrictEqual", message });
}

function notDeepStrictEqual(actual, expected, message) {
  check(!isDeepStrictEqual(actual, expected), { actual, expected, operator: "notDeepStrictEqual", message });
}

function throws(action, expected, message) {
  const thrown = thrownBy(action);
  check(thrown, { message: asMessage(expected, message) ?? "Missing expected exception.", operator: "throws" });
  matchError(thrown.error, expected, message);
}

function doesNotThrow(action, message) {
  const thrown = thrownBy(action);
  const text = asMessage(message) ?? "Got unwanted exception.";
  check(!thrown, { message: text, actual: thrown?.error, operator: "doesNotThrow" });
}

async function rejects(action, expected, message) {
  const thrown = await rejectionOf(action);
  check(thrown, { message: asMessage(expected, message) ?? "Missing expected rejection.", operator: "rejects" });
  matchError(thrown.error, expected, message);
}

function match(text, pattern, message) {
  check(pattern.test(text), { actual: text, expected: pattern, operator: "match", message });
}

function doesNotMatch(text, pattern, message) {
  check(!pattern.test(text), { actual: text, expected: pattern, operator: "doesNotMatch", message });
}

function ifError(value) {
  if (value !== null && value !== undefined) throw value;
}

function thrownBy(action) {
  try {
    action();
  } catch (error) {
    return { error };
  }
  return undefined;
}

async function rejectionOf(action) {
  try {
    await (typeof action === "function" ? action() : action);
  } catch (error) {
    return { error };
  }
  return undefined;
}

function asMessage(...candidates) {
  return candidates.find((candidate) => typeof candidate === "string");
}

function matchError(error, expected, message) {
  if (expected === undefined || typeof expected === "string") return;
  if (!isExpected(error, expected)) check(false, { actual: error, expected, operator: "throws", message });
}

function isExpected(error, expected) {
  if (expected instanceof RegExp) return expected.test(String(error));
  if (typeof expected !== "function") return hasMembers(error, expected);
  if (expected.prototype !== undefined && error instanceof expected) return true;
  return !(expected.prototype instanceof Error) && expected.call({}, error) === true;
}

function hasMembers(error, expected) {
  return Object.keys(expected).every((key) => {
    const wanted = expected[key];
    return wanted instanceof RegExp ? wanted.test(error[key]) : isDeepStrictEqual(error[key], wanted);
  });
}

module.exports = Object.assign(assert, {
  AssertionError,
  deepEqual: deepStrictEqual,
  deepStrictEqual,
  doesNotMatch,
  doesNotThrow,
  equal,
  fail,
  ifError,
  match,
  notDeepEqual: notDeepStrictEqual,
  notDeepStrictEqual,
  notEqual,
  notStrictEqual,
  ok: assert,
  rejects,
  strict: assert,
  strictEqual,
  throws,
});
