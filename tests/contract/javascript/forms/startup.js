/** What a module finds while it loads, before any event is there. */

const found = {
  greeting: process.env.GREETING ?? null,
  now: Date.now(),
  random: Math.random(),
  uuid: crypto.randomUUID(),
};
let calls = 0;

export const handler = async (event) => {
  calls += 1;
  return event.only ? found[event.only] : { ...found, calls };
};
