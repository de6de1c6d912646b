//! JavaScript and TypeScript as authors write them, built by the real tools.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::{folder, has_node, repository, sandstep, sandstep_in, write};

const CLASS: &str = r#"{"start":"2019-06-16T22:00:00Z","end":"2019-06-16T23:00:00Z"}"#;

fn recorded() -> Value {
    json!({"start": "2019-06-16T22:00:00Z", "end": "2019-06-16T23:00:00Z", "isRecording": true})
}

/// The `functions` section of the article's service.
const FUNCTIONS: &str = r"
functions:
  StartRecorder:
    handler: src/startRecorder.create
  StopRecorder:
    handler: src/stopRecorder.create
";

const MACHINE: &str = r"
stepFunctions:
  stateMachines:
    recording:
      definition:
        StartAt: Start
        States:
          Start:
            Type: Task
            Resource: arn:aws:lambda:ap-southeast-1:13######:function:consult-api-dev-StartRecorder
            Next: Stop
          Stop:
            Type: Task
            Resource: arn:aws:lambda:ap-southeast-1:13######:function:consult-api-dev-StopRecorder
            End: true
";

/// Runs a class through both handlers, on a virtual clock.
fn record(name: &str, serverless: &str, start: &str, stop: &str) -> Value {
    let project = folder(name);
    write(&project, "serverless.yml", serverless);
    write(&project, "src/startRecorder.js", start);
    write(&project, "src/stopRecorder.js", stop);
    let arguments = ["run", ".", "--clock", "virtual", "--input", CLASS];
    sandstep_in(&project, &arguments).output()
}

#[test]
fn the_context_has_the_deployed_name() {
    if !has_node() {
        return;
    }
    let start = "exports.create = async (event, { functionName }) => functionName;";
    let stop = "exports.create = async (event, { functionName }) => [event, functionName];";
    let named = FUNCTIONS.replace("  StopRecorder:\n", "  StopRecorder:\n    name: stop\n");
    let serverless = format!("service: consult-api\n{named}{MACHINE}");
    let serverless = serverless.replace("function:consult-api-dev-StopRecorder", "function:stop");
    let output = record("javascript-names", &serverless, start, stop);
    assert_eq!(output, json!(["consult-api-dev-StartRecorder", "stop"]));
}

#[test]
fn callback_promise_and_plain_return_give_the_same() {
    if !has_node() {
        return;
    }
    let starts = [
        "module.exports.create = (event, context, callback) => {
            callback(null, { ...event, isRecording: true });
        };",
        "exports.create = (event) => new Promise((resolve) => {
            setTimeout(() => resolve({ ...event, isRecording: true }), 5);
        });",
        "exports.create = async (event, context, callback) => {
            callback(null, { ...event, isRecording: true });
        };",
        "export function create(event) {
            return { ...event, isRecording: true };
        }",
    ];
    let stop = "exports.create = async (event) => event;";
    let serverless = format!("{FUNCTIONS}{MACHINE}");
    for start in starts {
        let output = record("javascript-forms", &serverless, start, stop);
        assert_eq!(output, recorded(), "{start}");
    }
}

/// The article's blocks of code in one language, each as it stands there.
fn blocks<'a>(article: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    let parts = article.split(fence.as_str()).skip(1);
    parts
        .map(|part| part.split("```").next().unwrap())
        .collect()
}

#[test]
fn the_published_handlers_run_as_they_stand() {
    let article = repository().join("../shared/seeds/000_1ce26bd4ad4c0ea9.txt");
    let Ok(article) = fs::read_to_string(article) else {
        println!("skipped: the article is not beside the repository");
        return;
    };
    if !has_node() {
        return;
    }
    let code = blocks(&article, "javascript");
    let [_, receive, answer, stop] = code[..] else {
        panic!("the article has other blocks: {code:?}");
    };
    // The article shows the handler's end, which answers, by itself.
    let (start, end) = receive.trim_end().rsplit_once('}').unwrap();
    let start_handler = format!("{start}{answer}}}{end}");
    let head = start.lines().next().unwrap();
    let stop_handler =
        format!("{head}\n{stop}\ncallback(null, {{...event, recordingStatus}});\n}}");
    let serverless = blocks(&article, " yml")[0];
    let output = record(
        "javascript-seed",
        &format!("{serverless}\n{FUNCTIONS}"),
        &start_handler,
        &stop_handler,
    );
    let mut expected = recorded();
    expected["recordingStatus"] = json!(true);
    assert_eq!(output, expected);
}

/// A project with one lone script.
fn script(name: &str, file: &str, code: &str) -> PathBuf {
    let project = folder(name);
    write(&project, file, code);
    project
}

