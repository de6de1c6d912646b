/** A package that has one form for Node and another for the web. */
import { v4, v5, v7, validate, version } from "uuid";

export const handler = async (event) => {
  const [random, timed] = [v4(), v7()];
  if (event.only === "fresh") return { random, timed };
  return {
    named: v5("https://example.com/", v5.URL),
    valid: [random, timed].every(validate),
    versions: [random, timed].map(version),
  };
};
