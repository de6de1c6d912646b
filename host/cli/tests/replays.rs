//! Recorded executions, replayed against their definitions and changed ones.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::path::PathBuf;

use serde_json::json;
use support::{Ran, folder, sandstep_in, write};

const ORDER: &str = r#"
StartAt: Charge
States:
  Charge:
    Type: Task
    Resource: "${ChargeFunctionArn}"
    TimeoutSeconds: 10
    ResultPath: $.bank
    Retry: [{ ErrorEquals: [Busy, States.Timeout], IntervalSeconds: 30, MaxAttempts: 2 }]
    Next: Each
  Each:
    Type: Map
    ItemsPath: $.items
    ItemProcessor:
      StartAt: Pack
      States:
        Pack: { Type: Task, Resource: arn:aws:states:::sqs:sendMessage, Parameters: { MessageBody.$: $ }, End: true }
    End: true
"#;

/// A failure in production: the bank was busy, then slept; the second parcel,
/// packed before the first one, broke.
fn history() -> serde_json::Value {
    let resource = json!({"resourceType": "sqs", "resource": "sendMessage"});
    let at = |second: f64| format!("2024-05-01T12:00:{second:06.3}+02:00");
    let input = r#"{"items": ["cup", "vase"]}"#;
    let charged = r#"{"items":["cup","vase"],"bank":{"paid":true}}"#;
    let packed = |body: &str| {
        let mut scheduled = resource.clone();
        scheduled["parameters"] = json!(json!({ "MessageBody": body }).to_string());
        scheduled["region"] = json!("eu-west-1");
        scheduled
    };
    let lambda = "arn:aws:lambda:eu-west-1:210987654321:function:prod-charge";
    let scheduled = json!({"resource": lambda, "input": input, "timeoutInSeconds": 10});
    let mut broken = resource.clone();
    broken["error"] = json!("Broken");
    broken["cause"] = json!("the vase is in pieces");
    let mut sent = resource.clone();
    sent["output"] = json!(r#"{"MessageId":"1"}"#);
    let event = |id: u64,
                 previous: u64,
                 second: f64,
                 kind: &str,
                 key: &str,
                 details: serde_json::Value| {
        json!({"timestamp": at(second), "type": kind, "id": id, "previousEventId": previous, key: details})
    };
    let none = json!({});
    json!({"events": [
        event(1, 0, 0.0, "ExecutionStarted", "executionStartedEventDetails",
            json!({"input": input, "inputDetails": {"truncated": false}, "roleArn": "arn:aws:iam::210987654321:role/r"})),
        event(2, 0, 0.01, "TaskStateEntered", "stateEnteredEventDetails", json!({"name": "Charge", "input": input})),
        event(3, 2, 0.02, "LambdaFunctionScheduled", "lambdaFunctionScheduledEventDetails", scheduled.clone()),
        event(4, 3, 0.03, "LambdaFunctionStarted", "none", none.clone()),
        event(5, 4, 1.0, "LambdaFunctionFailed", "lambdaFunctionFailedEventDetails", json!({"error": "Busy", "cause": "later"})),
        event(6, 5, 31.0, "LambdaFunctionScheduled", "lambdaFunctionScheduledEventDetails", scheduled.clone()),
        event(7, 6, 31.0, "LambdaFunctionStarted", "none", none.clone()),
        event(8, 7, 40.999, "LambdaFunctionTimedOut", "lambdaFunctionTimedOutEventDetails", json!({"error": "States.Timeout"})),
        event(9, 8, 50.0, "LambdaFunctionScheduled", "lambdaFunctionScheduledEventDetails", scheduled),
        event(10, 9, 50.0, "LambdaFunctionStarted", "none", none.clone()),
        event(11, 10, 51.0, "LambdaFunctionSucceeded", "lambdaFunctionSucceededEventDetails", json!({"output": r#"{"paid":true}"#})),
        event(12, 11, 51.0, "TaskStateExited", "stateExitedEventDetails", json!({"name": "Charge", "output": charged})),
        event(13, 12, 51.0, "MapStateEntered", "stateEnteredEventDetails", json!({"name": "Each", "input": charged})),
        event(14, 13, 51.0, "MapStateStarted", "mapStateStartedEventDetails", json!({"length": 2})),
        event(15, 14, 51.0, "MapIterationStarted", "mapIterationStartedEventDetails", json!({"name": "Each", "index": 1})),
        event(16, 14, 51.0, "MapIterationStarted", "mapIterationStartedEventDetails", json!({"name": "Each", "index": 0})),
        event(17, 15, 51.0, "TaskStateEntered", "stateEnteredEventDetails", json!({"name": "Pack", "input": "\"vase\""})),
        event(18, 17, 51.0, "TaskScheduled", "taskScheduledEventDetails", packed("vase")),
        event(19, 16, 51.0, "TaskStateEntered", "stateEnteredEventDetails", json!({"name": "Pack", "input": "\"cup\""})),
        event(20, 19, 51.0, "TaskScheduled", "taskScheduledEventDetails", packed("cup")),
        event(21, 18, 51.0, "TaskStarted", "taskStartedEventDetails", resource.clone()),
        event(22, 20, 51.0, "TaskStarted", "taskStartedEventDetails", resource),
        event(23, 22, 51.5, "TaskSucceeded", "taskSucceededEventDetails", sent),
        event(24, 23, 51.5, "TaskStateExited", "stateExitedEventDetails", json!({"name": "Pack", "output": r#"{"MessageId":"1"}"#})),
        event(25, 24, 51.5, "MapIterationSucceeded", "mapIterationSucceededEventDetails", json!({"name": "Each", "index": 0})),
        event(26, 21, 52.0, "TaskFailed", "taskFailedEventDetails", broken),
        event(27, 26, 52.0, "MapIterationFailed", "mapIterationFailedEventDetails", json!({"name": "Each", "index": 1})),
        event(28, 26, 52.0, "MapStateFailed", "none", none),
        event(29, 28, 52.0, "ExecutionFailed", "executionFailedEventDetails",
            json!({"error": "Broken", "cause": "the vase is in pieces"})),
    ]})
}

fn project(name: &str, definition: &str) -> PathBuf {
    let project = folder(name);
    write(&project, "order.asl.yaml", definition);
    write(&project, "history.json", &history().to_string());
    project
}

fn replay(name: &str, definition: &str) -> Ran {
    let project = project(name, definition);
    let arguments = ["replay", "history.json", "--definition", "order.asl.yaml"];
    sandstep_in(&project, &[&arguments[..], &["--color", "never"]].concat())
}

#[test]
fn an_unchanged_definition_goes_the_way_it_went() {
    let ran = replay("replay-same", ORDER);
    ran.refused(0);
    ran.says(&["Replayed 29 events, as recorded"]);
}

#[test]
fn the_first_difference_is_shown_with_its_place() {
    let patient = ORDER.replace(
        "Parameters: { MessageBody.$: $ }",
        "Parameters: { Body.$: $ }",
    );
    let ran = replay("replay-differs", &patient);
    ran.refused(1);
    ran.says(&[
        "diverged at event 18 (TaskScheduled), in the state \"Pack\" in iteration 1 of \"Each\"\n",
        "        17 TaskStateEntered Pack\n",
        "    - recorded, + replayed\n",
        "      -     \"MessageBody\": \"vase\"\n",
        "      +     \"Body\": \"vase\"\n",
        "recorded: FAILED: Broken\n    the vase is in pieces\n",
    ]);
}

#[test]
fn a_catcher_that_was_added_changes_the_end() {
    let caught = ORDER.replace(
        "    ItemsPath: $.items\n",
        "    ItemsPath: $.items\n    Catch: [{ ErrorEquals: [Broken], Next: Refund }]\n",
    ) + "  Refund: { Type: Pass, Result: refunded, End: true }\n";
    let ran = replay("replay-caught", &caught);
    ran.refused(1);
    ran.says(&[
        "diverged at event 29",
        "      - ExecutionFailed\n",
        "      + MapStateExited\n",
        "replayed: SUCCEEDED with \"refunded\"",
    ]);
}

#[test]
fn what_was_never_asked_before_has_no_outcome() {
    let again = ORDER.replace("MaxAttempts: 2", "MaxAttempts: 1");
    let ran = replay("replay-fewer", &again);
    ran.refused(1);
    ran.says(&[
        "diverged at event 9",
        "- LambdaFunctionScheduled",
        "+ ExecutionFailed",
    ]);
    let more = ORDER.replace(
        "Parameters: { MessageBody.$: $ }, End",
        "Parameters: { MessageBody.$: $ }, Retry: [{ ErrorEquals: [Broken] }], End",
    );
    let ran = replay("replay-more", &more);
    ran.refused(1);
    ran.says(&[
        "diverged after event 26, in the state \"Pack\" in iteration 1 of \"Each\"",
        "- nothing",
        "+ TaskScheduled",
        "replayed: ABORTED: Sandstep.NotRecorded",
        "no outcome of attempt 2 at the state \"Pack\" in iteration 1 of \"Each\"",
    ]);
}

#[test]
fn a_failure_becomes_a_mock_file_that_repeats_it() {
    let project = project("replay-mock", ORDER);
    let replay = ["replay", "history.json", "--definition", "order.asl.yaml"];
    let write_mock = ["--write-mock", "mocks.json", "--test-case", "Broken vase"];
    let ran = sandstep_in(&project, &[&replay[..], &write_mock].concat());
    ran.refused(0);
    ran.says(&["Wrote mocks.json"]);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
    let mocks = std::fs::read_to_string(project.join("mocks.json")).unwrap();
    let mocks: serde_json::Value = serde_json::from_str(&mocks).unwrap();
    let pack = &mocks["MockedResponses"]["Broken vase Pack"];
    assert_eq!(pack["0"], json!({"Return": {"MessageId": "1"}}));
    assert_eq!(pack["1"]["Throw"]["Error"], "Broken");
    let charge = &mocks["MockedResponses"]["Broken vase Charge"];
    assert_eq!(
        charge["1"],
        json!({"Throw": {"Error": "States.Timeout", "Cause": ""}})
    );
    let run = [
        "run",
        "order.asl.yaml",
        "--mock",
        "mocks.json",
        "--clock",
        "virtual",
    ];
    let input = ["--input", r#"{"items": ["cup", "vase"]}"#];
    let ran = sandstep_in(&project, &[&run[..], &input].concat());
    ran.refused(1);
    ran.says(&["FAILED: Broken", "the vase is in pieces"]);
    let again = sandstep_in(&project, &[&replay[..], &write_mock].concat());
    again.refused(2);
    again.says(&["making mocks.json"]);
}

#[test]
fn a_failure_becomes_a_test() {
    let project = project("replay-test", ORDER);
    let replay = ["replay", "history.json", "--definition", "order.asl.yaml"];
    let write_test = [
        "--write-test",
        "tests/vase.test.json",
        "--test-case",
        "a vase breaks",
    ];
    std::fs::create_dir(project.join("tests")).unwrap();
    let ran = sandstep_in(&project, &[&replay[..], &write_test].concat());
    ran.refused(0);
    ran.says(&["Wrote tests/vase.test.json"]);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
    let test = std::fs::read_to_string(project.join("tests/vase.test.json")).unwrap();
    let test: serde_json::Value = serde_json::from_str(&test).unwrap();
    assert_eq!(test["definition"], "../order.asl.yaml");
    let test = &test["tests"][0];
    assert_eq!(test["starts-at"], "2024-05-01T10:00:00.000Z");
    assert_eq!(test["mocks"]["Pack"][1]["throws"]["error"], "Broken");
    assert_eq!(
        test["expect"],
        json!({"status": "FAILED", "error": "Broken", "cause": "the vase is in pieces", "path": ["Charge", "Each"]})
    );
    let ran = sandstep_in(&project, &["test"]);
    ran.refused(0);
    ran.says(&["ok tests/vase.test.json: a vase breaks"]);
    let caught = ORDER.replace(
        "    ItemsPath: $.items\n",
        "    ItemsPath: $.items\n    Catch: [{ ErrorEquals: [Broken], Next: Refund }]\n",
    ) + "  Refund: { Type: Pass, Result: refunded, End: true }\n";
    write(&project, "order.asl.yaml", &caught);
    let ran = sandstep_in(&project, &["test"]);
    ran.refused(1);
    ran.says(&["+ SUCCEEDED with \"refunded\"", "+ Refund"]);
}

#[test]
fn a_history_of_ours_replays_as_well() {
    let project = folder("replay-ours");
    let machine = r#"{"StartAt": "A", "States": {"A": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 60, "Next": "C"},
                                    "C": {"Type": "Pass", "End": true}}},
        {"StartAt": "D", "States": {"D": {"Type": "Task", "Resource": "work", "End": true}}}]}}}"#;
    write(&project, "machine.json", machine);
    let mocks = r#"{"StateMachines": {"m": {"TestCases": {"A": {"D": "R"}}}},
        "MockedResponses": {"R": {"0": {"Return": [1]}}}}"#;
    write(&project, "mocks.json", mocks);
    let run = [
        "run",
        "machine.json",
        "--clock",
        "virtual",
        "--mock",
        "mocks.json",
    ];
    sandstep_in(
        &project,
        &[&run[..], &["--history", "history.json"]].concat(),
    )
    .output();
    let replay = ["replay", "history.json", "--definition", "machine.json"];
    sandstep_in(&project, &replay).refused(0);
    let faster = machine.replace(
        "\"Seconds\": 60, \"Next\": \"C\"",
        "\"Seconds\": 1, \"End\": true",
    );
    write(
        &project,
        "machine.json",
        &faster.replace(
            ",\n                                    \"C\": {\"Type\": \"Pass\", \"End\": true}",
            "",
        ),
    );
    let ran = sandstep_in(&project, &replay);
    ran.refused(1);
    ran.says(&[
        "in the state \"C\" in the branch that begins with \"B\" of \"A\"",
        "- PassStateEntered",
        "+ nothing",
    ]);
}

#[test]
fn pages_and_cut_histories_are_taken_as_they_are() {
    let project = project("replay-pages", ORDER);
    let events = history()["events"].as_array().unwrap().clone();
    let pages = json!([{"events": events[10..]}, {"events": events[..10]}]);
    write(&project, "history.json", &pages.to_string());
    let replay = ["replay", "history.json", "--definition", "order.asl.yaml"];
    sandstep_in(&project, &replay).refused(0);
    write(
        &project,
        "history.json",
        &json!({"events": events[..10]}).to_string(),
    );
    let ran = sandstep_in(&project, &replay);
    ran.refused(0);
    ran.says(&["does not reach the execution's end"]);
    for (document, problem) in [
        (json!({"events": events[1..]}), "it begins with event 2"),
        (
            json!({"events": [events[0], events[2]]}),
            "event 2 is missing",
        ),
        (json!({"executions": []}), "it has no list of events"),
    ] {
        write(&project, "history.json", &document.to_string());
        let ran = sandstep_in(&project, &replay);
        ran.refused(2);
        ran.says(&[problem, "get-execution-history"]);
    }
}

#[test]
fn a_history_without_execution_data_is_compared_by_its_events() {
    let project = project("replay-bare", ORDER);
    let mut bare = history();
    for event in bare["events"].as_array_mut().unwrap() {
        for details in event.as_object_mut().unwrap().values_mut() {
            if let Some(details) = details.as_object_mut() {
                for key in ["input", "output", "parameters", "cause"] {
                    details.remove(key);
                }
            }
        }
    }
    write(&project, "history.json", &bare.to_string());
    let replay = ["replay", "history.json", "--definition", "order.asl.yaml"];
    let input = ["--input", r#"{"items": ["cup", "vase"]}"#];
    let ran = sandstep_in(&project, &[&replay[..], &input].concat());
    ran.refused(0);
    ran.says(&["fetched without execution data"]);
}
