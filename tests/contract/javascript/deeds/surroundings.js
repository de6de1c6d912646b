/** What can be seen of the world. */

export async function sleep({ ms }) {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return "awake";
}

export async function remaining({ ms }, context) {
  const before = context.getRemainingTimeInMillis();
  await sleep({ ms });
  return { before, spent: before - context.getRemainingTimeInMillis() };
}

export async function clock({ ms }) {
  const now = Date.now();
  await sleep({ ms });
  return { now, slept: Date.now() - now };
}

export function environment() {
  return process.env;
}

export function draw() {
  return {
    number: Math.random(),
    another: Math.random(),
    uuid: crypto.randomUUID(),
    bytes: crypto.getRandomValues(new Uint8Array(16)).join(),
  };
}

/** Tries whatever an engine for JavaScript may have to read a file. */
export function read({ path }) {
  return firstThatWorks([
    async () => (await load("std")).loadFile(path),
    async () => (await load("os")).open(path),
    async () => (await load("fs")).readFileSync(path, "utf8"),
    async () => (await load("wasi:filesystem/preopens@0.2.6")).getDirectories()[0],
    () => globalThis.std.loadFile(path),
    () => globalThis.require("fs").readFileSync(path, "utf8"),
    () => globalThis.process.binding("fs"),
    async () => (await fetch(`file://${path}`)).text(),
  ]);
}

/** Tries whatever an engine for JavaScript may have to reach a host. */
export function connect({ address }) {
  return firstThatWorks([
    async () => (await load("net")).connect(address),
    async () => (await load("wasi:sockets/instance-network@0.2.6")).instanceNetwork(),
    () => globalThis.require("net").connect(address),
    async () => (await fetch(`http://${address}/`)).text(),
    () => new WebSocket(`ws://${address}/`).url,
    () => new XMLHttpRequest().open("GET", `http://${address}/`),
  ]);
}

/** A module whose name no bundler can read. */
function load(name) {
  return import(name);
}

async function firstThatWorks(ways) {
  for (const way of ways) {
    try {
      const got = await way();
      if (got !== undefined && got !== null) return `reached: ${got}`;
    } catch {
      // As it should be.
    }
  }
  return "refused";
}
