//! A new project runs at once, without anything of this repository.

mod support;

use serde_json::json;
use support::{folder, sandstep_in};

#[test]
fn a_new_project_runs_at_once() {
    let parent = folder("new-parent");
    let ran = sandstep_in(&parent, &["new", "hello"]);
    ran.refused(0);
    ran.says(&["sandstep run hello"]);
    // What an earlier test run has built is of the same sources.
    let kept = parent.join(".sandstep");
    let _ = std::fs::rename(&kept, parent.join("hello/.sandstep"));
    let ran = sandstep_in(&parent, &["run", "hello"]);
    let output = ran.output();
    let expected = json!({"greeting": "Good evening, Ada!", "late": true, "advice": "Sleep well."});
    assert_eq!(output, expected);
    let input = r#"{"name": "Grace", "hour": 9}"#;
    let output = sandstep_in(&parent.join("hello"), &["run", ".", "--input", input]).output();
    assert_eq!(
        output,
        json!({"greeting": "Good morning, Grace!", "late": false})
    );
    let ran = sandstep_in(
        &parent,
        &["run", "hello", "--input", r#"{"name": "A", "hour": 25}"#],
    );
    ran.refused(1);
    ran.says(&["FAILED: NoSuchHour"]);
    sandstep_in(&parent, &["new", "hello"]).refused(2);
    let _ = std::fs::rename(parent.join("hello/.sandstep"), &kept);
}
