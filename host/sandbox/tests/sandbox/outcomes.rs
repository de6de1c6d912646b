//! What a handler returns, and every other way for it to end.

use sandstep_sandbox::{Call, FunctionSpec, Limits};

use crate::guests::{answer, failure, guest, hostile, invoke, load, sandbox};

#[tokio::test]
async fn an_echo_returns_its_event() {
    let echo = load("echo", Limits::default(), Default::default()).await;
    let invocation = invoke(&echo, r#"{"greeting":"hello"}"#).await;
    assert_eq!(invocation.outcome.unwrap(), r#"{"greeting":"hello"}"#);
    assert_eq!(invocation.log.text, "");
}

#[tokio::test]
async fn an_async_guest_returns_its_event() {
    let echo = load("async_echo", Limits::default(), Default::default()).await;
    assert_eq!(invoke(&echo, "[1,2]").await.outcome.unwrap(), "[1,2]");
}

#[tokio::test]
async fn an_async_guest_fails_by_name() {
    let echo = load("async_echo", Limits::default(), Default::default()).await;
    let error = invoke(&echo, r#""fail""#).await.outcome.unwrap_err();
    assert_eq!(error.error, "Asked");
}

#[tokio::test]
async fn a_call_may_name_a_version() {
    let function = hostile(Limits::default()).await;
    let call = Call {
        function_version: Some("7".into()),
        invoked_function_arn: Some("arn:hostile:7".into()),
        ..Call::new("r8")
    };
    let answer = function.invoke(r#"{"do": "context"}"#, &call).await;
    let context = answer.outcome.unwrap();
    assert!(context.contains(r#""functionVersion":"7""#), "{context}");
    assert!(
        context.contains(r#""invokedFunctionArn":"arn:hostile:7""#),
        "{context}"
    );
}

#[tokio::test]
async fn the_context_says_who_calls_and_how_much_is_left() {
    let function = hostile(Limits::default()).await;
    let call = Call {
        attempt: 2,
        execution_arn: Some("arn:execution".into()),
        state_name: Some("Work".into()),
        idempotency_token: Some("token".into()),
        clock: sandstep_sandbox::ClockSource::Virtual { now_ms: 1000 },
        ..Call::new("r7")
    };
    let answer = function.invoke(r#"{"do": "context"}"#, &call).await;
    assert_eq!(
        answer.outcome.unwrap(),
        concat!(
            r#"{"attempt":2,"deadlineMs":4000,"executionArn":"arn:execution","#,
            r#""functionName":"hostile","functionVersion":"$LATEST","idempotencyToken":"token","#,
            r#""invokedFunctionArn":"arn:aws:lambda:us-east-1:123456789012:function:hostile","#,
            r#""memoryLimitMb":128,"requestId":"r7","stateName":"Work"}"#
        )
    );
}

#[tokio::test]
async fn a_named_error_keeps_its_name() {
    let event = r#"{"do": "fail", "error": "OrderNotFound", "message": "no order 7"}"#;
    let error = failure(Limits::default(), event).await;
    assert_eq!(error.error, "OrderNotFound");
    assert_eq!(
        error.cause,
        r#"{"errorMessage":"no order 7","errorType":"OrderNotFound","requestId":"r1","stackTrace":[]}"#
    );
}

#[tokio::test]
async fn question_mark_names_the_errors_type() {
    let event = r#"{"do": "parse", "number": "many"}"#;
    let error = failure(Limits::default(), event).await;
    assert_eq!(error.error, "ParseIntError");
    assert!(error.cause.contains("invalid digit"), "{error}");
}

#[tokio::test]
async fn an_event_of_another_shape_is_an_unmarshal_error() {
    let error = failure(Limits::default(), "[]").await;
    assert_eq!(error.error, "Runtime.UnmarshalError");
}

#[tokio::test]
async fn an_error_without_a_payload_is_unknown() {
    let event = r#"{"do": "fail", "error": "", "message": ""}"#;
    let error = failure(Limits::default(), event).await;
    assert_eq!(error.error, "Lambda.Unknown");
    assert_eq!(
        error.cause,
        "The cause could not be determined because Lambda did not return an error type. \
         Returned payload: null"
    );
}

#[tokio::test]
async fn a_panic_is_an_exit_with_its_message() {
    let function = hostile(Limits::default()).await;
    let event = r#"{"do": "panic", "message": "out of cheese"}"#;
    let invocation = invoke(&function, event).await;
    let error = invocation.outcome.unwrap_err();
    assert_eq!(error.error, "Runtime.ExitError");
    assert!(
        error.cause.starts_with(
            "RequestId: r1 Error: Runtime exited with error: \
             wasm trap: wasm `unreachable` instruction executed; last printed: "
        ),
        "{error}"
    );
    assert!(error.cause.contains("out of cheese"), "{error}");
    assert!(invocation.log.text.contains("r1 out of cheese\n"));
}

#[tokio::test]
async fn an_exit_says_its_status() {
    let error = failure(Limits::default(), r#"{"do": "exit", "status": 3}"#).await;
    assert_eq!(error.error, "Runtime.ExitError");
    assert_eq!(
        error.cause,
        "RequestId: r1 Error: Runtime exited with error: exit status 1"
    );
}

#[tokio::test]
async fn an_exit_without_a_status_has_no_reason() {
    let error = failure(Limits::default(), r#"{"do": "exit", "status": 0}"#).await;
    assert_eq!(error.error, "Runtime.ExitError");
    assert_eq!(
        error.cause,
        "RequestId: r1 Error: Runtime exited without providing a reason"
    );
}

/// A component whose handler returns `text`, whatever the event.
fn says(text: &str) -> Vec<u8> {
    let length = text.len();
    wat::parse_str(format!(
        r#"(component
          (type $context (record
            (field "function-name" string)
            (field "function-version" string)
            (field "invoked-function-arn" string)
            (field "request-id" string)
            (field "deadline-ms" u64)
            (field "memory-limit-mb" u32)
            (field "attempt" u32)
            (field "execution-arn" (option string))
            (field "state-name" (option string))
            (field "idempotency-token" (option string))))
          (import "context" (type $shown-context (eq $context)))
          (type $error (record
            (field "error-type" string)
            (field "error-message" string)
            (field "stack-trace" (list string))))
          (import "error" (type $shown-error (eq $error)))
          (core module $code
            (memory (export "memory") 1)
            (data (i32.const 16) "\00\00\00\00\00\04\00\00\{length:02x}\00\00\00")
            (data (i32.const 1024) "{escaped}")
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
            (func (export "handle") (param i32) (result i32) (i32.const 16)))
          (core instance $instance (instantiate $code))
          (func (export "handle")
            (param "event" string) (param "context" $shown-context)
            (result (result string (error $shown-error)))
            (canon lift (core func $instance "handle")
              (memory (core memory $instance "memory"))
              (realloc (core func $instance "realloc")))))"#,
        escaped = text.replace('"', "\\22"),
    ))
    .unwrap()
}

#[tokio::test]
async fn a_result_that_is_not_json_is_a_marshal_error() {
    let spec = FunctionSpec::named("liar");
    let liar = sandbox().load(&says("{'a': 1}"), spec).await.unwrap();
    let error = invoke(&liar, "{}").await.outcome.unwrap_err();
    assert_eq!(error.error, "Runtime.MarshalError");
    assert_eq!(
        error.cause,
        "RequestId: r1 Error: The handler's result is not JSON: key must be a string at line 1 \
         column 2; it begins with \"{'a': 1}\""
    );
}

#[tokio::test]
async fn a_handwritten_component_is_as_good_as_any() {
    let spec = FunctionSpec::named("honest");
    let honest = sandbox().load(&says(r#"{"a":1}"#), spec).await.unwrap();
    assert_eq!(invoke(&honest, "{}").await.outcome.unwrap(), r#"{"a":1}"#);
}

#[tokio::test]
async fn both_streams_are_logged_in_order_under_the_request_id() {
    let function = hostile(Limits::default()).await;
    let invocation = invoke(&function, r#"{"do": "print-both"}"#).await;
    assert_eq!(invocation.log.text, "r1 to stdout\nr1 to stderr\n");
}

#[tokio::test]
async fn bytes_that_are_no_text_are_replaced() {
    let function = hostile(Limits::default()).await;
    let invocation = invoke(&function, r#"{"do": "print-bytes"}"#).await;
    assert_eq!(invocation.log.text, "r1 half a line, \u{fffd}\u{fffd}\n");
}

#[tokio::test]
async fn nothing_that_fails_stays_behind() {
    failure(Limits::default(), r#"{"do": "recurse"}"#).await;
    assert_eq!(answer(r#"{"do": "count"}"#).await.unwrap(), "1");
    let echo = sandbox()
        .load(&guest("echo"), FunctionSpec::named("echo"))
        .await
        .unwrap();
    assert_eq!(invoke(&echo, "1").await.outcome.unwrap(), "1");
}
