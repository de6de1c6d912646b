"""The state machines of a life, and what is expected of them."""

import json
import time
import uuid

ROLE = "arn:aws:iam::123456789012:role/life"

# How long anything may take that an execution does, in seconds.
PATIENCE = 60

WAITS = {
    "StartAt": "Wait",
    "States": {
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Greet"},
        "Greet": {
            "Type": "Pass",
            "Parameters": {"greeting.$": "States.Format('Hello, {}', $.name)"},
            "End": True,
        },
    },
}

SLEEPS = {
    "StartAt": "Sleep",
    "States": {"Sleep": {"Type": "Wait", "Seconds": 600, "End": True}},
}


def passes(result):
    """A machine whose output is `result`."""
    return {
        "StartAt": "Say",
        "States": {"Say": {"Type": "Pass", "Result": result, "End": True}},
    }


def asks(activity_arn):
    """A machine that has an activity's worker do its work."""
    return {
        "StartAt": "Ask",
        "States": {
            "Ask": {
                "Type": "Task",
                "Resource": activity_arn,
                "TimeoutSeconds": 300,
                "HeartbeatSeconds": 60,
                "End": True,
            }
        },
    }


def calls_back(child_arn):
    """A machine that gives a token to an execution of another, and waits for it."""
    return {
        "StartAt": "Call",
        "States": {
            "Call": {
                "Type": "Task",
                "Resource": "arn:aws:states:::states:startExecution.waitForTaskToken",
                "Parameters": {
                    "StateMachineArn": child_arn,
                    "Input": {"token.$": "$$.Task.Token"},
                },
                "TimeoutSeconds": 300,
                "End": True,
            }
        },
    }


def text(definition):
    return json.dumps(definition)


def unique(name):
    """A name that no other run has."""
    return f"{name}-{uuid.uuid4().hex[:12]}"


def eventually(what, attempt):
    """Tries until `attempt` gives something true, and gives that."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = attempt()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {PATIENCE} s")


def expect(what, seen, wanted):
    if seen != wanted:
        raise AssertionError(f"{what}: {seen!r} instead of {wanted!r}")
