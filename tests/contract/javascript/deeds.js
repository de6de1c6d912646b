/** Does what the event names. `CONFORMANCE.md` says what each deed is. */

import * as failures from "./deeds/failures.js";
import * as greed from "./deeds/greed.js";
import * as surroundings from "./deeds/surroundings.js";

let count = 0;

const deeds = {
  ...failures,
  ...greed,
  ...surroundings,
  context: (_, context) => describe(context),
  log,
  count: () => ++count,
};

export const handler = async (event, context) => {
  const name = event.do.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  return deeds[name](event, context);
};

function describe(context) {
  return {
    functionName: context.functionName,
    functionVersion: context.functionVersion,
    invokedFunctionArn: context.invokedFunctionArn,
    requestId: context.awsRequestId,
    deadlineMs: Date.now() + context.getRemainingTimeInMillis(),
    memoryLimitMb: Number(context.memoryLimitInMB),
    attempt: context.attempt,
    executionArn: context.executionArn ?? null,
    stateName: context.stateName ?? null,
    idempotencyToken: context.idempotencyToken ?? null,
  };
}

function log() {
  console.log("to standard output");
  console.error("to standard error");
  console.log("two\nlines");
  return null;
}