#[test]
fn a_script_is_built_and_invoked_at_once() {
    if !has_node() {
        return;
    }
    let code = "
        interface Order { quantity: number }
        export const handler = async (order: Order): Promise<number> => order.quantity * 2;
    ";
    let project = script("javascript-script", "double.ts", code);
    let invoke = ["invoke", "double.ts", "--event", r#"{"quantity": 21}"#];
    assert_eq!(sandstep_in(&project, &invoke).output(), json!(42));
    let again = sandstep_in(&project, &invoke);
    assert_eq!(again.output(), json!(42));
    assert!(!again.stderr.contains("Building"), "{}", again.stderr);
}

#[test]
fn a_syntax_error_has_its_file_line_and_column() {
    if !has_node() {
        return;
    }
    let project = script(
        "javascript-syntax",
        "start.js",
        "exports.handler = async () => {\n  return 1 2;\n};\n",
    );
    let ran = sandstep_in(&project, &["invoke", "start.js"]);
    ran.refused(2);
    ran.says(&[
        "start.js:2:12: error[javascript]: ",
        "    2 |   return 1 2;\n      |            ^\n",
        "the function \"start\" cannot be built",
    ]);
}

#[test]
fn what_a_sandbox_cannot_have_is_said_when_it_is_built() {
    if !has_node() {
        return;
    }
    let project = script(
        "javascript-fs",
        "start.js",
        "const fs = require('fs');\nexports.handler = () => fs.readFileSync('/etc/passwd', 'utf8');\n",
    );
    let ran = sandstep_in(&project, &["invoke", "start.js"]);
    ran.refused(2);
    ran.says(&["start.js:1:", "error[javascript]", "fs"]);
}

#[test]
fn an_export_that_is_not_there_is_said_when_it_is_built() {
    if !has_node() {
        return;
    }
    let project = script(
        "javascript-export",
        "start.js",
        "exports.create = async () => 1;\nexports.remove = async () => 2;\n",
    );
    let ran = sandstep_in(&project, &["invoke", "start.update"]);
    ran.refused(2);
    ran.says(&["update", "create"]);
    assert_eq!(
        sandstep_in(&project, &["invoke", "start.remove"]).output(),
        json!(2)
    );
}

#[test]
fn a_packages_dependencies_are_installed_and_bundled() {
    if !has_node() {
        return;
    }
    // A package of our own, so that no registry is asked.
    let project = folder("javascript-packages");
    write(
        &project,
        "dates/package.json",
        r#"{"name": "dates", "version": "1.0.0"}"#,
    );
    write(
        &project,
        "dates/index.js",
        "exports.year = (text) => new Date(text).getUTCFullYear();",
    );
    write(
        &project,
        "year/package.json",
        r#"{"name": "year", "private": true, "dependencies": {"dates": "file:../dates"}}"#,
    );
    write(
        &project,
        "year/index.js",
        "const { year } = require('dates');\nexports.handler = async (event) => year(event.start);\n",
    );
    let ran = sandstep_in(&project, &["invoke", "./year", "--event", CLASS]);
    assert_eq!(ran.output(), json!(2019));
    ran.says(&["Installing the packages of "]);
}

#[test]
fn a_project_in_typescript_may_stand_in_for_one_in_rust() {
    if !has_node() {
        return;
    }
    let function = "ship-val=examples/shipping/functions/ship-val-ts";
    let run = |machine: &str, input: &str| {
        let project = ["run", "examples/shipping", "--function", function];
        sandstep(&[&project[..], &["--machine", machine, "--input", input]].concat())
    };
    let input = "@examples/shipping/input.json";
    let output = run("validate-with-courier", input).output();
    assert_eq!(
        output["detail"]["shipped"][4],
        json!({"prod": "R40", "dest-code": 9511, "quantity": 1220, "courier": "UQS", "valid": true})
    );
    let empty = r#"{"detail": {"shipped": [{"prod": "R31", "dest-code": 1, "quantity": 0}]}}"#;
    let ran = run("validate-all", empty);
    ran.refused(1);
    ran.says(&["FAILED: EmptyShipment", "nothing of R31"]);
}

#[test]
fn a_new_project_runs_at_once() {
    if !has_node() {
        return;
    }
    for language in ["js", "ts"] {
        let parent = folder(&format!("new-{language}"));
        sandstep_in(&parent, &["new", "--lang", language, "hello"]).refused(0);
        let output = sandstep_in(&parent, &["run", "hello"]).output();
        let expected =
            json!({"greeting": "Good evening, Ada!", "late": true, "advice": "Sleep well."});
        assert_eq!(output, expected, "{language}");
        let input = r#"{"name": "A", "hour": 25}"#;
        let ran = sandstep_in(&parent, &["run", "hello", "--input", input]);
        ran.refused(1);
        ran.says(&["FAILED: NoSuchHour", "a day has no hour 25"]);
    }
}

#[test]
fn a_new_project_tests_itself() {
    if !has_node() {
        return;
    }
    // TypeScript's own tools come from npm.
    let install = &["install", "--no-audit", "--no-fund"][..];
    for (language, commands) in [("js", &[&["test"][..]][..]), ("ts", &[install, &["test"]])] {
        let parent = folder(&format!("new-{language}-test"));
        sandstep_in(&parent, &["new", "--lang", language, "hello"]).refused(0);
        let function = parent.join("hello/functions/greet");
        let mut said = String::new();
        for arguments in commands {
            said = npm(&function, arguments);
        }
        assert!(said.contains("# pass 2"), "{language}: {said}");
    }
}

/// What npm prints of a command that must succeed.
fn npm(folder: &Path, arguments: &[&str]) -> String {
    let mut npm = Command::new("npm");
    let output = npm.args(arguments).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}{complaint}");
    said
}
