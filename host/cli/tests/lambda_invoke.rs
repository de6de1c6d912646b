//! `lambda:invoke` answers as Lambda's operation does.

mod support;

use serde_json::{Value, json};
use support::{Ran, folder, repository, sandstep, sandstep_in, write};

const CLASS: &str = r#"{"start":"2019-06-16T22:00:00Z","end":"2019-06-16T23:00:00Z"}"#;

/// Runs a machine whose only state invokes a function with these parameters.
fn invoke(name: &str, parameters: &[(&str, &str)]) -> Ran {
    sandstep(&["build", "examples/classroom"]).refused(0);
    let component = "examples/classroom/.sandstep/components/StartRecorder.wasm";
    let mut members = json!({"FunctionName": "Start", "Payload.$": "$"});
    for (key, value) in parameters {
        members[key] = Value::from(*value);
    }
    let definition = json!({"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
        "Resource": "arn:aws:states:::lambda:invoke", "Parameters": members}}});
    let project = folder(&format!("lambda-invoke-{name}"));
    write(&project, "machine.json", &definition.to_string());
    let function = format!("Start={}", repository().join(component).display());
    let run = [
        "run",
        "machine.json",
        "--input",
        CLASS,
        "--function",
        &function,
    ];
    sandstep_in(&project, &run)
}

#[test]
fn a_response_has_the_payload_and_its_metadata() {
    let response = invoke("response", &[("Qualifier", "4")]).output();
    let keys: Vec<&String> = response.as_object().unwrap().keys().collect();
    let expected = [
        "ExecutedVersion",
        "Payload",
        "SdkHttpMetadata",
        "SdkResponseMetadata",
        "StatusCode",
    ];
    assert_eq!(keys, expected);
    assert_eq!(response["ExecutedVersion"], "4");
    assert_eq!(response["Payload"]["isRecording"], true);
    let http = &response["SdkHttpMetadata"];
    assert_eq!(http["HttpStatusCode"], 200);
    let length = response["Payload"].to_string().len().to_string();
    assert_eq!(http["HttpHeaders"]["Content-Length"], length);
    let request_id = &response["SdkResponseMetadata"]["RequestId"];
    assert_eq!(&http["HttpHeaders"]["x-amzn-RequestId"], request_id);
    assert_eq!(&http["AllHttpHeaders"]["x-amzn-RequestId"][0], request_id);
}

#[test]
fn an_alias_stands_for_the_only_version() {
    let response = invoke("alias", &[("Qualifier", "live")]).output();
    assert_eq!(response["ExecutedVersion"], "$LATEST");
}

#[test]
fn an_event_is_not_waited_for_but_handled() {
    let ran = invoke("event", &[("InvocationType", "Event")]);
    let response = ran.output();
    assert_eq!(response["StatusCode"], 202);
    assert_eq!(response["Payload"], "");
    ran.says(&["[Start]", "recording from 2019-06-16T22:00:00Z"]);
}

#[test]
fn a_dry_run_calls_nothing() {
    let ran = invoke("dry-run", &[("InvocationType", "DryRun")]);
    assert_eq!(ran.output()["StatusCode"], 204);
    assert!(!ran.stderr.contains("[Start]"), "{}", ran.stderr);
}

#[test]
fn a_request_that_lambda_refuses_fails_by_name() {
    let ran = invoke("two", &[("FunctionName", "Start:1"), ("Qualifier", "2")]);
    ran.refused(1);
    ran.says(&["Lambda.InvalidParameterValueException", "does not match"]);
    let ran = invoke("type", &[("InvocationType", "Sometimes")]);
    ran.refused(1);
    ran.says(&["Lambda.AWSLambdaException", "ValidationException"]);
}
