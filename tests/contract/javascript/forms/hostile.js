/** Misbehaves as only JavaScript can; the event says how. */

const deeds = {
  /** Backtracks for 2ⁿ steps. */
  regularExpression: () => /^(a+)+$/.test("a".repeat(60) + "!"),
  async microtasks() {
    for (;;) await null;
  },
  timers: () => new Promise(() => setInterval(() => {}, 0)),
  getter: () => ({
    get self() {
      for (;;);
    },
  }),
  json: () => ({
    toJSON() {
      for (;;);
    },
  }),
  string: () => {
    let text = "bomb";
    for (;;) text += text;
  },
  array: () => {
    const list = [];
    for (;;) list.push({});
  },
  length: () => new Array(2 ** 32 - 1).fill(0),
  async promises() {
    const pending = [];
    for (;;) pending.push(new Promise(() => {}));
  },
  nesting: () => {
    let list = [];
    for (let depth = 0; depth < 1e6; depth += 1) list = [list];
    return list;
  },
  log: () => {
    for (;;) console.log("flood", "of", "words");
  },
  prototypes: () => {
    Array.prototype.map = JSON.stringify = Promise.prototype.then = () => "mine";
    return "done";
  },
  exit: () => process.exit(3),
};

export const handler = (event) => deeds[event.do]();
