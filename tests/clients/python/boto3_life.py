"""A full life, driven by boto3."""

import json
import threading

import boto3
from botocore.exceptions import ClientError

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

sfn = boto3.client("stepfunctions")


def create(name, definition, **more):
    answer = sfn.create_state_machine(
        name=unique(name), definition=text(definition), roleArn=ROLE, **more
    )
    return answer["stateMachineArn"]


def start(arn, payload=None, **more):
    return sfn.start_execution(
        stateMachineArn=arn, input=json.dumps(payload or {}), **more
    )["executionArn"]


def ended(execution, status):
    """Waits until an execution has ended, as it should."""
    eventually(
        f"the end of {execution}",
        lambda: sfn.describe_execution(executionArn=execution)["status"] != "RUNNING",
    )
    described = sfn.describe_execution(executionArn=execution)
    expect(f"the status of {execution}", described["status"], status)
    return described


def refused(code, call, **request):
    try:
        call(**request)
    except ClientError as error:
        expect("the error", error.response["Error"]["Code"], code)
        expect("its status", error.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        return
    raise AssertionError(f"{code} is expected")


def starts_waits_and_tells():
    arn = create("waits", WAITS)
    execution = start(arn, {"name": "Ada"}, name="first")
    expect("the same start again", start(arn, {"name": "Ada"}, name="first"), execution)
    refused(
        "ExecutionAlreadyExists",
        sfn.start_execution,
        stateMachineArn=arn,
        name="first",
        input="[]",
    )
    described = ended(execution, "SUCCEEDED")
    expect("the output", json.loads(described["output"]), {"greeting": "Hello, Ada"})
    assert described["stopDate"] >= described["startDate"]

    pages = sfn.get_paginator("get_execution_history").paginate(
        executionArn=execution, PaginationConfig={"PageSize": 2}
    )
    events = [event for page in pages for event in page["events"]]
    expect("the history", [event["id"] for event in events], list(range(1, 7)))
    expect("its last event", events[-1]["type"], "ExecutionSucceeded")
    latest = sfn.get_execution_history(
        executionArn=execution, reverseOrder=True, maxResults=1
    )
    expect("the latest event", latest["events"][0]["id"], 6)

    pages = sfn.get_paginator("list_executions").paginate(
        stateMachineArn=arn, statusFilter="SUCCEEDED"
    )
    listed = [one["executionArn"] for page in pages for one in page["executions"]]
    expect("the list", listed, [execution])


def stops():
    execution = start(create("sleeps", SLEEPS))
    sfn.stop_execution(executionArn=execution, error="Enough", cause="of it")
    described = ended(execution, "ABORTED")
    expect("the error", (described["error"], described["cause"]), ("Enough", "of it"))


def names_are_checked():
    arn = create("passes", passes(1))
    for name in ["Class 5A", "maths/1", "a" * 81]:
        code = "ValidationException" if len(name) > 80 else "InvalidName"
        refused(code, sfn.start_execution, stateMachineArn=arn, name=name)


def works_on_an_activity():
    activity = sfn.create_activity(name=unique("work"))["activityArn"]
    taken = {}

    def worker():
        task = sfn.get_activity_task(activityArn=activity, workerName="boto3")
        taken.update(task)
        sfn.send_task_heartbeat(taskToken=task["taskToken"])
        sfn.send_task_success(taskToken=task["taskToken"], output='{"done": true}')

    waiting = threading.Thread(target=worker, daemon=True)
    waiting.start()
    execution = start(create("asks", asks(activity)), {"job": 1})
    described = ended(execution, "SUCCEEDED")
    waiting.join()
    expect("the task's input", json.loads(taken["input"]), {"job": 1})
    expect("the output", json.loads(described["output"]), {"done": True})
    refused(
        "TaskTimedOut",
        sfn.send_task_success,
        taskToken=taken["taskToken"],
        output="{}",
    )
    refused("InvalidToken", sfn.send_task_success, taskToken="forged", output="{}")
    sfn.delete_activity(activityArn=activity)


def is_redriven():
    activity = sfn.create_activity(name=unique("fails"))["activityArn"]
    execution = start(create("redriven", asks(activity)), {"job": 2})
    token = sfn.get_activity_task(activityArn=activity)["taskToken"]
    sfn.send_task_failure(taskToken=token, error="Broken", cause="for now")
    described = ended(execution, "FAILED")
    expect("the error", described["error"], "Broken")
    expect("whether it can be redriven", described["redriveStatus"], "REDRIVABLE")

    sfn.redrive_execution(executionArn=execution)
    token = sfn.get_activity_task(activityArn=activity)["taskToken"]
    sfn.send_task_success(taskToken=token, output='"mended"')
    described = ended(execution, "SUCCEEDED")
    expect("how often", described["redriveCount"], 1)
    history = sfn.get_execution_history(executionArn=execution)["events"]
    kinds = [event["type"] for event in history]
    assert "ExecutionRedriven" in kinds, kinds


def is_called_back():
    child = create("child", passes("started"))
    execution = start(create("calls-back", calls_back(child)))
    found = eventually(
        "the child",
        lambda: sfn.list_executions(stateMachineArn=child)["executions"],
    )
    child_input = sfn.describe_execution(executionArn=found[0]["executionArn"])["input"]
    token = json.loads(child_input)["token"]
    sfn.send_task_success(taskToken=token, output='{"called": "back"}')
    described = ended(execution, "SUCCEEDED")
    expect("the output", json.loads(described["output"]), {"called": "back"})


def has_versions_and_an_alias():
    arn = create("versions", passes(1))
    first = sfn.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"]
    expect("the first version", first, f"{arn}:1")
    revision = sfn.update_state_machine(stateMachineArn=arn, definition=text(passes(2)))
    second = sfn.publish_state_machine_version(
        stateMachineArn=arn, revisionId=revision["revisionId"], description="two"
    )["stateMachineVersionArn"]
    listed = sfn.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]
    expect("the versions", [one["stateMachineVersionArn"] for one in listed], [second, first])

    alias = sfn.create_state_machine_alias(
        name="live",
        routingConfiguration=[{"stateMachineVersionArn": first, "weight": 100}],
    )["stateMachineAliasArn"]
    described = ended(start(alias), "SUCCEEDED")
    expect("the first version's output", described["output"], "1")
    expect("the alias", described["stateMachineAliasArn"], alias)
    expect("the version", described["stateMachineVersionArn"], first)

    sfn.update_state_machine_alias(
        stateMachineAliasArn=alias,
        routingConfiguration=[
            {"stateMachineVersionArn": first, "weight": 0},
            {"stateMachineVersionArn": second, "weight": 100},
        ],
    )
    expect("the second version's output", ended(start(alias), "SUCCEEDED")["output"], "2")
    refused(
        "ConflictException",
        sfn.delete_state_machine_version,
        stateMachineVersionArn=second,
    )
    sfn.delete_state_machine_alias(stateMachineAliasArn=alias)
    sfn.delete_state_machine_version(stateMachineVersionArn=second)


