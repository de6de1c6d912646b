/** Fails with something; the event says with what, and how it is handed over. */

class Unnamed extends Error {}

class Named extends Error {
  constructor(message) {
    super(message);
    this.name = "OrderNotFound";
  }
}

const values = {
  error: () => new Error("just an error"),
  subclass: () => new Unnamed("without a name of its own"),
  named: () => new Named("there is no order 7"),
  builtin: () => new TypeError("of another type"),
  caused: () => new Error("outer", { cause: new Error("inner") }),
  aggregate: () => new AggregateError([new Error("one"), new Error("other")], "both"),
  "message-less": () => new Error(),
  string: () => "a plain text",
  number: () => 42,
  object: () => ({ code: 7 }),
  null: () => null,
  undefined: () => undefined,
  symbol: () => Symbol("sign"),
};

const ways = {
  throw(value) {
    throw value;
  },
  reject: (value) => Promise.reject(value),
  callback: (value, callback) => callback(value),
  timer: (value) =>
    new Promise(() =>
      setTimeout(() => {
        throw value;
      }, 1),
    ),
  "unhandled rejection": (value) => {
    Promise.reject(value);
    return new Promise((resolve) => setTimeout(() => resolve("nobody noticed"), 20));
  },
};

export const handler = (event, context, callback) =>
  ways[event.way ?? "throw"](values[event.with](), callback);
