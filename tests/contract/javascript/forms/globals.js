/** What a handler of Node's expects to find; each member says whether it works. */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const checks = {
  buffer: () =>
    Buffer.from("grüß", "utf8").toString("base64") === "Z3LDvMOf" &&
    Buffer.from("Z3LDvMOf", "base64").toString() === "grüß" &&
    Buffer.concat([Buffer.from([1]), Buffer.from("02", "hex")]).equals(Buffer.from([1, 2])),
  url: () => {
    const url = new URL("../b?x=1&y=ü#z", "https://example.com:8443/a/c");
    return url.href === "https://example.com:8443/b?x=1&y=%C3%BC#z" && url.searchParams.get("y") === "ü";
  },
  noUrl: () => {
    try {
      return new URL("nowhere");
    } catch (error) {
      return error.code === "ERR_INVALID_URL" && error instanceof TypeError;
    }
  },
  base64url: () => Buffer.from([251, 255]).toString("base64url") === "-_8" && Buffer.from("-_8", "base64url")[0] === 251,
  urlSearchParams: () => new URLSearchParams({ a: "1 2" }).toString() === "a=1+2",
  text: () => decoder.decode(encoder.encode("🚀")) === "🚀",
  base64: () => btoa("ab") === "YWI=" && atob("YWI=") === "ab",
  clone: () => {
    const original = { date: new Date(0), set: new Set([1]), self: null };
    original.self = original;
    const clone = structuredClone(original);
    return clone !== original && clone.self === clone && clone.date.getTime() === 0 && clone.set.has(1);
  },
  uuid: () => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()),
  bytes: () => crypto.getRandomValues(new Uint8Array(32)).some((byte) => byte > 0),
  order: async () => {
    const order = [];
    setImmediate(() => order.push("immediate"));
    setTimeout(() => {
      order.push("timer");
      process.nextTick(() => order.push("tick"));
      queueMicrotask(() => order.push("microtask"));
      order.push("timer's end");
    }, 0);
    Promise.resolve().then(() => order.push("promise"));
    order.push("now");
    await new Promise((resolve) => setTimeout(resolve, 20));
    const turns = order.filter((step) => step !== "immediate").join();
    return turns === "now,promise,timer,timer's end,tick,microtask" && order.includes("immediate");
  },
  cleared: async () => {
    let ran = 0;
    clearTimeout(setTimeout(() => (ran += 100), 1));
    const interval = setInterval(() => ran++ === 2 && clearInterval(interval), 1);
    await new Promise((resolve) => setTimeout(resolve, 40));
    return ran === 3;
  },
  global: () => globalThis === global && typeof performance.now() === "number",
  intl: () => new Date(0).toISOString() === "1970-01-01T00:00:00.000Z",
  json: () => require("./settings.json").colour === "green",
};

exports.handler = async () => {
  const failed = [];
  for (const [name, works] of Object.entries(checks)) {
    try {
      if (!(await works())) failed.push(name);
    } catch (error) {
      failed.push(`${name}: ${error.message}`);
    }
  }
  return failed;
};
