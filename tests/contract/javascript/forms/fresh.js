/** Chance that was drawn while the module loads. */

const drawn = {
  random: Math.random(),
  uuid: crypto.randomUUID(),
  bytes: crypto.getRandomValues(new Uint8Array(16)).join(),
  stamp: `${Date.now()}${process.hrtime.bigint()}${Math.random()}`,
};

export const handler = async () => drawn;
