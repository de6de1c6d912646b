/** Returns what is hard to write as JSON; the event says what. */

const circular = {};
circular.self = circular;

const results = {
  undefined: () => undefined,
  function: () => () => {},
  symbol: () => Symbol("sign"),
  nan: () => [NaN, Infinity, -Infinity],
  date: () => new Date(0),
  map: () => new Map([[1, 2]]),
  "undefined members": () => ({ a: undefined, b: [undefined] }),
  "own json": () => ({ toJSON: () => "as it likes" }),
  buffer: () => Buffer.from("ab"),
  bigint: () => 12n,
  circular: () => circular,
  "throwing getter": () => ({
    get price() {
      throw new RangeError("priceless");
    },
  }),
};

export const handler = async (event) => results[event.result]();
