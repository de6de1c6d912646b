/** Every level, and what console makes of values. */

export const handler = async () => {
  console.log("plain");
  console.info("informed");
  console.warn("warned");
  console.error("erred");
  console.debug("debugged");
  console.trace("traced");
  console.log("%s has %d of %j", "Ada", 2, { a: 1 });
  console.log({ nested: { list: [1, "two", null] } }, undefined, true, -0);
  console.error(new RangeError("too far"));
  console.log();
  return null;
};
