//! A `serverless.yml` as users of the Serverless Framework write it.

mod support;

use std::path::Path;

use serde_json::json;
use support::{copy, folder, repository, sandstep, sandstep_in, write};

const DOCUMENT: &str = r"
service: consult-api
provider:
  name: aws
  stage: ${opt:stage, 'dev'}
  environment:
    BUCKET: recordings
functions:
  start-recorder:
    handler: src/start.handler
    timeout: 5
    memorySize: 64
stepFunctions:
  stateMachines:
    byReference:
      name: ${self:service}-${self:provider.stage}
      type: EXPRESS
      definition:
        StartAt: Start
        States:
          Start:
            Type: Task
            Resource:
              Fn::GetAtt: [start-recorder, Arn]
            End: true
    byTag:
      definition:
        StartAt: Start
        States:
          Start:
            Type: Task
            Resource: !GetAtt StartDashrecorderLambdaFunction.Arn
            End: true
    byText:
      definition:
        StartAt: Start
        States:
          Start:
            Type: Task
            Resource: !Sub arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${self:service}-${self:provider.stage}-start-recorder
            End: true
    elsewhere:
      definition: ${file(machine.yml)}
    unfinished:
      definition:
        StartAt: Tell
        States:
          Tell:
            Type: Pass
            Result: !Ref Topic
            End: true
";

const CLASS: &str = r#"{"start": "9:00", "end": "9:30"}"#;

/// A project whose function is a component in `functions/`.
fn project(name: &str) -> std::path::PathBuf {
    let project = folder(name);
    write(&project, "serverless.yml", DOCUMENT);
    write(
        &project,
        "machine.yml",
        "StartAt: A\nStates:\n  A: {Type: Task, Resource: start-recorder, End: true}\n",
    );
    sandstep(&["build", "examples/classroom"]).refused(0);
    let component = repository().join("examples/classroom/.sandstep/components/StartRecorder.wasm");
    copy(&component, &project.join("functions/start-recorder.wasm"));
    project
}

fn run(project: &Path, machine: &str) -> support::Ran {
    sandstep_in(
        project,
        &["run", ".", "--machine", machine, "--input", CLASS],
    )
}

#[test]
fn functions_are_named_in_every_way() {
    let project = project("serverless-ways");
    let recorded = json!({"start": "9:00", "end": "9:30", "isRecording": true});
    for machine in [
        "consult-api-dev",
        "byReference",
        "byTag",
        "byText",
        "elsewhere",
    ] {
        assert_eq!(run(&project, machine).output(), recorded, "{machine}");
    }
}

#[test]
fn what_only_a_deployment_knows_may_be_given() {
    let project = project("serverless-define");
    let ran = run(&project, "unfinished");
    ran.refused(2);
    ran.says(&["serverless.yml:50:21: error[missing-placeholder]: the placeholder ${Topic}"]);
    let arguments = [
        "run",
        ".",
        "--machine",
        "unfinished",
        "--define",
        "Topic=news",
    ];
    assert_eq!(sandstep_in(&project, &arguments).output(), json!("news"));
}

#[test]
fn several_machines_need_a_name() {
    let project = project("serverless-several");
    let ran = sandstep_in(&project, &["run", "."]);
    ran.refused(2);
    ran.says(&[
        "--machine NAME",
        "consult-api-dev, byTag, byText, elsewhere, unfinished",
    ]);
}

#[test]
fn a_name_that_fits_two_functions_is_ambiguous() {
    let project = project("serverless-ambiguous");
    for name in ["val", "ship-val"] {
        let component = project.join("functions/start-recorder.wasm");
        copy(&component, &project.join(format!("functions/{name}.wasm")));
    }
    let machine =
        "StartAt: A\nStates:\n  A: {Type: Task, Resource: store-dev-ship-val, End: true}\n";
    write(&project, "machine.yml", machine);
    let ran = sandstep_in(&project, &["run", "machine.yml"]);
    ran.refused(2);
    ran.says(&[
        "may be any of \"ship-val\", \"val\"",
        "--function store-dev-ship-val=PATH decides",
    ]);
}

const SPLIT: &str = "provider: {name: aws}
stepFunctions:
  stateMachines:
    whole: ${file(whole.yml)}
    part: ${file(parts.yml):one}
    staged: ${file(${self:provider.name}.yml)}
    same: ${self:custom.machine}
custom:
  machine:
    definition: {StartAt: A, States: {A: {Type: Succeed}}}
";

const WHOLE: &str = "name: hello
definition:
  StartAt: A
  States:
    A: {Type: Pass, Result: hello, End: true}
";

#[test]
fn each_machine_may_have_its_own_file() {
    let project = folder("serverless-split");
    write(&project, "serverless.yml", SPLIT);
    write(&project, "whole.yml", WHOLE);
    write(&project, "aws.yml", &WHOLE.replace("hello", "aws"));
    let parts = "one:\n  definition:\n    StartAt: A\n    States:\n      A: {Type: Sucseed}\n";
    write(&project, "parts.yml", parts);
    for (machine, output) in [
        ("hello", json!("hello")),
        ("whole", json!("hello")),
        ("aws", json!("aws")),
        ("same", json!({"start": "9:00", "end": "9:30"})),
    ] {
        assert_eq!(run(&project, machine).output(), output, "{machine}");
    }
    let ran = run(&project, "part");
    ran.refused(2);
    ran.says(&["parts.yml:5:17: error[unknown-value]"]);
}

#[test]
fn a_file_of_a_variable_that_cannot_be_read_is_told() {
    let project = folder("serverless-broken-file");
    let section = "stepFunctions:\n  stateMachines: ${file(machines.yml)}\n";
    write(&project, "serverless.yml", section);
    write(&project, "machines.yml", "one:\n  definition: [\n");
    let ran = sandstep_in(&project, &["run", "."]);
    ran.refused(2);
    ran.says(&["machines.yml:3:1: error[invalid-yaml]"]);
}
