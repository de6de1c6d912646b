//! `sandstep serve`, and the commands that speak to it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

#[path = "../support/mod.rs"]
mod support;

mod functions;
mod refusals;
mod routes;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::{Value, json};
use support::server::{Server, refused};
use support::{folder, write};

/// A machine that waits, and then answers with its input.
const WAITS: &str = r#"{"StartAt": "Sleep", "States": {
    "Sleep": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Done"},
    "Done": {"Type": "Succeed"}}}"#;

/// A machine that fails until it is asked for something else.
const FAILS: &str = r#"{"StartAt": "Look", "States": {
    "Look": {"Type": "Choice", "Choices": [
        {"Variable": "$.ok", "BooleanEquals": true, "Next": "Done"}], "Default": "Fail"},
    "Fail": {"Type": "Fail", "Error": "Mine", "Cause": "\u001b[31mred"},
    "Done": {"Type": "Succeed"}}}"#;

/// An empty folder with a project of these machines.
fn project(name: &str, machines: &[(&str, &str)]) -> PathBuf {
    let folder = folder(name);
    let _ = fs::remove_dir_all(folder.join("sandstep-data"));
    let mut manifest = String::new();
    for (name, definition) in machines {
        write(&folder, &format!("{name}.json"), definition);
        manifest += &format!("[machines.{name}]\ndefinition = \"{name}.json\"\n");
    }
    write(&folder, "sandstep.toml", &manifest);
    folder
}

fn waits(name: &str) -> (PathBuf, Server) {
    let folder = project(name, &[("waits", WAITS), ("fails", FAILS)]);
    let server = Server::start(&folder, &["--project", "."]);
    (folder, server)
}

#[test]
fn it_says_where_it_listens_and_that_it_is_ready() {
    let (_, server) = waits("serve-ready");
    for (path, state) in [("live", "live"), ("ready", "ready")] {
        let answer = server.ask("GET", &format!("/health/{path}"), &[], "");
        assert_eq!(
            (answer.status, &*answer.body),
            (200, &*format!("{{\"status\":\"{state}\"}}"))
        );
    }
    for line in server.log().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(
            line["level"].is_string() && line["message"].is_string(),
            "{line}"
        );
    }
}

#[test]
fn executions_are_started_listed_and_shown() {
    let (_, server) = waits("serve-clients");
    let input = r#"{"seconds": 0}"#;
    let ran = server.sandstep(&["start", "waits", "--name", "one", "--input", input]);
    let arn = "arn:aws:states:us-east-1:123456789012:execution:waits:one";
    assert_eq!(ran.output()["executionArn"], arn);
    let ran = server.sandstep(&[
        "start", "waits", "--name", "two", "--input", input, "--wait",
    ]);
    assert_eq!(ran.output(), json!({"seconds": 0}));
    ran.says(&["ok Sleep", "ok Done"]);

    let listed = server.sandstep(&["executions"]).output();
    let listed = listed["executions"].as_array().unwrap();
    let names: Vec<_> = listed
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["two", "one"]);
    let ran = server.sandstep(&[
        "executions",
        "waits",
        "--format",
        "text",
        "--status",
        "SUCCEEDED",
    ]);
    let first: Vec<&str> = ran.stdout.lines().take(2).collect();
    assert!(first[0].starts_with("EXECUTION"), "{}", ran.stdout);
    assert!(first[1].starts_with("waits/two"), "{}", ran.stdout);

    for execution in ["one", "waits/one", arn] {
        let history = server.sandstep(&["history", execution]).output();
        let events = history["events"].as_array().unwrap();
        assert_eq!(events[0]["type"], "ExecutionStarted", "{execution}");
        assert_eq!(events.len(), 6);
    }
    let ran = server.sandstep(&["history", "one", "--reverse", "--format", "text"]);
    assert!(
        ran.stdout
            .lines()
            .nth(1)
            .unwrap()
            .contains("ExecutionSucceeded")
    );
}

