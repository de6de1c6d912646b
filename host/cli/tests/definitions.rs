//! Everything that keeps an execution from starting is said at once, before
//! anything starts.

mod support;

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use support::{command, folder, sandstep_in, write};

const DEFINITION: &str = r#"StartAt: First
States:
  First:
    Type: Task
    Resource: arn:aws:lambda:us-east-1:123456789012:function:orders-dev-Reserve
    Next: Second
  Second:
    Type: Task
    Resource: ${ChargeFunctionArn}
    Next: Third
  Third:
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    Parameters:
      FunctionName: ship
      Payload:
        table.$: $.table
        name: ${TableName}
    End: true
"#;

#[test]
fn all_that_is_missing_is_listed_at_once() {
    let project = folder("missing");
    write(&project, "order.asl.yaml", DEFINITION);
    let ran = sandstep_in(&project, &["run", "order.asl.yaml"]);
    ran.refused(2);
    ran.says(&[
        "order.asl.yaml:5:15: error[missing-function]: the function \"orders-dev-Reserve\"",
        "order.asl.yaml:9:15: error[missing-placeholder]: the placeholder ${ChargeFunctionArn}",
        "order.asl.yaml:15:21: error[missing-function]: the function \"ship\"",
        "order.asl.yaml:18:15: error[missing-placeholder]: the placeholder ${TableName}",
        "functions/NAME",
        "sandstep.toml",
        "--function NAME=PATH",
        "--define NAME=VALUE",
    ]);
}

#[test]
fn placeholders_are_filled_from_the_command_line_and_the_project() {
    let project = folder("placeholders");
    let definition = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass",
        "Result": ["${Given}", "${Both}", "${AWS::Region}", 1.0], "End": true}}}"#;
    write(&project, "machine.json", definition);
    write(
        &project,
        "sandstep.toml",
        "[define]\nGiven = 7\nBoth = \"file\"\n",
    );
    let ran = sandstep_in(&project, &["run", "machine.json", "--define", "Both=line"]);
    ran.output();
    assert_eq!(ran.stdout, "[\"7\",\"line\",\"us-east-1\",1.0]\n");
}

#[test]
fn exit_statuses_tell_failures_from_misuse() {
    let project = folder("statuses");
    let fail =
        r#"{"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "Boom", "Cause": "why"}}}"#;
    write(&project, "fail.json", fail);
    let ran = sandstep_in(&project, &["run", "fail.json"]);
    ran.refused(1);
    ran.says(&["FAILED: Boom", "cause: why"]);
    let wait = r#"{"StartAt": "A", "TimeoutSeconds": 2, "States": {"A": {"Type": "Wait", "Seconds": 3, "End": true}}}"#;
    write(&project, "wait.json", wait);
    let ran = sandstep_in(&project, &["run", "wait.json", "--clock", "virtual"]);
    ran.refused(1);
    ran.says(&["TIMED_OUT:"]);
    for arguments in [
        &["run", "fail.json", "--input", "{"][..],
        &["run", "nowhere.json"],
        &["run", "fail.json", "--machine", "other"],
        &["run", "fail.json", "--history", "-"],
        &["run"],
        &["dance"],
    ] {
        sandstep_in(&project, arguments).refused(2);
    }
}

#[test]
fn who_cannot_be_told_stops_nothing() {
    let project = folder("full");
    write(
        &project,
        "machine.json",
        r#"{"StartAt": "A", "States": {}}"#,
    );
    let full = || std::fs::File::create("/dev/full").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = command(&project, arguments);
        command.stderr(full()).output().unwrap()
    };
    for arguments in [
        ["run", "nowhere.json"],
        ["run", "machine.json"],
        ["validate", "machine.json"],
    ] {
        assert_eq!(run(&arguments).status.code(), Some(2), "{arguments:?}");
    }
    let mut command = command(&project, &["validate", "machine.json", "--format", "json"]);
    let output = command.stdout(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("error: writing to standard output"), "{said}");
}

#[test]
fn what_is_no_function_is_not_looked_for_in_a_project() {
    let project = folder("no-function");
    write(&project, "machine.json", "{}");
    let ran = sandstep_in(&project, &["invoke", "machine.json"]);
    ran.refused(2);
    ran.says(&["machine.json is no function", "a component (FILE.wasm)"]);
    sandstep_in(&project, &["run", "/dev/null"])
        .says(&["/dev/null is neither a file nor a folder"]);
}

