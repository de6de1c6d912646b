// A full life, driven by @aws-sdk/client-sfn.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateActivityCommand,
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DeleteActivityCommand,
  DeleteStateMachineAliasCommand,
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  GetActivityTaskCommand,
  InvalidName,
  ListExecutionsCommand,
  PublishStateMachineVersionCommand,
  RedriveExecutionCommand,
  SFNClient,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
  UpdateStateMachineCommand,
  paginateGetExecutionHistory,
} from "@aws-sdk/client-sfn";

const ROLE = "arn:aws:iam::123456789012:role/life";
// How long anything may take that an execution does, in milliseconds.
const PATIENCE = 60_000;

const sfn = new SFNClient({ disableHostPrefix: true });

const WAITS = {
  StartAt: "Wait",
  States: {
    Wait: { Type: "Wait", Seconds: 1, Next: "Greet" },
    Greet: {
      Type: "Pass",
      Parameters: { "greeting.$": "States.Format('Hello, {}', $.name)" },
      End: true,
    },
  },
};

const SLEEPS = {
  StartAt: "Sleep",
  States: { Sleep: { Type: "Wait", Seconds: 600, End: true } },
};

const passes = (Result) => ({
  StartAt: "Say",
  States: { Say: { Type: "Pass", Result, End: true } },
});

const asks = (activity) => ({
  StartAt: "Ask",
  States: { Ask: { Type: "Task", Resource: activity, TimeoutSeconds: 300, End: true } },
});

const callsBack = (child) => ({
  StartAt: "Call",
  States: {
    Call: {
      Type: "Task",
      Resource: "arn:aws:states:::states:startExecution.waitForTaskToken",
      Parameters: { StateMachineArn: child, Input: { "token.$": "$$.Task.Token" } },
      TimeoutSeconds: 300,
      End: true,
    },
  },
});

const unique = (name) => `${name}-${randomUUID().slice(0, 13)}`;

async function create(name, definition, more = {}) {
  const created = await sfn.send(
    new CreateStateMachineCommand({
      name: unique(name),
      definition: JSON.stringify(definition),
      roleArn: ROLE,
      ...more,
    }),
  );
  assert(created.creationDate instanceof Date);
  return created.stateMachineArn;
}

async function start(stateMachineArn, input = {}, name = undefined) {
  const started = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input), name }),
  );
  return started.executionArn;
}

async function eventually(what, attempt) {
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    const found = await attempt();
    if (found) return found;
    await sleep(50);
  }
  assert.fail(`${what}: not within ${PATIENCE} ms`);
}

const describe = (executionArn) => sfn.send(new DescribeExecutionCommand({ executionArn }));

async function ended(executionArn, status) {
  const described = await eventually(`the end of ${executionArn}`, async () => {
    const seen = await describe(executionArn);
    return seen.status !== "RUNNING" && seen;
  });
  assert.equal(described.status, status, JSON.stringify(described));
  return described;
}

const nextTask = (activityArn) =>
  sfn.send(new GetActivityTaskCommand({ activityArn, workerName: "client-sfn" }));

const succeed = (taskToken, output) =>
  sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));

async function startsWaitsAndTells() {
  const arn = await create("waits", WAITS);
  const execution = await start(arn, { name: "Ada" }, "first");
  await assert.rejects(start(arn, { name: "Bo" }, "first"), ExecutionAlreadyExists);
  const described = await ended(execution, "SUCCEEDED");
  assert.deepEqual(JSON.parse(described.output), { greeting: "Hello, Ada" });
  assert(described.stopDate >= described.startDate);

  const pages = paginateGetExecutionHistory(
    { client: sfn, pageSize: 2 },
    { executionArn: execution },
  );
  const ids = [];
  for await (const page of pages) ids.push(...page.events.map((event) => event.id));
  assert.deepEqual(ids, [1, 2, 3, 4, 5, 6]);
}

async function isRefusedByName() {
  const arn = await create("named", passes(1));
  await assert.rejects(start(arn, {}, "Class 5A"), InvalidName);
  await assert.rejects(start(`${arn}-none`), StateMachineDoesNotExist);
}

