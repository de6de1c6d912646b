// The classroom's client with @aws-sdk/client-sfn.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeExecutionCommand,
  InvalidName,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";

const { RECORDER_STATE_MACHINE_ARN } = process.env;
const sfn = new SFNClient();

function executeRecordingStateMachine(start, end, className) {
  return sfn.send(
    new StartExecutionCommand({
      stateMachineArn: RECORDER_STATE_MACHINE_ARN,
      input: JSON.stringify({ start, end }),
      name: className,
    }),
  );
}

const describe = (executionArn) => sfn.send(new DescribeExecutionCommand({ executionArn }));

const [start, end] = [1, 2].map((s) => new Date(Date.now() + s * 1000).toISOString());
const { executionArn } = await executeRecordingStateMachine(start, end, `maths-${Date.now()}-v3`);
let described = await describe(executionArn);
while (described.status === "RUNNING") {
  await sleep(100);
  described = await describe(executionArn);
}
assert.equal(described.status, "SUCCEEDED", JSON.stringify(described));
assert.equal(JSON.parse(described.output).isRecording, true);

// The route that the service's serverless.yml has for it.
const route = new URL("/classroom/create", process.env.AWS_ENDPOINT_URL_SFN);
const created = await fetch(route, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ start, end }),
});
assert.equal(created.status, 200);
assert.match((await created.json()).executionArn, /:execution:classroom-state-machine:/);

await assert.rejects(executeRecordingStateMachine("now", "then", "Maths / 5A"), InvalidName);
