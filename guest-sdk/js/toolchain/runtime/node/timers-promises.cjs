"use strict";

const sleep = (delay, value, options) =>
  settle(options?.signal, (resolve) => {
    const timer = setTimeout(() => resolve(value), delay);
    return () => clearTimeout(timer);
  });

const immediate = (value, options) =>
  settle(options?.signal, (resolve) => {
    const pending = setImmediate(() => resolve(value));
    return () => clearImmediate(pending);
  });

function settle(signal, start) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal));
    const cancel = start(resolve);
    signal?.addEventListener("abort", () => {
      cancel();
      reject(aborted(signal));
    });
  });
}

function aborted({ reason }) {
  const error = new Error("The operation was aborted", { cause: reason });
  return Object.assign(error, { name: "AbortError", code: "ABORT_ERR" });
}

async function* interval(delay, value, options) {
  for (;;) yield sleep(delay, value, options);
}

module.exports = {
  scheduler: { wait: (delay, options) => sleep(delay, undefined, options), yield: () => immediate() },
  setImmediate: immediate,
  setInterval: interval,
  setTimeout: sleep,
};
