//! Functions are invoked in the three ways that there are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use libtest_mimic::Trial;
use sandstep_service::lambda::{InvokeInput, Quotas};

use crate::account::{Account, guest, invocation, json, patient, with_quotas};

pub(crate) fn trials() -> Vec<Trial> {
    crate::trials![
        a_result_is_the_functions_own_text,
        an_error_of_the_handler_is_its_document,
        an_error_of_the_host_is_a_document_too,
        the_log_ends_the_answer,
        an_event_is_accepted_and_run,
        a_dry_run_runs_nothing,
        what_is_no_json_is_refused,
        events_have_sizes_and_a_number,
        there_is_no_version_but_the_latest,
    ]
}

async fn hostile(quotas: Quotas) -> Account {
    let account = with_quotas(quotas).await;
    account.create("f", &guest("hostile")).await.unwrap();
    account
}

async fn a_result_is_the_functions_own_text() {
    let account = with_quotas(patient()).await;
    let more = r#"{"Environment": {"Variables": {"BEHAVIOUR": "echo"}}}"#;
    let package = guest("behaviours");
    account.create_with("f", &package, more).await.unwrap();
    let output = account
        .invoke(invocation("f", r#"{"n": 1.50,  "s":"x"}"#))
        .await
        .unwrap();
    assert_eq!(output.payload, r#"{"n": 1.50,  "s":"x"}"#);
    assert_eq!(output.status_code, 200);
    assert_eq!(output.executed_version.as_deref(), Some("$LATEST"));
    assert_eq!((output.function_error, output.log_result), (None, None));
    assert_eq!(
        account.call("f", "").await.unwrap(),
        "{}",
        "nothing is an empty event"
    );
}

async fn an_error_of_the_handler_is_its_document() {
    let account = hostile(patient()).await;
    let event = r#"{"do": "fail", "error": "OrderNotFound", "message": "no order 7"}"#;
    let output = account.invoke(invocation("f", event)).await.unwrap();
    assert_eq!(output.status_code, 200);
    assert_eq!(output.function_error, Some("Unhandled"));
    let document = json(&output.payload);
    let text = |key| {
        document
            .get(key)
            .and_then(|value| value.as_str().map(str::to_owned))
    };
    assert_eq!(text("errorType").as_deref(), Some("OrderNotFound"));
    assert_eq!(text("errorMessage").as_deref(), Some("no order 7"));
    assert!(document.get("stackTrace").is_some());
}

async fn an_error_of_the_host_is_a_document_too() {
    let account = hostile(patient()).await;
    for (event, error, says) in [
        (
            r#"{"do": "exit", "status": 1}"#,
            "Runtime.ExitError",
            "exit status 1",
        ),
        (
            r#"{"do": "loop"}"#,
            "Sandbox.Timedout",
            "timed out after 3.00 seconds",
        ),
    ] {
        let output = account.invoke(invocation("f", event)).await.unwrap();
        assert_eq!(output.function_error, Some("Unhandled"));
        let document = json(&output.payload);
        let text = |key| document.get(key).and_then(|value| value.as_str()).unwrap();
        assert_eq!(text("errorType"), error);
        assert!(text("errorMessage").contains(says), "{document}");
    }
}

async fn the_log_ends_the_answer() {
    let account = hostile(patient()).await;
    let tail = async |event: &str| {
        let input = InvokeInput {
            log_type: Some("Tail".to_owned()),
            request_id: Some("r-1".to_owned()),
            ..invocation("f", event)
        };
        let output = account.invoke(input).await.unwrap();
        let log = BASE64.decode(output.log_result.unwrap()).unwrap();
        String::from_utf8(log).unwrap()
    };
    let log = tail(r#"{"do": "print-both"}"#).await;
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(
        lines[..4],
        [
            "START RequestId: r-1 Version: $LATEST",
            "r-1 to stdout",
            "r-1 to stderr",
            "END RequestId: r-1",
        ]
    );
    assert!(
        lines[4].starts_with("REPORT RequestId: r-1\tDuration: "),
        "{log}"
    );
    assert!(
        log.contains("\tMemory Size: 128 MB\tMax Memory Used: "),
        "{log}"
    );
    let long = tail(r#"{"do": "print", "bytes": 40000}"#).await;
    assert_eq!(long.len(), 4096);
    assert!(long.ends_with("MB\t\n"), "{long}");
}

async fn an_event_is_accepted_and_run() {
    let account = hostile(patient()).await;
    let event = |event| InvokeInput {
        invocation_type: Some("Event".to_owned()),
        ..invocation("f", event)
    };
    let output = account
        .invoke(event(r#"{"do": "sleep", "ms": 20}"#))
        .await
        .unwrap();
    assert_eq!((output.status_code, output.payload.as_str()), (202, ""));
    account
        .invoke(event(r#"{"do": "exit", "status": 1}"#))
        .await
        .unwrap();
    // What fails waits to be tried again, and is given up here.
    account.lambda.finish().await;
    let mut seen = account.seen.all();
    seen.sort();
    assert_eq!(
        seen,
        [Ok("20".to_owned()), Err("Runtime.ExitError".to_owned())]
    );
}

async fn a_dry_run_runs_nothing() {
    let account = hostile(patient()).await;
    let output = account
        .invoke(InvokeInput {
            invocation_type: Some("DryRun".to_owned()),
            ..invocation("f", r#"{"do": "count"}"#)
        })
        .await
        .unwrap();
    assert_eq!(output.status_code, 204);
    account.lambda.finish().await;
    assert_eq!(account.seen.all(), []);
}

async fn what_is_no_json_is_refused() {
    let account = hostile(patient()).await;
    for payload in [&b"{"[..], b"abc", b"\"\xff\""] {
        let input = InvokeInput {
            payload: payload.to_vec(),
            ..invocation("f", "")
        };
        let refusal = account.invoke(input).await.unwrap_err();
        let begins = "InvalidRequestContentException: Could not parse request body into json: ";
        assert!(refusal.starts_with(begins), "{refusal}");
    }
}

async fn events_have_sizes_and_a_number() {
    let account = hostile(Quotas {
        request_bytes: 20,
        event_bytes: 10,
        events: 0,
        ..patient()
    })
    .await;
    let refusal = account
        .call("f", r#"{"do":       "count"}"#)
        .await
        .unwrap_err();
    assert_eq!(
        refusal,
        "RequestTooLargeException: Request must be smaller than 20 bytes for the InvokeFunction \
         operation"
    );
    let event = |payload| InvokeInput {
        invocation_type: Some("Event".to_owned()),
        ..invocation("f", payload)
    };
    let refusal = account
        .invoke(event(r#"{"do": "count"}"#))
        .await
        .unwrap_err();
    assert!(refusal.starts_with("RequestTooLargeException"), "{refusal}");
    let refusal = account.invoke(event("{}")).await.unwrap_err();
    assert_eq!(refusal, "TooManyRequestsException: Rate Exceeded.");
}

async fn there_is_no_version_but_the_latest() {
    let account = hostile(patient()).await;
    for (name, qualifier) in [
        ("f", Some("$LATEST")),
        ("f:$LATEST", None),
        ("function:f", None),
    ] {
        let input = InvokeInput {
            qualifier: qualifier.map(str::to_owned),
            ..invocation(name, r#"{"do": "count"}"#)
        };
        assert_eq!(account.invoke(input).await.unwrap().payload, "1");
    }
    let refusal = account.call("f:7", "{}").await.unwrap_err();
    assert_eq!(
        refusal,
        "ResourceNotFoundException: Function not found: \
         arn:aws:lambda:us-east-1:123456789012:function:f:7"
    );
}