#[test]
fn failures_have_the_status_of_run_and_harmless_text() {
    let (_, server) = waits("serve-failures");
    let ran = server.sandstep(&["start", "fails", "--input", r#"{"ok": false}"#, "--wait"]);
    ran.refused(1);
    ran.says(&["FAILED: Mine", "\\u{1b}[31mred"]);
    let ran = server.sandstep(&["start", "fials"]);
    ran.refused(2);
    ran.says(&[
        "there is no state machine \"fials\"",
        "did you mean \"fails\"?",
    ]);
    let ran = server.sandstep(&["start", "fails", "--name", "no spaces"]);
    ran.refused(2);
    ran.says(&["InvalidName"]);
    let ran = server.sandstep(&["history", "nothing"]);
    ran.refused(2);
    ran.says(&["there is no execution \"nothing\""]);
}

#[test]
fn newcomers_are_told_what_to_do() {
    let (_, server) = waits("serve-hints");
    let ran = server.sandstep(&["executions", "--format", "text"]);
    assert!(ran.refused(0).starts_with("there are no executions"));
    let stranger = "arn:aws:states:us-east-1:123456789012:stateMachine:none";
    let nobody = ["executions", "--endpoint", "http://127.0.0.1:9"];
    for (arguments, hint) in [
        (&["start", "waits", "--input", "a.json"][..], "@FILE"),
        (&["start", stranger], "its name alone is enough"),
        (&["history", "waits/none"], "`sandstep executions` lists"),
        (&nobody, "`sandstep serve` starts an endpoint"),
    ] {
        let ran = server.sandstep(arguments);
        ran.refused(2);
        ran.says(&[hint]);
    }
}

#[test]
fn running_executions_are_stopped_and_redriven() {
    let (_, server) = waits("serve-stop");
    let input = r#"{"seconds": 1}"#;
    server
        .sandstep(&["start", "waits", "--name", "s", "--input", input])
        .output();
    let stopped = server.sandstep(&["stop", "waits/s", "--error", "Mine", "--cause", "why"]);
    assert!(stopped.output()["stopDate"].is_number());
    let ran = server.sandstep(&["history", "s", "--follow"]);
    ran.refused(1);
    ran.says(&["ABORTED: Mine", "cause: why"]);
    let ran = server.sandstep(&["redrive", "waits/s", "--wait"]);
    assert_eq!(ran.output(), json!({"seconds": 1}));
}

#[test]
fn a_sleeping_execution_goes_on_after_a_crash() {
    let (folder, server) = waits("serve-crash");
    let input = r#"{"seconds": 3}"#;
    server
        .sandstep(&["start", "waits", "--name", "s", "--input", input])
        .output();
    server.kill();
    // The project is in the store; nothing needs it again.
    let server = Server::start(&folder, &[]);
    let ran = server.sandstep(&["history", "waits/s", "--follow"]);
    assert_eq!(ran.output(), json!({"seconds": 3}));
    let history = server.sandstep(&["history", "s"]).output();
    assert_eq!(history["events"].as_array().unwrap().len(), 6);
}

#[test]
fn machines_are_touched_only_where_they_changed() {
    let (folder, mut server) = waits("serve-deploy");
    let log = server.log();
    assert_eq!(log.matches("state machine created").count(), 2, "{log}");
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0));
    write(&folder, "fails.json", &FAILS.replace("Mine", "Other"));
    write(&folder, "server.log", "");
    let server = Server::start(&folder, &["--project", "."]);
    let log = server.log();
    assert_eq!(log.matches("state machine unchanged").count(), 1, "{log}");
    assert_eq!(log.matches("state machine updated").count(), 1, "{log}");
    let ran = server.sandstep(&["start", "fails", "--input", r#"{"ok": false}"#, "--wait"]);
    ran.says(&["FAILED: Other"]);
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let (folder, mut server) = waits("serve-signals");
    let definition = json!({"StartAt": "W", "States": {
        "W": {"Type": "Wait", "Seconds": 200, "End": true}}});
    let body = json!({"name": "express", "type": "EXPRESS", "definition": definition.to_string(),
        "roleArn": "arn:aws:iam::123456789012:role/r"});
    let target = |operation: &str| format!("x-amz-target: AWSStepFunctions.{operation}");
    let json = "content-type: application/x-amz-json-1.0";
    let headers = [json, &target("CreateStateMachine")];
    let answer = server.ask("POST", "/", &headers, &body.to_string());
    let arn: Value = serde_json::from_str(&answer.body).unwrap();
    let body = json!({"stateMachineArn": arn["stateMachineArn"]}).to_string();
    let _waiting = server.send("POST", "/", &[json, &target("StartSyncExecution")], &body);
    std::thread::sleep(std::time::Duration::from_millis(300));
    server.signal("TERM");
    while !server.log().contains("ending, within 30 s") {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    server.signal("INT");
    assert_eq!(server.ended(), Some(130), "{}", server.log());
    drop(folder);
}

#[test]
fn with_credentials_requests_are_signed() {
    let folder = project("serve-signed", &[("waits", WAITS)]);
    let key = "[me]\naws_access_key_id = ME\n\
               aws_secret_access_key = 0123456789012345678901234567890123456789\n";
    write(&folder, "keys", key);
    let mode = |mode| fs::set_permissions(folder.join("keys"), fs::Permissions::from_mode(mode));
    mode(0o644).unwrap();
    let ran = refused(&folder, &["--credentials", "keys"]);
    ran.refused(2);
    ran.says(&["chmod 600"]);
    mode(0o600).unwrap();
    let arguments = [
        "--project",
        ".",
        "--listen",
        "0.0.0.0:0",
        "--credentials",
        "keys",
    ];
    let server = Server::start(&folder, &arguments);
    let ran = server.sandstep(&["executions", "waits"]);
    ran.refused(2);
    ran.says(&["MissingAuthenticationToken", "AWS_ACCESS_KEY_ID"]);
    let ran = server.sandstep(&["executions", "waits", "--credentials", "keys"]);
    assert_eq!(ran.output(), json!({"executions": []}));
    write(&folder, "wrong", &key.replace("0123", "3210"));
    fs::set_permissions(folder.join("wrong"), fs::Permissions::from_mode(0o600)).unwrap();
    let ran = server.sandstep(&["executions", "waits", "--credentials", "wrong"]);
    ran.refused(2);
    ran.says(&["InvalidSignature"]);
}
