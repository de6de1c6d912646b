//! What the protocol says of requests, good and bad.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sandstep_json::Value;

use support::{Endpoint, Options, PASS, request};

const JSON: &str = "application/x-amz-json-1.0";

#[tokio::test]
async fn a_client_creates_and_starts() {
    let endpoint = Endpoint::start().await;
    let arn = endpoint.create("m", "STANDARD", PASS).await;
    let request = format!(r#"{{"stateMachineArn": "{arn}", "name": "e"}}"#);
    let answer = endpoint.call("StartExecution", &request).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], JSON);
    assert_eq!(
        answer.text("executionArn"),
        arn.replace("stateMachine", "execution") + ":e"
    );
    let document = answer.json();
    let started = document.get("startDate").and_then(Value::as_number);
    assert!(
        started.unwrap().text().contains('.'),
        "seconds and a fraction: {}",
        answer.body
    );
}

#[tokio::test]
async fn a_trace_in_the_header_is_preferred_to_one_in_the_body() {
    let endpoint = Endpoint::start().await;
    let arn = endpoint.create("m", "EXPRESS", PASS).await;
    let body = format!(r#"{{"stateMachineArn": "{arn}", "traceHeader": "Root=1"}}"#);
    let answer = endpoint.call("StartSyncExecution", &body).await;
    assert_eq!(answer.text("traceHeader"), "Root=1");
    let mut client = endpoint.connect().await;
    let traced = "POST / HTTP/1.1\r\nX-Amzn-Trace-Id: Root=2";
    let request = request("StartSyncExecution", &body);
    let request = request.replacen("POST / HTTP/1.1", traced, 1);
    client.send(request).await;
    assert_eq!(client.answer().await.text("traceHeader"), "Root=2");
}

#[tokio::test]
async fn errors_are_named_as_the_service_names_them() {
    let endpoint = Endpoint::start().await;
    for (operation, body, kind) in [
        (
            "Sing",
            "{}",
            "com.amazon.coral.service#UnknownOperationException",
        ),
        ("ListExecutions", "{", "SerializationException"),
        (
            "ListStateMachines",
            r#"{"maxResults": "many"}"#,
            "SerializationException",
        ),
        (
            "CreateStateMachine",
            "",
            "com.amazon.coral.validate#ValidationException",
        ),
        (
            "DescribeStateMachine",
            r#"{"stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:none"}"#,
            "com.amazonaws.swf.service.v2.model#StateMachineDoesNotExist",
        ),
    ] {
        let answer = endpoint.call(operation, body).await;
        let seen = (answer.status, answer.text("__type"));
        assert_eq!(seen, (400, kind.to_owned()), "{operation} {body}");
        assert_eq!(answer.headers["content-type"], JSON);
        assert!(!answer.text("message").is_empty());
    }
}

#[tokio::test]
async fn what_is_no_request_of_the_protocol_is_not_found() {
    let endpoint = Endpoint::start().await;
    for head in [
        "GET / HTTP/1.1",
        "GET /latest/meta-data HTTP/1.1",
        "PUT / HTTP/1.1",
        "POST / HTTP/1.1\r\nContent-Type: text/html\r\nX-Amz-Target: AWSStepFunctions.ListExecutions",
    ] {
        let mut client = endpoint.connect().await;
        client
            .send(format!("{head}\r\nHost: h\r\nContent-Length: 0\r\n\r\n"))
            .await;
        let answer = client.answer().await;
        assert_eq!(
            (answer.status, &*answer.body),
            (404, "<UnknownOperationException/>\n"),
            "{head}"
        );
    }
}

#[tokio::test]
async fn a_target_of_another_service_is_unknown() {
    let endpoint = Endpoint::start().await;
    for target in ["X-Amz-Target: DynamoDB_20120810.GetItem\r\n", ""] {
        let mut client = endpoint.connect().await;
        let head = format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: {JSON}\r\n{target}");
        client
            .send(format!("{head}Content-Length: 2\r\n\r\n{{}}"))
            .await;
        let answer = client.answer().await;
        assert_eq!(
            answer.error(),
            (400, "UnknownOperationException".to_owned())
        );
    }
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own() {
    let endpoint = Endpoint::start().await;
    let mut client = endpoint.connect().await;
    let mut ids = HashSet::new();
    for operation in ["ListStateMachines", "Sing", "ListStateMachines"] {
        let answer = client.call(operation, "{}").await;
        ids.insert(answer.headers["x-amzn-requestid"].clone());
    }
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| id.len() == 36), "{ids:?}");
}

#[tokio::test]
async fn nesting_without_end_is_refused() {
    let endpoint = Endpoint::start().await;
    let answer = endpoint.call("StartExecution", &"[".repeat(1 << 20)).await;
    assert_eq!(answer.error(), (400, "SerializationException".to_owned()));
}

#[tokio::test]
async fn a_handler_that_panics_is_an_internal_failure_and_no_more() {
    let panics = Arc::new(AtomicBool::new(false));
    let options = Options {
        panics: panics.clone(),
        ..Options::default()
    };
    let endpoint = Endpoint::with(options).await;
    let arn = endpoint.create("m", "STANDARD", PASS).await;
    let request = format!(r#"{{"stateMachineArn": "{arn}"}}"#);
    let mut client = endpoint.connect().await;
    panics.store(true, Ordering::Relaxed);
    let answer = client.call("StartExecution", &request).await;
    assert_eq!(answer.error(), (500, "InternalFailure".to_owned()));
    assert!(!answer.body.contains("as the test wants it"));
    let answer = client.call("StartExecution", &request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}
