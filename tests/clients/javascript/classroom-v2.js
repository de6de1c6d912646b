// The classroom's own client with aws-sdk 2, from the article that it stands in.

process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1";
const assert = require("node:assert/strict");

// What the article leaves to its surroundings: the endpoint, and which state machine.
require("aws-sdk").config.update({
  stepfunctions: { endpoint: process.env.AWS_ENDPOINT_URL_SFN },
});
globalThis.RECORDER_STATE_MACHINE_ARN = process.env.RECORDER_STATE_MACHINE_ARN;

// The article's code, word for word, and its two names as exports.
const { stepFunction, executeRecordingStateMachine } = require("./article.js");

const describe = (executionArn) => stepFunction.describeExecution({ executionArn }).promise();

async function records() {
  const [start, end] = [1, 2].map((s) => new Date(Date.now() + s * 1000).toISOString());
  const className = `maths-${Date.now()}-v2`;
  const { executionArn, startDate } = await executeRecordingStateMachine(start, end, className);
  assert(startDate instanceof Date);
  assert(executionArn.endsWith(`:${className}`));
  let described = await describe(executionArn);
  while (described.status === "RUNNING") {
    await new Promise((resolve) => setTimeout(resolve, 100));
    described = await describe(executionArn);
  }
  assert.equal(described.status, "SUCCEEDED", JSON.stringify(described));
  assert.equal(JSON.parse(described.output).isRecording, true);
}

async function refusesAnIllegalName() {
  const attempt = executeRecordingStateMachine("now", "then", "Maths / 5A");
  await assert.rejects(attempt, { code: "InvalidName", statusCode: 400 });
}

(async () => {
  await records();
  await refusesAnIllegalName();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
