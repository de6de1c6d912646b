//! `sandstep test-state`: one state tested alone.

mod support;

use serde_json::json;
use support::{Ran, folder, sandstep_in, write};

const ORDERS: &str = r#"{"StartAt": "Charge", "States": {
    "Charge": {"Type": "Task", "Resource": "bank-dev-charge", "Next": "Pack",
        "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2, "MaxAttempts": 2}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.why", "Next": "Refund"}]},
    "Pack": {"Type": "Map", "ItemsPath": "$.items", "ToleratedFailureCount": 1, "End": true,
        "ItemProcessor": {"StartAt": "Box", "States": {
            "Box": {"Type": "Task", "Resource": "${BoxArn}", "End": true}}}},
    "Refund": {"Type": "Pass", "Parameters": {"back.$": "$.total"}, "End": true}}}"#;

/// Runs `sandstep test-state orders.json` in a folder of this name.
fn tests(name: &str, arguments: &[&str]) -> Ran {
    let project = folder(name);
    write(&project, "orders.json", ORDERS);
    sandstep_in(
        &project,
        &[&["test-state", "orders.json"], arguments].concat(),
    )
}

#[test]
fn a_state_of_a_definition_is_tested_without_what_others_lack() {
    let arguments = ["--state", "Refund", "--input", r#"{"total": 12}"#];
    let ran = tests("test-state-pass", &arguments);
    let expected = json!({"output": "{\"back\": 12}", "status": "SUCCEEDED"});
    assert_eq!(ran.output(), expected);
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_mocked_error_is_tried_again_and_then_caught() {
    let charge = |retries| {
        let arguments = [
            "--state",
            "Charge",
            "--input",
            "{}",
            "--mock-error",
            "Busy:not: now",
            "--inspection-level",
            "debug",
            "--retrier-retry-count",
            retries,
        ];
        tests("test-state-error", &arguments).output()
    };
    let again = charge("1");
    assert_eq!(again["status"], "RETRIABLE");
    assert_eq!(again["cause"], "not: now");
    let details = &again["inspectionData"]["errorDetails"];
    assert_eq!(
        *details,
        json!({"retryIndex": 0, "retryBackoffIntervalSeconds": 4})
    );
    let caught = charge("2");
    assert_eq!(caught["status"], "CAUGHT_ERROR");
    assert_eq!(caught["nextState"], "Refund");
    let details = &caught["inspectionData"]["errorDetails"];
    assert_eq!(*details, json!({"retryIndex": 0, "catchIndex": 0}));
}

#[test]
fn a_failure_that_nothing_answers_is_status_1() {
    let arguments = [
        "--state",
        "Pack",
        "--input",
        r#"{"items": [1, 2, 3]}"#,
        "--mock-result",
        "[0, 0, 0]",
        "--map-iteration-failure-count",
        "2",
    ];
    let ran = tests("test-state-failed", &arguments);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(
        ran.stdout
            .contains("States.ExceedToleratedFailureThreshold"),
        "{}",
        ran.stdout
    );
}

#[test]
fn people_get_a_report() {
    let arguments = [
        "--state",
        "Charge",
        "--input",
        r#"{"total": 12}"#,
        "--mock-error",
        "Declined",
        "--inspection-level",
        "DEBUG",
        "--format",
        "text",
    ];
    let ran = tests("test-state-report", &arguments);
    let expected = r#"Status      CAUGHT_ERROR
Next state  Refund
Error       Declined
Catcher     Catch[0]

input
  {
    "total": 12
  }

afterInputPath
  {
    "total": 12
  }

afterParameters
  {
    "total": 12
  }

output
  {
    "total": 12,
    "why": {
      "Error": "Declined",
      "Cause": ""
    }
  }
"#;
    assert_eq!(ran.stdout, expected, "{}", ran.stderr);
}

#[test]
fn a_file_may_be_one_state() {
    let project = folder("test-state-lone");
    let wait = "Type: Wait\nSecondsPath: $.seconds\nNext: Elsewhere\n";
    write(&project, "wait.yaml", wait);
    write(&project, "input.json", r#"{"seconds": 200}"#);
    let arguments = [
        "test-state",
        "wait.yaml",
        "--input",
        "@input.json",
        "--clock",
        "virtual",
    ];
    let ran = sandstep_in(&project, &arguments);
    let expected = json!({
        "output": "{\"seconds\": 200}", "nextState": "Elsewhere", "status": "SUCCEEDED",
    });
    assert_eq!(ran.output(), expected);
}

#[test]
fn what_keeps_a_state_from_being_tested_is_said() {
    for (arguments, status, said) in [
        (
            &[][..],
            2,
            "the states of orders.json: Charge, Pack, Box, Refund",
        ),
        (&["--state", "Charg"], 2, "did you mean \"Charge\"?"),
        (
            &["--state", "Charge"],
            2,
            "the function \"bank-dev-charge\" is not in the project",
        ),
        (
            &["--state", "Box"],
            2,
            "the placeholder ${BoxArn} has no value",
        ),
        (
            &["--state", "Pack"],
            2,
            "TestState API does not support Map or Parallel states",
        ),
        (
            &["--state", "Refund", "--mock-result", "1"],
            2,
            "State type 'Pass' is not supported",
        ),
        (
            &["--state", "Refund", "--input", "{"],
            2,
            "--input is not JSON",
        ),
        (
            &["--state", "Pack", "--mock-result", "1"],
            2,
            "Mocked result must be an array.",
        ),
    ] {
        let ran = tests("test-state-refused", arguments);
        ran.refused(status);
        ran.says(&[said]);
    }
}

#[test]
fn a_problem_of_a_lone_state_is_shown_in_its_file() {
    let project = folder("test-state-problem");
    write(
        &project,
        "pass.json",
        "{\"Type\": \"Pass\",\n \"InputPath\": \"a\",\n \"End\": true}",
    );
    let ran = sandstep_in(&project, &["test-state", "pass.json"]);
    ran.refused(2);
    ran.says(&["pass.json:2:15: error[", "cannot be tested"]);
}

#[test]
fn a_mock_that_cannot_be_compared_is_named() {
    let project = folder("test-state-unchecked");
    let state = r#"{"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true}"#;
    write(&project, "publish.json", state);
    let ran = sandstep_in(
        &project,
        &["test-state", "publish.json", "--mock-result", "{}"],
    );
    assert_eq!(ran.output()["status"], "SUCCEEDED");
    ran.says(&["warning: the mocked result of arn:aws:states:::sns:publish is not compared"]);
}

#[test]
fn a_task_without_a_mock_calls_the_projects_function() {
    let arguments = [
        "test-state",
        "examples/classroom",
        "--state",
        "StartRecording",
        "--input",
        r#"{"start": "2019-06-16T22:00:00Z", "end": "2019-06-16T23:00:00Z"}"#,
    ];
    let ran = support::sandstep(&arguments);
    assert_eq!(ran.output()["status"], "SUCCEEDED", "{}", ran.stderr);
}
