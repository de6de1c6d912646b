/** Greets someone by the hour of the day. */

import type { Handler } from "@sandstep/lambda";

interface Guest {
  name: string;
  hour: number;
}

interface Greeting {
  greeting: string;
  late: boolean;
}

export const handler: Handler<Guest, Greeting> = async ({ name, hour }) => {
  const greeting = `Good ${daytimeOf(hour)}, ${name}!`;
  return { greeting, late: hour >= 22 };
};

function daytimeOf(hour: number): string {
  if (hour >= 0 && hour < 12) return "morning";
  if (hour >= 12 && hour < 18) return "afternoon";
  if (hour >= 18 && hour < 24) return "evening";
  throw new NoSuchHour(`a day has no hour ${hour}`);
}

/** A state machine's Catch knows an error by its name. */
class NoSuchHour extends Error {
  override name = "NoSuchHour";
}