#[test]
fn nothing_of_a_definition_acts_on_the_terminal() {
    let project = folder("escapes");
    let fail = r#"{"StartAt": "\u001b[2J", "States": {"\u001b[2J": {"Type": "Fail",
        "Error": "Boom\u202e", "Cause": "a\u001b]0;b\u0007\nFAILED: c"}}}"#;
    write(&project, "fail.json", fail);
    let ran = sandstep_in(&project, &["run", "fail.json", "--color", "never"]);
    ran.refused(1);
    let acting = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
    assert!(!ran.stderr.contains(acting), "{:?}", ran.stderr);
    ran.says(&[
        r"FAILED: Boom\u{202e}",
        r"cause: a\u{1b}]0;b\u{7}",
        "\n    FAILED: c",
    ]);
    write(
        &project,
        "bad.json",
        "{\"StartAt\": \"A\", \"St\\u001b\\u009bates\": {}}",
    );
    let ran = sandstep_in(&project, &["validate", "bad.json", "no\x1b[2J\r.json"]);
    ran.refused(2);
    assert!(!ran.stderr.contains(acting), "{:?}", ran.stderr);
}

#[test]
fn a_history_that_cannot_be_written_loses_no_output() {
    let project = folder("history-unwritable");
    let pass = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;
    write(&project, "pass.json", pass);
    let run = |history| sandstep_in(&project, &["run", "pass.json", "--history", history]);
    let ran = run("no/folder/history.json");
    ran.refused(2);
    ran.says(&["error: making no/folder/history.json"]);
    assert!(!ran.stderr.contains("ok A"), "nothing runs: {}", ran.stderr);
    let ran = run("/dev/full");
    assert_eq!((ran.status, ran.stdout.as_str()), (2, "{}\n"));
    ran.says(&["ok A", "error: writing the history to /dev/full"]);
}

#[test]
fn a_wait_of_a_year_takes_no_virtual_time() {
    let project = folder("year");
    let wait =
        r#"{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 31536000, "End": true}}}"#;
    write(&project, "wait.json", wait);
    let ran = sandstep_in(
        &project,
        &["run", "wait.json", "--clock", "virtual", "--input", "[1]"],
    );
    assert_eq!(ran.output(), serde_json::json!([1]));
    ran.says(&["365 d 0 h"]);
}

#[test]
fn validate_finds_everything_in_every_notation() {
    let project = folder("validate");
    let json =
        "{\n  \"StartAt\": \"A\",\n  \"States\": {\"A\": {\"Type\": \"Pass\", \"Nxt\": \"B\"}}\n}";
    write(&project, "machine.json", json);
    let yaml = "StartAt: A\nStates:\n  A: {Type: Pass, Next: B}\n  BB: {Type: Succeed}\n";
    write(&project, "machine.yaml", yaml);
    let serverless = "stepFunctions:\n  stateMachines:\n    one:\n      definition:\n        StartAt: A\n        States:\n          A:\n            Type: Psas\n            End: true\n";
    write(&project, "serverless.yml", serverless);
    let files = ["validate", "machine.json", "machine.yaml", "serverless.yml"];
    let ran = sandstep_in(&project, &files);
    ran.refused(2);
    ran.says(&[
        "machine.json:3:",
        "Nxt",
        "machine.yaml:3:",
        "serverless.yml:8:19: error[",
        "$.States.A",
    ]);
    let ran = sandstep_in(&project, &[&files[..], &["--format", "json"]].concat());
    assert_eq!(ran.status, 2);
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let found = found.as_array().unwrap();
    assert!(
        found
            .iter()
            .any(|one| one["file"] == "serverless.yml" && one["line"] == 8)
    );
}

#[test]
fn validate_tells_other_programs_everything() {
    let project = folder("validate-json");
    let json = "{\"StartAt\": \"A\",\n \"States\": {\"A\": {\"Type\": \"Pass\", \"Next\": \"Bb\"},\n \"B\": {\"Type\": \"Task\", \"Resource\": \"f\", \"End\": true,\n \"Retry\": [{\"ErrorEquals\": [\"States.Timout\"]}]}}}";
    write(&project, "machine.json", json);
    let ran = sandstep_in(&project, &["validate", "machine.json", "--format", "json"]);
    assert_eq!(ran.status, 2);
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let expected = serde_json::json!([
        {
            "file": "machine.json",
            "line": 2,
            "column": 43,
            "severity": "error",
            "rule": "missing-transition-target",
            "code": "MISSING_TRANSITION_TARGET",
            "path": "$.States.A.Next",
            "message": "no state is called \"Bb\"",
            "hint": "did you mean \"B\"?",
        },
        {
            "file": "machine.json",
            "line": 4,
            "column": 29,
            "severity": "warning",
            "rule": "unknown-error-name",
            "code": null,
            "path": "$.States.B.Retry[0].ErrorEquals[0]",
            "message": "no error is called \"States.Timout\"",
            "hint": "did you mean \"States.Timeout\"?",
        },
    ]);
    assert_eq!(found, expected);
    let valid = "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Succeed\"}}}";
    write(&project, "valid.json", valid);
    let ran = sandstep_in(&project, &["validate", "valid.json", "--format", "json"]);
    assert_eq!((ran.status, ran.stdout.trim()), (0, "[]"));
}

