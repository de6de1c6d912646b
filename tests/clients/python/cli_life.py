"""A full life, driven by the AWS CLI: one process a call."""

import json
import os
import subprocess
import sys

from machines import (
    ROLE,
    SLEEPS,
    WAITS,
    asks,
    calls_back,
    eventually,
    expect,
    passes,
    text,
    unique,
)

AWS = os.path.join(os.path.dirname(sys.executable), "aws")


def run(operation, **options):
    command = [sys.executable, AWS, "stepfunctions", operation, "--output", "json"]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}"]
        command += [] if value is True else [value]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def aws(operation, **options):
    ran = run(operation, **options)
    if ran.returncode != 0:
        raise AssertionError(f"aws {operation}: {ran.stderr}")
    return json.loads(ran.stdout) if ran.stdout.strip() else {}


def refused(code, operation, **options):
    ran = run(operation, **options)
    if f"({code})" not in ran.stderr:
        raise AssertionError(f"{code} is expected: {ran}")


def create(name, definition, **more):
    answer = aws(
        "create-state-machine",
        name=unique(name),
        definition=text(definition),
        role_arn=ROLE,
        **more,
    )
    return answer["stateMachineArn"]


def start(arn, payload="{}"):
    return aws("start-execution", state_machine_arn=arn, input=payload)["executionArn"]


def ended(execution, status):
    def described():
        answer = aws("describe-execution", execution_arn=execution)
        return answer if answer["status"] != "RUNNING" else None

    answer = eventually(f"the end of {execution}", described)
    expect(f"the status of {execution}", answer["status"], status)
    return answer


def starts_waits_and_tells():
    arn = create("waits", WAITS)
    execution = start(arn, '{"name": "Ada"}')
    answer = ended(execution, "SUCCEEDED")
    expect("the output", json.loads(answer["output"]), {"greeting": "Hello, Ada"})
    # The CLI follows the pages by itself.
    history = aws("get-execution-history", execution_arn=execution, page_size="2")
    expect("the history", [event["id"] for event in history["events"]], list(range(1, 7)))
    latest = aws(
        "get-execution-history", execution_arn=execution, reverse_order=True, max_items="1"
    )
    expect("the latest event", latest["events"][0]["type"], "ExecutionSucceeded")
    refused(
        "InvalidName", "start-execution", state_machine_arn=arn, name="Class 5A"
    )


def stops():
    execution = start(create("sleeps", SLEEPS))
    aws("stop-execution", execution_arn=execution, error="Enough")
    expect("the error", ended(execution, "ABORTED")["error"], "Enough")


def works_on_an_activity_and_is_redriven():
    activity = aws("create-activity", name=unique("work"))["activityArn"]
    execution = start(create("asks", asks(activity)), '{"job": 1}')
    task = aws("get-activity-task", activity_arn=activity, worker_name="cli")
    expect("the task's input", json.loads(task["input"]), {"job": 1})
    aws("send-task-failure", task_token=task["taskToken"], error="Broken")
    expect("the error", ended(execution, "FAILED")["error"], "Broken")

    aws("redrive-execution", execution_arn=execution)
    task = aws("get-activity-task", activity_arn=activity, worker_name="cli")
    aws("send-task-heartbeat", task_token=task["taskToken"])
    aws("send-task-success", task_token=task["taskToken"], task_output='{"done": true}')
    answer = ended(execution, "SUCCEEDED")
    expect("the output", json.loads(answer["output"]), {"done": True})
    expect("how often", answer["redriveCount"], 1)
    aws("delete-activity", activity_arn=activity)


def is_called_back():
    child = create("child", passes("started"))
    execution = start(create("calls-back", calls_back(child)))
    found = eventually(
        "the child",
        lambda: aws("list-executions", state_machine_arn=child)["executions"],
    )
    started = aws("describe-execution", execution_arn=found[0]["executionArn"])
    token = json.loads(started["input"])["token"]
    aws("send-task-success", task_token=token, task_output='"back"')
    expect("the output", ended(execution, "SUCCEEDED")["output"], '"back"')


def has_versions_and_an_alias():
    arn = create("versions", passes(1))
    version = aws("publish-state-machine-version", state_machine_arn=arn)
    version = version["stateMachineVersionArn"]
    routing = json.dumps([{"stateMachineVersionArn": version, "weight": 100}])
    alias = aws("create-state-machine-alias", name="live", routing_configuration=routing)
    alias = alias["stateMachineAliasArn"]
    aws("update-state-machine", state_machine_arn=arn, definition=text(passes(2)))
    expect("the version's output", ended(start(alias), "SUCCEEDED")["output"], "1")
    expect("the current output", ended(start(arn), "SUCCEEDED")["output"], "2")
    aws("delete-state-machine-alias", state_machine_alias_arn=alias)


def is_expressed():
    arn = create("express", WAITS, type="EXPRESS")
    answer = aws("start-sync-execution", state_machine_arn=arn, input='{"name": "Bo"}')
    expect("the output", json.loads(answer["output"]), {"greeting": "Hello, Bo"})


for chapter in [
    starts_waits_and_tells,
    stops,
    works_on_an_activity_and_is_redriven,
    is_called_back,
    has_versions_and_an_alias,
    is_expressed,
]:
    chapter()
    print(chapter.__name__)