def is_tagged():
    arn = create("tagged", passes(1), tags=[{"key": "team", "value": "a"}])
    sfn.tag_resource(resourceArn=arn, tags=[{"key": "stage", "value": "b"}])
    sfn.untag_resource(resourceArn=arn, tagKeys=["team"])
    tags = sfn.list_tags_for_resource(resourceArn=arn)["tags"]
    expect("the tags", tags, [{"key": "stage", "value": "b"}])


def is_expressed():
    arn = create("express", WAITS, type="EXPRESS")
    answer = sfn.start_sync_execution(stateMachineArn=arn, input='{"name": "Bo"}')
    expect("the status", answer["status"], "SUCCEEDED")
    expect("the output", json.loads(answer["output"]), {"greeting": "Hello, Bo"})


def is_deleted():
    arn = create("deleted", passes(1))
    sfn.delete_state_machine(stateMachineArn=arn)
    eventually("the deletion", lambda: arn not in listed_machines())


def listed_machines():
    pages = sfn.get_paginator("list_state_machines").paginate()
    return {one["stateMachineArn"] for page in pages for one in page["stateMachines"]}


for chapter in [
    starts_waits_and_tells,
    stops,
    names_are_checked,
    works_on_an_activity,
    is_redriven,
    is_called_back,
    has_versions_and_an_alias,
    is_tagged,
    is_expressed,
    is_deleted,
]:
    chapter()
    print(chapter.__name__)
