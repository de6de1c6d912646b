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
