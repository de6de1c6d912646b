//! What a function and an execution may use is settable.

mod support;

use std::path::PathBuf;

use serde_json::json;
use support::{folder, repository, sandstep, sandstep_in, write};

const CLASS: &str = r#"{"start":"2019-06-16T22:00:00Z","end":"2019-06-16T23:00:00Z"}"#;

/// A component that records classes.
fn recorder() -> PathBuf {
    sandstep(&["build", "examples/classroom"]).refused(0);
    repository().join("examples/classroom/.sandstep/components/StartRecorder.wasm")
}

#[test]
fn a_function_may_have_all_the_memory_that_a_component_can_have() {
    let project = folder("memory");
    let component = recorder();
    for memory in ["2 GB", "4 GB"] {
        let text = format!("[functions.Start]\ncomponent = {component:?}\nmemory = \"{memory}\"\n");
        write(&project, "sandstep.toml", &text);
        let ran = sandstep_in(&project, &["invoke", "Start", "--event", CLASS]);
        assert_eq!(ran.output()["isRecording"], json!(true), "{memory}");
    }
    let text = format!("[functions.Start]\ncomponent = {component:?}\nmemory = \"4.5 GB\"\n");
    write(&project, "sandstep.toml", &text);
    let ran = sandstep_in(&project, &["invoke", "Start", "--event", CLASS]);
    ran.refused(2);
    ran.says(&[
        "sandstep.toml:3:10: error",
        "`4.5 GB` is not a size up to 4 GB",
    ]);
}

#[test]
fn more_memory_than_a_component_can_have_is_cut_with_a_warning() {
    let project = folder("memory-serverless");
    let component = recorder();
    let text = format!(
        "service: a\nfunctions:\n  Start:\n    handler: {}\n    memorySize: 10240\n",
        component.display()
    );
    write(&project, "serverless.yml", &text);
    let ran = sandstep_in(&project, &["invoke", "Start", "--event", CLASS]);
    assert_eq!(ran.output()["isRecording"], json!(true));
    ran.says(&["warning: the function \"Start\" has 4096 MB of memory instead of 10240"]);
}

const PASS: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;

/// A JSON string of this many bytes.
fn text_of(bytes: usize) -> String {
    format!("\"{}\"", "x".repeat(bytes - 2))
}

#[test]
fn a_document_is_read_no_further_than_it_may_be_long() {
    let project = folder("sizes");
    let long = format!("{{\"Comment\": {}}}", text_of(1 << 20));
    write(&project, "long.json", &long);
    write(
        &project,
        "serverless.yml",
        &format!("# {}\nfunctions: {{}}\n", text_of(1 << 20)),
    );
    for arguments in [
        ["run", "long.json"],
        ["validate", "long.json"],
        ["run", "serverless.yml"],
        ["validate", "serverless.yml"],
    ] {
        let ran = sandstep_in(&project, &arguments);
        ran.refused(2);
        ran.says(&[arguments[1], "has more than 1048576 bytes"]);
    }
}

#[test]
fn a_payload_has_the_limit_of_its_machine() {
    let project = folder("payload");
    write(&project, "pass.json", PASS);
    write(&project, "input.json", &text_of(300_000));
    let run = |machine| {
        let run = [
            "run",
            "sandstep.toml",
            "--machine",
            machine,
            "--input",
            "@input.json",
        ];
        sandstep_in(&project, &run)
    };
    let text = "[machines.usual]\ndefinition = \"pass.json\"\n\
        [machines.large]\ndefinition = \"pass.json\"\nlimits = { payload = \"300 KB\" }\n\
        [machines.short]\ndefinition = \"pass.json\"\nlimits = { history-events = 2 }\n";
    write(&project, "sandstep.toml", text);
    let ran = run("usual");
    ran.refused(2);
    ran.says(&["input.json has more than 262144 bytes"]);
    assert_eq!(run("large").output().as_str().unwrap().len(), 299_998);
    let ran = sandstep_in(&project, &["run", ".", "--machine", "short"]);
    ran.refused(1);
    ran.says(&["FAILED", "history"]);
}

#[test]
fn a_limit_that_makes_no_sense_is_refused_with_its_place() {
    let project = folder("machine-limits");
    write(&project, "pass.json", PASS);
    for (limit, problem) in [
        ("threads = 0", "sandstep.toml:4:11: error"),
        ("payload = \"much\"", "`much` is not a size"),
        (
            "history-events = \"some\"",
            "a number of events from 1, or \"unlimited\"",
        ),
        (
            "duration = 5",
            "a duration such as \"5 min\", or \"unlimited\"",
        ),
        ("thread = 5", "did you mean \"threads\"?"),
    ] {
        let text =
            format!("[machines.a]\ndefinition = \"pass.json\"\n[machines.a.limits]\n{limit}\n");
        write(&project, "sandstep.toml", &text);
        let ran = sandstep_in(&project, &["run", "."]);
        ran.refused(2);
        ran.says(&[problem, "sandstep.toml:4:"]);
    }
}

#[test]
fn an_event_has_the_limit_of_its_function() {
    let project = folder("event");
    let component = recorder();
    let text = format!("[functions.Start]\ncomponent = {component:?}\nevent-size = \"1 KB\"\n");
    write(&project, "sandstep.toml", &text);
    write(&project, "event.json", &text_of(1025));
    let ran = sandstep_in(&project, &["invoke", "Start", "--event", "@event.json"]);
    ran.refused(2);
    ran.says(&["event.json has more than 1024 bytes"]);
}
