//! Which files and exports a project means by its functions in JavaScript.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use serde_json::{Value, json};
use support::javascript::Fixture;

#[test]
fn a_handler_is_found_as_lambda_finds_it() {
    let forms = [
        ("source = \"start.js\"", "start.js", Value::Null),
        ("source = \"start.ts\"", "start.ts", Value::Null),
        (
            "source = \"start.js\"\nhandler = \"create\"",
            "start.js",
            json!("create"),
        ),
        (
            "source = \".\"\nhandler = \"src/start.create\"",
            "src/start.js",
            json!("create"),
        ),
        (
            "source = \"src\"\nhandler = \"start.api.create\"",
            "src/start.js",
            json!("api.create"),
        ),
        (
            "source = \".\"\nhandler = \"src/stop.handler\"",
            "src/stop.mts",
            json!("handler"),
        ),
        ("source = \"package\"", "package/lib/main.mjs", Value::Null),
        ("source = \"folder\"", "folder/index.cjs", Value::Null),
    ];
    for (index, (table, file, export)) in forms.into_iter().enumerate() {
        let fixture = Fixture::new(&format!("handler-{index}"));
        fixture.write("sandstep.toml", &format!("[functions.start]\n{table}\n"));
        for file in [
            "start.js",
            "start.ts",
            "src/start.js",
            "src/start.ts",
            "src/stop.mts",
        ] {
            fixture.write(file, "");
        }
        fixture.write("package/package.json", r#"{"main": "lib/main"}"#);
        fixture
            .write("package/lib/main.mjs", "")
            .write("folder/index.cjs", "");
        fixture.build().refused(0);
        assert_eq!(fixture.entry(), (file.to_owned(), export), "{table}");
    }
}

#[test]
fn a_handler_that_is_missing_says_what_was_looked_for() {
    for (table, texts) in [
        (
            "source = \".\"\nhandler = \"src/strat.create\"",
            [
                "no file for the handler \"src/strat.create\"",
                "src/strat.{js,mjs,cjs,ts,mts,cts}",
            ],
        ),
        (
            "source = \".\"\nhandler = \"create\"",
            ["\"create\" is no handler", "src/start.handler"],
        ),
        (
            "source = \"empty\"",
            ["empty has no file to begin with", "empty/index.{js,"],
        ),
        (
            "source = \"nowhere.js\"",
            ["the function \"start\" has no", "nowhere.js"],
        ),
    ] {
        let fixture = Fixture::new("missing");
        fixture.write("sandstep.toml", &format!("[functions.start]\n{table}\n"));
        fixture.write("empty/package.json", "{}");
        let ran = fixture.build();
        ran.refused(2);
        ran.says(&texts);
        assert_eq!(fixture.requests(), [] as [Value; 0]);
    }
}

#[test]
fn a_handler_belongs_to_a_script_alone() {
    let fixture = Fixture::new("component");
    let table = "[functions.start]\ncomponent = \"start.wasm\"\nhandler = \"start.create\"\n";
    fixture
        .write("sandstep.toml", table)
        .write("start.wasm", "");
    let ran = fixture.build();
    ran.refused(2);
    ran.says(&["sandstep.toml:1:1: error[function-code]", "`handler`"]);
}

#[test]
fn a_script_is_invoked_by_its_path() {
    for (path, entry, export) in [
        ("./start.js", "start.js", Value::Null),
        ("src/start.create", "src/start.ts", json!("create")),
    ] {
        let fixture = Fixture::new("path");
        fixture.write("start.js", "").write("src/start.ts", "");
        // What was built is no component, so that it goes no further.
        fixture.sandstep(&["invoke", path]).refused(2);
        assert_eq!(fixture.entry(), (entry.to_owned(), export), "{path}");
    }
}

const MACHINE: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Task",
    "Resource": "arn:aws:lambda:us-east-1:123456789012:function:consult-api-dev-StartRecorder",
    "End": true}}}"#;

#[test]
fn a_definition_alone_finds_scripts_beside_it() {
    for (file, entry) in [
        ("functions/StartRecorder.js", "functions/StartRecorder.js"),
        ("functions/start-recorder.ts", "functions/start-recorder.ts"),
        (
            "functions/start_recorder/index.mjs",
            "functions/start_recorder/index.mjs",
        ),
    ] {
        let fixture = Fixture::new("beside");
        fixture.write("machine.json", MACHINE).write(file, "");
        fixture
            .write("functions/StartRecorder.json", "{}")
            .write("functions/start-recorder.json", "{}")
            .write("functions/other.test.js", "")
            .write("functions/types.d.ts", "");
        // What was built is no component, so that it goes no further.
        fixture.sandstep(&["run", "machine.json"]).refused(2);
        assert_eq!(fixture.entry(), (entry.to_owned(), Value::Null));
    }
}

#[test]
fn a_script_takes_the_place_of_a_function() {
    for (path, entry, export) in [
        ("src/start.js", "src/start.js", Value::Null),
        ("src/start.create", "src/start.js", json!("create")),
        ("package", "package/index.ts", Value::Null),
    ] {
        let fixture = Fixture::new("instead");
        fixture
            .write("machine.json", MACHINE)
            .write("src/start.js", "");
        fixture.write("package/index.ts", "");
        let function = format!("StartRecorder={path}");
        let run = ["run", "machine.json", "--function", &function];
        fixture.sandstep(&run).refused(2);
        assert_eq!(fixture.entry(), (entry.to_owned(), export), "{path}");
    }
}