async function stops() {
  const execution = await start(await create("sleeps", SLEEPS));
  await sfn.send(new StopExecutionCommand({ executionArn: execution, error: "Enough" }));
  assert.equal((await ended(execution, "ABORTED")).error, "Enough");
}

async function worksOnAnActivity() {
  const { activityArn } = await sfn.send(new CreateActivityCommand({ name: unique("work") }));
  const waiting = nextTask(activityArn);
  const execution = await start(await create("asks", asks(activityArn)), { job: 1 });
  const { taskToken, input } = await waiting;
  assert.deepEqual(JSON.parse(input), { job: 1 });
  await sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
  await succeed(taskToken, { done: true });
  const described = await ended(execution, "SUCCEEDED");
  assert.deepEqual(JSON.parse(described.output), { done: true });
  await sfn.send(new DeleteActivityCommand({ activityArn }));
}

async function isRedriven() {
  const { activityArn } = await sfn.send(new CreateActivityCommand({ name: unique("fails") }));
  const execution = await start(await create("redriven", asks(activityArn)));
  const first = await nextTask(activityArn);
  await sfn.send(new SendTaskFailureCommand({ taskToken: first.taskToken, error: "Broken" }));
  assert.equal((await ended(execution, "FAILED")).error, "Broken");

  const redriven = await sfn.send(new RedriveExecutionCommand({ executionArn: execution }));
  assert(redriven.redriveDate instanceof Date);
  await succeed((await nextTask(activityArn)).taskToken, "mended");
  const described = await ended(execution, "SUCCEEDED");
  assert.equal(described.redriveCount, 1);
  assert.equal(described.output, '"mended"');
}

async function isCalledBack() {
  const child = await create("child", passes("started"));
  const execution = await start(await create("calls-back", callsBack(child)));
  const [found] = await eventually("the child", async () => {
    const list = new ListExecutionsCommand({ stateMachineArn: child });
    const { executions } = await sfn.send(list);
    return executions.length > 0 && executions;
  });
  const { token } = JSON.parse((await describe(found.executionArn)).input);
  await succeed(token, { called: "back" });
  const described = await ended(execution, "SUCCEEDED");
  assert.deepEqual(JSON.parse(described.output), { called: "back" });
}

async function hasVersionsAndAnAlias() {
  const stateMachineArn = await create("versions", passes(1));
  const publish = new PublishStateMachineVersionCommand({ stateMachineArn });
  const { stateMachineVersionArn } = await sfn.send(publish);
  assert.equal(stateMachineVersionArn, `${stateMachineArn}:1`);
  const { stateMachineAliasArn } = await sfn.send(
    new CreateStateMachineAliasCommand({
      name: "live",
      routingConfiguration: [{ stateMachineVersionArn, weight: 100 }],
    }),
  );
  const definition = JSON.stringify(passes(2));
  await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));

  const through = await ended(await start(stateMachineAliasArn), "SUCCEEDED");
  assert.equal(through.output, "1");
  assert.equal(through.stateMachineVersionArn, stateMachineVersionArn);
  assert.equal(through.stateMachineAliasArn, stateMachineAliasArn);
  const current = await ended(await start(stateMachineArn), "SUCCEEDED");
  assert.equal(current.output, "2");
  await sfn.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn }));
}

async function isExpressed() {
  const stateMachineArn = await create("express", WAITS, { type: "EXPRESS" });
  const input = JSON.stringify({ name: "Cy" });
  const answer = await sfn.send(new StartSyncExecutionCommand({ stateMachineArn, input }));
  assert.equal(answer.status, "SUCCEEDED");
  assert.deepEqual(JSON.parse(answer.output), { greeting: "Hello, Cy" });
}

for (const chapter of [
  startsWaitsAndTells,
  isRefusedByName,
  stops,
  worksOnAnActivity,
  isRedriven,
  isCalledBack,
  hasVersionsAndAnAlias,
  isExpressed,
]) {
  await chapter();
  console.log(chapter.name);
}