#[test]
fn a_file_that_cannot_be_read_hides_no_other() {
    let project = folder("validate-unreadable");
    std::fs::create_dir_all(project.join("binary")).unwrap();
    std::fs::write(project.join("binary/junk"), b"\x7fELF\xff").unwrap();
    write(&project, "bad.json", "{\"StartAt\": \"A\"}");
    let files = [
        "validate",
        "nowhere.json",
        "binary",
        "binary/junk",
        "bad.json",
    ];
    let ran = sandstep_in(&project, &files);
    ran.refused(2);
    ran.says(&[
        "error[unreadable]: there is no nowhere.json",
        "binary is no project",
        "binary/junk is no text in UTF-8: its byte 5 is none",
        "bad.json:1:1: error[",
        "4 files: ",
    ]);
}

#[test]
fn validate_is_content_with_placeholders() {
    let project = folder("validate-placeholders");
    write(&project, "order.asl.yaml", DEFINITION);
    sandstep_in(&project, &["validate", "order.asl.yaml"]).refused(0);
}

#[test]
fn aliases_of_aliases_are_refused() {
    let project = folder("laughs");
    let mut text = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (name, before) in ["b", "c", "d", "e", "f", "g", "h"]
        .iter()
        .zip("abcdefg".chars())
    {
        text += &format!(
            "{name}: &{name} [{}]\n",
            vec![format!("*{before}"); 9].join(", ")
        );
    }
    write(&project, "laughs.yaml", &text);
    sandstep_in(&project, &["validate", "laughs.yaml"]).refused(2);
}

#[test]
fn a_project_file_is_checked_with_suggestions() {
    let project = folder("manifest");
    write(
        &project,
        "sandstep.toml",
        "[functions.a]\nsource = \"a\"\ntimout = \"3 s\"\n",
    );
    let ran = sandstep_in(&project, &["build"]);
    ran.refused(2);
    ran.says(&[
        "sandstep.toml:3:1: error[project-file]",
        "did you mean \"timeout\"?",
    ]);
}

#[test]
fn a_command_that_cannot_run_replaces_no_history() {
    let project = folder("history-kept");
    write(
        &project,
        "old.json",
        "the history of before, which is longer than the new one",
    );
    let task =
        r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "f", "End": true}}}"#;
    write(&project, "task.json", task);
    write(&project, "functions/f.wasm", "no component");
    for history in ["old.json", "new.json"] {
        let ran = sandstep_in(&project, &["run", "task.json", "--history", history]);
        ran.refused(2);
        ran.says(&["the function \"f\" (./functions/f.wasm) cannot be used"]);
    }
    let old = std::fs::read_to_string(project.join("old.json")).unwrap();
    assert!(old.starts_with("the history of before"), "{old}");
    assert!(!project.join("new.json").exists(), "nothing was made");
}

#[test]
fn a_history_replaces_all_of_another_and_may_go_to_a_pipe() {
    let project = folder("history-replaced");
    let pass = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;
    write(&project, "pass.json", pass);
    write(&project, "history.json", &"x".repeat(100_000));
    let run = |history| sandstep_in(&project, &["run", "pass.json", "--history", history]);
    run("history.json").output();
    let replaced = std::fs::read_to_string(project.join("history.json")).unwrap();
    let replaced: serde_json::Value = serde_json::from_str(&replaced).unwrap();
    assert_eq!(replaced["events"][3]["type"], "ExecutionSucceeded");
    let piped = run("/dev/stderr");
    piped.says(&["\"type\": \"ExecutionSucceeded\""]);
    piped.output();
}

#[test]
fn an_interrupted_execution_is_aborted() {
    for signal in ["-INT", "-TERM"] {
        let project = folder("interrupt");
        let wait =
            r#"{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": true}}}"#;
        write(&project, "wait.json", wait);
        let mut run = command(&project, &["run", "wait.json", "--history", "history.json"]);
        let mut run = run
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(run.stderr.take().unwrap());
        let mut first = String::new();
        stderr.read_line(&mut first).unwrap();
        assert!(first.contains("waiting A"), "{first}");
        let id = run.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(run.wait().unwrap().code(), Some(1));
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("ABORTED: Sandstep.Interrupted"), "{rest}");
        let history = std::fs::read_to_string(project.join("history.json")).unwrap();
        assert!(history.contains("ExecutionAborted"));
    }
}

#[test]
fn a_yaml_file_may_be_in_flow_style() {
    let project = folder("flow-style");
    write(
        &project,
        "x.yaml",
        "{StartAt: A, States: {A: {Type: Succeed}}}",
    );
    sandstep_in(&project, &["run", "x.yaml"]).output();
    sandstep_in(&project, &["validate", "x.yaml"]).refused(0);
    write(&project, "bad.yml", "{\"StartAt\": \"A\" \"States\": {}}");
    let ran = sandstep_in(&project, &["validate", "bad.yml"]);
    ran.refused(2);
    ran.says(&["bad.yml:1:17: error[invalid-json]"]);
}