const SERVERLESS: &str = r"
service: consult-api
provider:
  name: aws
  runtime: nodejs20.x
functions:
  StartRecorder:
    handler: functions/start.create
  predict:
    handler: predict.handler
    runtime: python3.12
  drawn:
    image: drawn:latest
  compiled:
    handler: bootstrap
    runtime: provided.al2023
  forgotten:
    handler: functions/forgotten.handler
stepFunctions:
  stateMachines:
    recording:
      definition:
        StartAt: Start
        States:
          Start:
            Type: Task
            Resource: FUNCTION
            End: true
";

fn serverless(name: &str, resource: &str) -> Fixture {
    let fixture = Fixture::new(name);
    fixture.write("serverless.yml", &SERVERLESS.replace("FUNCTION", resource));
    fixture
        .write("functions/start.js", "")
        .write("functions/helper.js", "");
    fixture
}

#[test]
fn functions_are_called_as_they_are_deployed() {
    for resource in [
        "StartRecorder",
        "arn:aws:lambda:us-east-1:123456789012:function:consult-api-dev-StartRecorder",
        "!GetAtt StartRecorderLambdaFunction.Arn",
        "{ \"Fn::GetAtt\": [StartRecorderLambdaFunction, Arn] }",
        "!Sub arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${self:service}-${sls:stage}-StartRecorder",
    ] {
        let fixture = serverless("serverless-names", resource);
        // What was built is no component, so that it goes no further.
        fixture.sandstep(&["run", "."]).refused(2);
        let expected = ("functions/start.js".to_owned(), json!("create"));
        assert_eq!(fixture.entry(), expected, "{resource}");
    }
}

#[test]
fn the_stage_is_part_of_a_deployed_name() {
    // Without the stage, it could be either function.
    let resource = "consult-api-prod-re-start";
    let fixture = serverless("serverless-stage", resource);
    let document = SERVERLESS.replace("FUNCTION", resource);
    let twins = ["re-start", "start"].map(|key| format!("  {key}:\n    handler: {key}.create\n"));
    let functions = format!("functions:\n{}", twins.concat());
    let document = document.replace("functions:\n", &functions);
    fixture.write("serverless.yml", &document);
    fixture.write("re-start.js", "").write("start.js", "");
    let ran = fixture.sandstep(&["run", "."]);
    ran.says(&["may be any of \"re-start\", \"start\""]);
    let ran = fixture.sandstep(&["run", ".", "--define", "opt:stage=prod"]);
    ran.refused(2);
    assert_eq!(fixture.entry(), ("re-start.js".to_owned(), json!("create")));
}

#[test]
fn functions_may_come_from_several_files() {
    let fixture = Fixture::new("serverless-files");
    let document = SERVERLESS.replace("FUNCTION", "StartRecorder");
    let (head, rest) = document.split_once("functions:").unwrap();
    let (_, machines) = rest.split_once("stepFunctions:").unwrap();
    let list = "functions:\n  - ${file(one.yml)}\n  - ${file(two.yml):functions}\nstepFunctions:";
    fixture.write("serverless.yml", &format!("{head}{list}{machines}"));
    fixture.write("one.yml", "stop:\n  handler: src/stop.handler\n");
    let two = "functions:\n  StartRecorder:\n    handler: src/start.create\n";
    fixture.write("two.yml", two).write("src/start.js", "");
    fixture.sandstep(&["run", "."]).refused(2);
    assert_eq!(
        fixture.entry(),
        ("src/start.js".to_owned(), json!("create"))
    );
}

#[test]
fn a_runtime_without_a_builder_is_named_when_it_is_called() {
    for (function, runtime) in [
        ("predict", "python3.12"),
        ("drawn", "container image"),
        ("compiled", "provided.al2023"),
    ] {
        let fixture = serverless("serverless-runtimes", function);
        fixture.write("predict.js", "").write("bootstrap.js", "");
        let ran = fixture.sandstep(&["run", "."]);
        ran.refused(2);
        ran.says(&[&format!("\"{function}\""), runtime, "no builder"]);
        assert_eq!(fixture.built(), [] as [&str; 0]);
    }
}

#[test]
fn what_no_builder_knows_keeps_nothing_from_being_built() {
    let fixture = serverless("serverless-build", "StartRecorder");
    fixture.write("functions/forgotten.ts", "");
    let ran = fixture.build();
    ran.refused(0);
    assert_eq!(fixture.built(), ["StartRecorder", "forgotten"]);
    ran.says(&["warning: predict is not built: no builder knows python3.12"]);
}

#[test]
fn a_file_that_a_called_handler_lacks_is_looked_for() {
    let fixture = serverless("serverless-missing", "forgotten");
    let ran = fixture.sandstep(&["run", "."]);
    ran.refused(2);
    ran.says(&["functions/forgotten.handler", "functions/forgotten.{js,"]);
}
