//! Every example runs, and says what its page says.

mod support;

use std::fs;
use std::io::Write;

use serde_json::json;
use support::{Ran, folder, has_node, repository, sandstep, sandstep_in, write};

const CLASS: &str = r#"{"start":"2019-06-16T22:00:00Z","end":"2019-06-16T23:00:00Z"}"#;

fn recorded() -> serde_json::Value {
    json!({"start": "2019-06-16T22:00:00Z", "end": "2019-06-16T23:00:00Z", "isRecording": true})
}

#[test]
fn the_classroom_is_recorded() {
    let ran = sandstep(&["run", "examples/classroom"]);
    assert_eq!(ran.output(), recorded());
    assert_eq!(ran.stdout.lines().count(), 1, "piped output is one line");
    ran.says(&[
        "[StartRecorder]",
        "recording from 2019-06-16T22:00:00Z",
        "[StopRecorder]",
    ]);
}

#[test]
fn under_a_virtual_clock_a_class_takes_its_hour() {
    let history = folder("classroom-virtual").join("history.json");
    let history_name = history.to_str().unwrap();
    let run = || {
        let ran = sandstep(&[
            "run",
            "examples/classroom",
            "--clock",
            "virtual",
            "--history",
            history_name,
        ]);
        assert_eq!(ran.output(), recorded());
        fs::read_to_string(&history).unwrap()
    };
    let first = run();
    let events: serde_json::Value = serde_json::from_str(&first).unwrap();
    let events = events["events"].as_array().unwrap();
    let event = |kind: &str| events.iter().find(|event| event["type"] == kind).unwrap();
    assert_eq!(
        event("ExecutionStarted")["timestamp"],
        "2000-01-01T00:00:00.000Z"
    );
    assert_eq!(
        event("LambdaFunctionScheduled")["timestamp"],
        "2019-06-16T22:00:00.000Z"
    );
    assert_eq!(
        event("ExecutionSucceeded")["timestamp"],
        "2019-06-16T23:00:00.000Z"
    );
    assert_eq!(first, run(), "a virtual run repeats itself");
}

#[test]
fn the_classroom_passes_its_own_tests() {
    let arguments = ["test", "examples/classroom", "--coverage-threshold", "100"];
    let ran = sandstep(&arguments);
    assert_eq!(ran.status, 0, "{}{}", ran.stderr, ran.stdout);
    ran.says(&["3 passed, 0 failed"]);
}

#[test]
fn a_class_that_ends_before_it_starts_fails() {
    let input = r#"{"start":"2019-06-16T23:00:00Z","end":"2019-06-16T22:00:00Z"}"#;
    let ran = sandstep(&["run", "examples/classroom", "--input", input]);
    ran.refused(1);
    ran.says(&["FAILED: NoSuchClass", "the class ends before it starts"]);
}

#[test]
fn the_published_serverless_file_runs_as_it_stands() {
    let seed = repository().join("../shared/seeds/000_1ce26bd4ad4c0ea9.txt");
    let Ok(article) = fs::read_to_string(seed) else {
        // Not `eprintln!`, which the test harness keeps to itself.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: the article with the published serverless.yml is not beside the repository"
        );
        return;
    };
    let text = article
        .split("``` yml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let project = folder("serverless-seed");
    write(&project, "serverless.yml", text);
    let functions = repository().join("examples/classroom/functions");
    let function = |name: &str, path: &str| format!("{name}={}", functions.join(path).display());
    let ran = sandstep_in(
        &project,
        &[
            "run",
            "serverless.yml",
            "--input",
            CLASS,
            "--function",
            &function("StartRecorder", "start-recorder"),
            "--function",
            &function("StopRecorder", "stop-recorder"),
        ],
    );
    assert_eq!(ran.output(), recorded());
}

#[test]
fn the_serverless_example_runs_with_its_handlers_in_javascript() {
    if !has_node() {
        return;
    }
    let ran = sandstep(&["run", "examples/classroom-serverless", "--input", CLASS]);
    assert_eq!(ran.output(), recorded());
    ran.says(&[
        "[online-classroom-dev-StartRecorder]",
        "recording from 2019-06-16T22:00:00Z",
        "[online-classroom-dev-StopRecorder]",
    ]);
}

fn ship(machine: &str) -> Ran {
    sandstep(&["run", "examples/shipping", "--machine", machine])
}

#[test]
fn every_item_of_a_shipment_is_validated() {
    let output = ship("validate-all").output();
    let shipped = output["detail"]["shipped"].as_array().unwrap();
    assert_eq!(output["ship-date"], "2016-03-14T01:59:00Z");
    assert_eq!(shipped.len(), 5);
    let first = json!({"prod": "R31", "dest-code": 9511, "quantity": 1344, "valid": true});
    assert_eq!(shipped[0], first);
}

#[test]
fn a_parcel_is_validated_with_its_courier() {
    let output = ship("validate-with-courier").output();
    assert_eq!(output["detail"]["delivery-partner"], "UQS");
    let last = json!({
        "prod": "R40", "dest-code": 9511, "quantity": 1220, "courier": "UQS", "valid": true
    });
    assert_eq!(output["detail"]["shipped"][4], last);
}

#[test]
fn an_order_is_reserved_in_both_query_languages() {
    let expected = json!({
        "customer": "M. Curie",
        "price": "396.9 EUR",
        "lines": [
            {"sku": "lamp", "from": "Lyon", "reserved": 2},
            {"sku": "desk", "from": "Lyon", "reserved": 1},
            {"sku": "chair", "reserved": 0, "note": "on back order, Graz has 4 of 6"},
        ],
    });
    assert_eq!(sandstep(&["run", "examples/orders"]).output(), expected);
}

#[test]
fn an_order_passes_its_own_tests() {
    let arguments = ["test", "examples/orders", "--coverage-threshold", "100"];
    let ran = sandstep(&arguments);
    assert_eq!(ran.status, 0, "{}{}", ran.stderr, ran.stdout);
    ran.says(&["2 passed, 0 failed"]);
}

#[test]
fn a_function_is_invoked_alone() {
    let project = ["--project", "examples/classroom"];
    let event = ["--event", CLASS];
    let ran = sandstep(&[&["invoke", "StartRecorder"][..], &project, &event].concat());
    assert_eq!(ran.output(), recorded());
    let ran = sandstep(
        &[
            &["invoke", "StartRecorder"][..],
            &project,
            &["--event", "{}"],
        ]
        .concat(),
    );
    ran.refused(1);
    ran.says(&["Runtime.UnmarshalError", "missing field"]);
    let ran = sandstep(&[&["invoke", "StartRecoder"][..], &project].concat());
    ran.refused(2);
    ran.says(&["did you mean \"StartRecorder\"?"]);
}
