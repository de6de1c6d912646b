/** Greets someone by the hour of the day. */

/** @type {import("../../sdk/lambda/index.js").Handler} */
export const handler = async ({ name, hour }) => {
  const greeting = `Good ${daytimeOf(hour)}, ${name}!`;
  return { greeting, late: hour >= 22 };
};

/** @param {number} hour */
function daytimeOf(hour) {
  if (hour >= 0 && hour < 12) return "morning";
  if (hour >= 12 && hour < 18) return "afternoon";
  if (hour >= 18 && hour < 24) return "evening";
  throw new NoSuchHour(`a day has no hour ${hour}`);
}

/** A state machine's Catch knows an error by its name. */
class NoSuchHour extends Error {
  name = "NoSuchHour";
}
