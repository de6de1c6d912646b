//! How `sandstep serve` ends: what was acknowledged outlasts it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;
use support::server::Server;
use support::{folder, write};

/// A function that may be called at most once: what runs when the server ends is told
/// from what was broken off.
const MANIFEST: &str = r#"
[functions.slow]
component = "hostile.wasm"
at-most-once = true

[machines.slow]
definition = "slow.json"

[machines.sleeper]
definition = "sleeper.json"
"#;

const SLOW: &str = r#"{"StartAt": "First", "States": {
    "First": {"Type": "Task", "Resource": "slow", "ResultPath": "$.first", "Next": "Second"},
    "Second": {"Type": "Task", "Resource": "slow", "ResultPath": "$.second", "End": true}}}"#;

const SLEEPER: &str = r#"{"StartAt": "Sleep", "States": {
    "Sleep": {"Type": "Wait", "Seconds": 86400, "End": true}}}"#;

fn project(name: &str) -> PathBuf {
    let folder = folder(name);
    let _ = fs::remove_dir_all(folder.join("sandstep-data"));
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let hostile = sandstep_components::guest("hostile", &target);
    fs::write(folder.join("hostile.wasm"), hostile).unwrap();
    write(&folder, "sandstep.toml", MANIFEST);
    write(&folder, "slow.json", SLOW);
    write(&folder, "sleeper.json", SLEEPER);
    folder
}

fn events(server: &Server, execution: &str) -> Vec<String> {
    let history = server.sandstep(&["history", execution]).output();
    let events = history["events"].as_array().unwrap();
    let types = events.iter().map(|event| event["type"].as_str().unwrap());
    types.map(str::to_owned).collect()
}

fn wait_for(what: impl Fn() -> bool) {
    let began = Instant::now();
    while !what() {
        assert!(began.elapsed() < Duration::from_secs(60), "it never came");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_task_that_runs_ends_and_the_next_one_is_left() {
    let folder = project("serve-graceful");
    let mut server = Server::start(&folder, &["--project", "."]);
    let input = r#"{"do": "sleep", "ms": 1500}"#;
    let start = ["start", "slow", "--name", "s", "--input", input];
    server.sandstep(&start).output();
    wait_for(|| events(&server, "s").contains(&"LambdaFunctionStarted".to_owned()));
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0), "{}", server.log());

    let server = Server::start(&folder, &["--project", "."]);
    let ran = server.sandstep(&["history", "slow/s", "--follow"]);
    let output = ran.output();
    assert_eq!(
        (&output["first"], &output["second"]),
        (&json!(1500), &json!(1500))
    );
    let started = |event: &&String| *event == "LambdaFunctionStarted";
    assert_eq!(events(&server, "s").iter().filter(started).count(), 2);
}

#[test]
fn a_worker_that_waits_is_sent_away() {
    let folder = project("serve-worker");
    let mut server = Server::start(&folder, &[]);
    let made = server.call("CreateActivity", &json!({"name": "work"}));
    let body = json!({"activityArn": made.unwrap()["activityArn"]}).to_string();
    let target = "x-amz-target: AWSStepFunctions.GetActivityTask";
    let headers = ["content-type: application/x-amz-json-1.0", target];
    let mut waiting = server.send("POST", "/", &headers, &body);
    std::thread::sleep(Duration::from_millis(200));
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0));
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(r#""taskToken":null"#), "{answer}");
    let log = server.log();
    assert!(!log.contains("ERROR"), "{log}");
    assert!(!log.contains("closing connections"), "{log}");
}

#[test]
fn a_task_that_takes_too_long_is_cut_off() {
    let folder = project("serve-cut-off");
    let arguments = ["--project", ".", "--shutdown-timeout", "1 s"];
    let mut server = Server::start(&folder, &arguments);
    let input = r#"{"do": "sleep", "ms": 600000}"#;
    let start = ["start", "slow", "--name", "s", "--input", input];
    server.sandstep(&start).output();
    wait_for(|| events(&server, "s").contains(&"LambdaFunctionStarted".to_owned()));
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0));
    assert!(
        server.log().contains("what runs is cut off"),
        "{}",
        server.log()
    );

    let server = Server::start(&folder, &["--project", "."]);
    let ran = server.sandstep(&["history", "slow/s", "--follow"]);
    ran.refused(1);
    ran.says(&["Sandstep.TaskInterrupted"]);
}

/// Whoever watches over the server starts it again, which finds out what the store holds.
#[test]
fn a_store_that_fails_ends_the_server_and_loses_nothing() {
    let folder = project("serve-bad-disk");
    drop(Server::start(&folder, &["--project", "."]));
    let mut server = Server::start_on_a_bad_disk(&folder, &[]);
    let names = (0..10_000).map(|number| format!("e{number}"));
    let acknowledged: Vec<String> = names.take_while(|name| starts(&server, name)).collect();
    assert_eq!(server.ended(), Some(2));
    let log = server.log();
    assert!(log.contains("the store of executions has failed"), "{log}");
    assert!(!acknowledged.is_empty());

    let server = Server::start(&folder, &[]);
    for name in acknowledged {
        let body = json!({"executionArn": arn("execution", &format!("sleeper:{name}"))});
        let told = server.call("DescribeExecution", &body).unwrap();
        assert_eq!(told["status"], "RUNNING", "{name}: {told}");
    }
}

/// Whether an execution is acknowledged.
fn starts(server: &Server, name: &str) -> bool {
    let machine = arn("stateMachine", "sleeper");
    let body = json!({"stateMachineArn": machine, "name": name});
    server.call("StartExecution", &body).is_some()
}

fn arn(kind: &str, name: &str) -> String {
    format!("arn:aws:states:us-east-1:123456789012:{kind}:{name}")
}
