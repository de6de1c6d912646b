//! Executions: starting, stopping, describing and listing them.

use super::*;

#[tokio::test]
async fn an_execution_is_described_when_it_has_ended() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", WAIT).await;
    let execution = account.start(&machine, "e", r#"{ "a": 1 }"#).await.unwrap();
    let described = account.ended(&execution).await;
    assert_eq!(
        described.to_json(),
        concat!(
            r#"{"executionArn":"arn:aws:states:us-east-1:123456789012:execution:m:e","#,
            r#""stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:m","#,
            r#""name":"e","status":"SUCCEEDED","startDate":1767225600.000,"#,
            r#""stopDate":1767226200.000,"redriveCount":0,"input":"{ \"a\": 1 }","#,
            r#""inputDetails":{"included":true},"outputDetails":{"included":true},"#,
            r#""output":"{\"a\":1}","#,
            r#""redriveStatus":"NOT_REDRIVABLE","#,
            r#""redriveStatusReason":"Execution is SUCCEEDED and cannot be redriven"}"#,
        )
    );
}

#[tokio::test]
async fn an_input_that_is_no_json_starts_nothing() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    for input in ["", "{", "nonsense", "{'a': 1}"] {
        let error = account.start(&machine, "e", input).await.unwrap_err();
        assert!(error.starts_with("InvalidExecutionInput: "), "{error}");
    }
    // It is bytes that count.
    for long in ["x".repeat(256 * 1024), "é".repeat(128 * 1024)] {
        let error = account.start(&machine, "e", &format!("\"{long}\"")).await;
        let says = "Member must have length less than or equal to 262144";
        assert!(error.unwrap_err().ends_with(says));
    }
    for input in ["2", "null", "\"text\""] {
        account
            .start(&machine, &format!("e{}", input.len()), input)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn starting_the_same_twice_starts_it_once_while_it_runs() {
    let account = account(Clock::Real).await;
    let machine = account.create("m", "STANDARD", WAIT).await;
    let first = account.start(&machine, "e", "{}").await;
    assert_eq!(account.start(&machine, "e", "{}").await, first);
    let exists = Err(format!(
        "ExecutionAlreadyExists: Execution Already Exists: '{}'",
        first.clone().unwrap()
    ));
    assert_eq!(account.start(&machine, "e", "[]").await, exists);
    let request = Object::from([("executionArn", first.clone().unwrap())]);
    account.ask("StopExecution", &request.into()).await.unwrap();
    account.ended(&first.unwrap()).await;
    assert_eq!(account.start(&machine, "e", "{}").await, exists);
}

#[tokio::test]
async fn a_stopped_execution_says_why() {
    let account = account(Clock::Real).await;
    let machine = account.create("m", "STANDARD", WAIT).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    let request = Object::from([
        ("executionArn", &*execution),
        ("error", "E"),
        ("cause", "C"),
    ]);
    account.ask("StopExecution", &request.into()).await.unwrap();
    let described = account.ended(&execution).await;
    assert_eq!(text(&described, "status"), "ABORTED");
    assert_eq!(
        (text(&described, "error"), text(&described, "cause")),
        ("E".into(), "C".into())
    );
    assert_eq!(text(&described, "redriveStatus"), "REDRIVABLE");
}

#[tokio::test]
async fn a_history_comes_in_pages_and_in_reverse() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let execution = account.start(&machine, "e", "{ }").await.unwrap();
    account.ended(&execution).await;
    let history = |more: &str| format!(r#"{{"executionArn": "{execution}"{more}}}"#);
    let ids = |page: &Value| -> Vec<i64> {
        let events = page.get("events").and_then(Value::as_array).unwrap();
        events
            .iter()
            .filter_map(|event| event.get("id")?.as_i64())
            .collect()
    };
    let whole = account
        .call("GetExecutionHistory", &history(""))
        .await
        .unwrap();
    assert_eq!(ids(&whole), [1, 2, 3, 4]);
    let reverse = history(r#", "reverseOrder": true, "maxResults": 3"#);
    let first = account.call("GetExecutionHistory", &reverse).await.unwrap();
    assert_eq!(ids(&first), [4, 3, 2]);
    let token = text(&first, "nextToken");
    let next = history(&format!(
        r#", "reverseOrder": true, "nextToken": "{token}""#
    ));
    let second = account.call("GetExecutionHistory", &next).await.unwrap();
    assert_eq!(ids(&second), [1]);
}

#[tokio::test]
async fn the_first_two_events_show_the_input_as_it_was_written() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let execution = account
        .start(&machine, "e", "{ \"a\":  1.50 }")
        .await
        .unwrap();
    account.ended(&execution).await;
    let request = Value::from(Object::from([("executionArn", execution.as_str())]));
    let history = account.ask("GetExecutionHistory", &request).await.unwrap();
    let events = history.get("events").and_then(Value::as_array).unwrap();
    let payload =
        |event: usize, details: &str, key: &str| text(events[event].get(details).unwrap(), key);
    assert_eq!(
        payload(0, "executionStartedEventDetails", "input"),
        "{ \"a\":  1.50 }"
    );
    assert_eq!(
        payload(1, "stateEnteredEventDetails", "input"),
        "{ \"a\":  1.50 }"
    );
    assert_eq!(
        payload(2, "stateExitedEventDetails", "output"),
        r#"{"a":1.50}"#
    );
    let without = request
        .as_object()
        .unwrap()
        .with("includeExecutionData", false);
    let history = account
        .ask("GetExecutionHistory", &without.into())
        .await
        .unwrap();
    assert!(!history.to_json().contains("1.50"));
}

#[tokio::test]
async fn an_express_execution_is_answered_with_its_result() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "EXPRESS", FAIL).await;
    let request = format!(r#"{{"stateMachineArn": "{machine}", "name": "e"}}"#);
    let answer = account.call("StartSyncExecution", &request).await.unwrap();
    assert_eq!(
        answer.to_json(),
        concat!(
            r#"{"executionArn":"arn:aws:states:us-east-1:123456789012:express:m:e:"#,
            r#"00000000-0000-4002-8000-000000000000","#,
            r#""stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:m","#,
            r#""name":"e","status":"FAILED","startDate":1767225600.000,"stopDate":1767225600.000,"#,
            r#""billingDetails":{"billedDurationInMilliseconds":100,"billedMemoryUsedInMB":64},"#,
            r#""input":"{}","inputDetails":{"included":true},"outputDetails":{"included":true},"#,
            r#""error":"E","cause":"C"}"#,
        )
    );
    let execution = text(&answer, "executionArn");
    let request = format!(r#"{{"executionArn": "{execution}"}}"#);
    assert_eq!(
        account.call("DescribeExecution", &request).await,
        Err("InvalidArn: Invalid Arn: 'Resource type not valid in this context: express'".into())
    );
}

#[tokio::test]
async fn only_express_machines_are_waited_for() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let request = format!(r#"{{"stateMachineArn": "{machine}"}}"#);
    let error = account
        .call("StartSyncExecution", &request)
        .await
        .unwrap_err();
    assert!(error.starts_with("StateMachineTypeNotSupported: "));
}

#[tokio::test]
async fn as_many_run_at_a_time_as_the_quota_says() {
    let quotas = Quotas {
        open_executions: 1,
        ..Quotas::default()
    };
    let account = with_quotas(Clock::Real, quotas).await;
    let machine = account.create("m", "STANDARD", WAIT).await;
    account.start(&machine, "a", "{}").await.unwrap();
    let error = account.start(&machine, "b", "{}").await.unwrap_err();
    assert!(error.starts_with("ExecutionLimitExceeded: "));
}

#[tokio::test]
async fn those_that_ran_before_count_among_those_that_run() {
    let store = Arc::new(MemoryStore::new());
    let account = on(store.clone(), Clock::Real, Quotas::default()).await;
    let machine = account.create("m", "STANDARD", WAIT).await;
    let execution = account.start(&machine, "a", "{}").await.unwrap();
    drop(account);
    let quotas = Quotas {
        open_executions: 1,
        ..Quotas::default()
    };
    let account = on(store, Clock::Real, quotas).await;
    let error = account.start(&machine, "b", "{}").await.unwrap_err();
    assert!(error.starts_with("ExecutionLimitExceeded: "));
    // Asking for the same again starts nothing.
    let again = account.start(&machine, "a", "{}").await;
    assert_eq!(again.as_ref(), Ok(&execution));
    let request = Object::from([("executionArn", execution)]);
    account.ask("StopExecution", &request.into()).await.unwrap();
    account.start(&machine, "b", "{}").await.unwrap();
}

#[tokio::test]
async fn a_long_list_comes_whole() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    for number in 0..120 {
        let execution = account.start(&machine, &number.to_string(), "{ }").await;
        account.ended(&execution.unwrap()).await;
    }
    let (mut token, mut names) = (String::new(), Vec::new());
    loop {
        let request = format!(r#"{{"stateMachineArn": "{machine}", "maxResults": 110{token}}}"#);
        let listed = account.call("ListExecutions", &request).await.unwrap();
        let executions = listed.get("executions").and_then(Value::as_array).unwrap();
        names.extend(executions.iter().map(|it| text(it, "name")));
        let Some(next) = listed.get("nextToken").and_then(Value::as_str) else {
            break;
        };
        token = format!(r#", "nextToken": "{next}""#);
    }
    let wanted: Vec<String> = (0..120).rev().map(|number| number.to_string()).collect();
    assert_eq!(names, wanted);
}

#[tokio::test]
async fn an_execution_keeps_the_definition_that_it_began_with() {
    let account = account(Clock::Real).await;
    let machine = account.create("m", "STANDARD", WAIT).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    let update = Object::from([("stateMachineArn", machine.as_str()), ("definition", PASS)]);
    let updated = account.ask("UpdateStateMachine", &update.into()).await;
    assert!(updated.unwrap().get("revisionId").is_some());
    let request = Object::from([("executionArn", execution)]);
    let described = account
        .ask("DescribeStateMachineForExecution", &request.into())
        .await
        .unwrap();
    assert_eq!(text(&described, "definition"), WAIT);
    assert_eq!(described.get("revisionId"), None);
    let request = Object::from([("stateMachineArn", machine)]);
    let described = account.ask("DescribeStateMachine", &request.into()).await;
    assert_eq!(text(&described.unwrap(), "definition"), PASS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_seen_the_last_event_finds_the_execution_ended() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", FAIL).await;
    // What is between an event and its consequence is seen now and then only.
    for number in 0..200 {
        let name = format!("e{number}");
        let execution = account.start(&machine, &name, "{}").await.unwrap();
        let request = Value::from(Object::from([("executionArn", execution)]));
        while !has_failed(&account, &request).await {
            tokio::task::yield_now().await;
        }
        let described = account.ask("DescribeExecution", &request).await.unwrap();
        assert_eq!(text(&described, "status"), "FAILED");
    }
}

/// Whether an execution's history says so.
async fn has_failed(account: &Account, request: &Value) -> bool {
    let history = account.ask("GetExecutionHistory", request).await;
    let history = history.expect("an execution has a history");
    history.to_json().contains("ExecutionFailed")
}

/// A Task whose first attempt fails.
const WORK: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
    "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f"}}}"#;

#[tokio::test]
async fn a_redriven_execution_goes_on_and_says_so() {
    let tasks = Arc::new(FailsOnce::default());
    let store = Arc::new(MemoryStore::new());
    let account = with_tasks(store, Clock::Virtual(NOW), Quotas::default(), tasks).await;
    let machine = account.create("m", "STANDARD", WORK).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    let failed = account.ended(&execution).await;
    assert_eq!(text(&failed, "redriveStatus"), "REDRIVABLE");
    assert_eq!(failed.get("redriveDate"), None);

    let request = Value::from(Object::from([("executionArn", execution.as_str())]));
    let redriven = account.ask("RedriveExecution", &request).await.unwrap();
    let ended = account.ended(&execution).await;
    assert_eq!(text(&ended, "status"), "SUCCEEDED");
    assert_eq!(ended.get("redriveCount").and_then(Value::as_i64), Some(1));
    assert_eq!(ended.get("redriveDate"), redriven.get("redriveDate"));
    assert_eq!(ended.get("error"), None);

    let refused = account.ask("RedriveExecution", &request).await.unwrap_err();
    assert_eq!(
        refused,
        format!(
            "ExecutionNotRedrivable: Execution {execution} invalid for redrive as: Execution is \
             SUCCEEDED and cannot be redriven"
        )
    );
}

#[tokio::test]
async fn a_machines_own_limits_say_whether_its_executions_are_redriven() {
    let own = Limits {
        history_events: None,
        ..Limits::default()
    };
    let quotas = Quotas {
        history_events: Some(4),
        machines: [("lifted".to_owned(), own)].into(),
        ..Quotas::default()
    };
    let account = with_quotas(Clock::Virtual(NOW), quotas).await;
    for (name, status) in [("lifted", "REDRIVABLE"), ("limited", "NOT_REDRIVABLE")] {
        let machine = account.create(name, "STANDARD", FAIL).await;
        let execution = account.start(&machine, "e", "{}").await.unwrap();
        let failed = account.ended(&execution).await;
        assert_eq!(text(&failed, "redriveStatus"), status, "{name}");
    }
}

#[tokio::test]
async fn a_redrive_that_fails_at_once_counts() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", FAIL).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    account.ended(&execution).await;
    let redrive = |token: &str| {
        let request = format!(r#"{{"executionArn": "{execution}", "clientToken": "{token}"}}"#);
        let account = &account;
        async move { account.call("RedriveExecution", &request).await }
    };
    let first = redrive("a").await.unwrap();
    account.ended(&execution).await;
    // Asking again with the same token is asking once.
    assert_eq!(redrive("a").await.unwrap(), first);
    redrive("b").await.unwrap();
    let described = account.ended(&execution).await;
    assert_eq!(
        described.get("redriveCount").and_then(Value::as_i64),
        Some(2)
    );
    let history = format!(r#"{{"executionArn": "{execution}"}}"#);
    let history = account.call("GetExecutionHistory", &history).await.unwrap();
    assert_eq!(history.to_json().matches("ExecutionRedriven\"").count(), 2);
}

#[tokio::test]
async fn executions_are_redriven_for_a_fortnight() {
    let quotas = Quotas {
        redrive_period: Some(std::time::Duration::ZERO),
        ..Quotas::default()
    };
    let account = with_quotas(Clock::Real, quotas).await;
    let machine = account.create("m", "STANDARD", FAIL).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    account.ended(&execution).await;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let request = Value::from(Object::from([("executionArn", execution.as_str())]));
    let described = account.ask("DescribeExecution", &request).await.unwrap();
    assert_eq!(
        text(&described, "redriveStatusReason"),
        "Execution redrivable period exceeded"
    );
    let refused = account.ask("RedriveExecution", &request).await;
    assert!(refused.unwrap_err().starts_with("ExecutionNotRedrivable: "));
}

#[tokio::test]
async fn executions_are_forgotten_at_their_time() {
    let store = Arc::new(MemoryStore::new());
    let account = on(store.clone(), Clock::Real, Quotas::default()).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let ended = account.start(&machine, "ended", "{}").await.unwrap();
    account.ended(&ended).await;
    let wait = account.create("w", "STANDARD", WAIT).await;
    let open = account.start(&wait, "open", "{}").await.unwrap();
    drop(account);
    // The sweep is for what ended before it began.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;

    let quotas = Quotas {
        retention: Some(std::time::Duration::ZERO),
        ..Quotas::default()
    };
    let account = on(store, Clock::Real, quotas).await;
    let describe = |execution: &str| {
        let request = format!(r#"{{"executionArn": "{execution}"}}"#);
        let account = &account;
        async move { account.call("DescribeExecution", &request).await }
    };
    while describe(&ended).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let gone = describe(&ended).await.unwrap_err();
    assert!(gone.starts_with("ExecutionDoesNotExist: "), "{gone}");
    assert_eq!(text(&describe(&open).await.unwrap(), "status"), "RUNNING");
    // The name is free again.
    assert_eq!(account.start(&machine, "ended", "{}").await, Ok(ended));
}

#[tokio::test]
async fn an_execution_is_listed_under_what_it_was_started_through() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    account
        .of("PublishStateMachineVersion", &machine, "")
        .await
        .unwrap();
    let version = format!("{machine}:1");
    let alias = format!(
        r#"{{"name": "PROD", "routingConfiguration":
            [{{"stateMachineVersionArn": "{version}", "weight": 100}}]}}"#
    );
    account
        .call("CreateStateMachineAlias", &alias)
        .await
        .unwrap();
    let alias = format!("{machine}:PROD");
    for (through, name) in [(&machine, "a"), (&version, "b"), (&alias, "c")] {
        let execution = account.start(through, name, "{}").await.unwrap();
        account.ended(&execution).await;
    }
    for (group, names) in [
        (&machine, vec!["c", "b", "a"]),
        (&version, vec!["c", "b"]),
        (&alias, vec!["c"]),
    ] {
        let request = format!(r#"{{"stateMachineArn": "{group}", "statusFilter": "SUCCEEDED"}}"#);
        let listed = account.call("ListExecutions", &request).await.unwrap();
        let executions = listed.get("executions").and_then(Value::as_array).unwrap();
        let listed: Vec<String> = executions.iter().map(|it| text(it, "name")).collect();
        assert_eq!(listed, names, "{group}");
    }
}

#[tokio::test]
async fn there_are_no_map_runs() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    let request = format!(r#"{{"executionArn": "{execution}"}}"#);
    let listed = account.call("ListMapRuns", &request).await.unwrap();
    assert_eq!(listed.to_json(), r#"{"mapRuns":[]}"#);
    let arn = "arn:aws:states:us-east-1:123456789012:mapRun:m/Map:1";
    for operation in ["DescribeMapRun", "UpdateMapRun"] {
        let request = format!(r#"{{"mapRunArn": "{arn}"}}"#);
        let error = account.call(operation, &request).await.unwrap_err();
        assert!(error.starts_with("ResourceNotFound: "), "{error}");
        let request = r#"{"mapRunArn": "arn:aws:states:us-east-1:123456789012:mapRun:m"}"#;
        let error = account.call(operation, request).await.unwrap_err();
        assert!(error.starts_with("InvalidArn: "), "{error}");
    }
    let request = format!(r#"{{"mapRunArn": "{arn}", "toleratedFailurePercentage": 101}}"#);
    let error = account.call("UpdateMapRun", &request).await.unwrap_err();
    assert!(error.starts_with("ValidationException: "), "{error}");
}

#[tokio::test]
async fn a_page_of_a_history_with_large_payloads_is_short() {
    let account = account(Clock::Virtual(NOW)).await;
    let states: Vec<String> = (0..40)
        .map(|number| {
            format!(
                r#""S{number}": {{"Type": "Pass", "Next": "S{}"}}"#,
                number + 1
            )
        })
        .collect();
    let definition = format!(
        r#"{{"StartAt": "S0", "States": {{{}, "S40": {{"Type": "Succeed"}}}}}}"#,
        states.join(", ")
    );
    let machine = account.create("m", "STANDARD", &definition).await;
    let input = format!("\"{}\"", "x".repeat(250_000));
    let execution = account.start(&machine, "e", &input).await.unwrap();
    account.ended(&execution).await;
    let (mut token, mut ids, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let request = format!(r#"{{"executionArn": "{execution}"{token}}}"#);
        let page = account.call("GetExecutionHistory", &request).await.unwrap();
        let events = page.get("events").and_then(Value::as_array).unwrap();
        ids.extend(events.iter().filter_map(|event| event.get("id")?.as_i64()));
        pages += 1;
        let Some(next) = page.get("nextToken").and_then(Value::as_str) else {
            break;
        };
        token = format!(r#", "nextToken": "{next}""#);
    }
    assert_eq!(ids, (1..=84).collect::<Vec<i64>>());
    assert_eq!(pages, 2);
}

#[tokio::test]
async fn executions_of_express_machines_have_so_much_room() {
    let quotas = Quotas {
        express_executions: 1,
        ..Quotas::default()
    };
    let account = with_quotas(Clock::Real, quotas).await;
    let machine = account.create("m", "EXPRESS", WAIT).await;
    account.start(&machine, "a", "{}").await.unwrap();
    let refused = account.start(&machine, "b", "{}").await;
    assert_eq!(
        refused,
        Err("ThrottlingException: Rate exceeded".to_owned())
    );
}

#[tokio::test]
async fn only_map_runs_are_listed_by_their_redrives() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let request = format!(r#"{{"stateMachineArn": "{machine}", "redriveFilter": "REDRIVEN"}}"#);
    let refused = account.call("ListExecutions", &request).await;
    assert_eq!(
        refused.unwrap_err(),
        "ValidationException: RedriveFilter cannot be applied to ListExecutions call with \
         StateMachine ARN"
    );
    let refused = account.call("ListExecutions", "{}").await;
    assert!(refused.unwrap_err().starts_with("ValidationException: "));
}

#[tokio::test]
async fn a_machine_may_have_limits_of_its_own() {
    let mut quotas = Quotas::default();
    let small = Limits {
        payload_bytes: 10,
        ..Limits::default()
    };
    for name in ["small", "small-express"] {
        quotas.machines.insert(name.to_owned(), small.clone());
    }
    let account = with_quotas(Clock::Virtual(NOW), quotas).await;
    for (name, status) in [("small", "FAILED"), ("large", "SUCCEEDED")] {
        let machine = account.create(name, "STANDARD", PASS).await;
        let execution = account.start(&machine, "e", r#"{"a": "0123456789"}"#).await;
        let ended = account.ended(&execution.unwrap()).await;
        assert_eq!(text(&ended, "status"), status, "{name}");
        let express = format!("{name}-express");
        let machine = account.create(&express, "EXPRESS", PASS).await;
        let input = r#", "input": "{\"a\": \"0123456789\"}""#;
        let ended = account.of("StartSyncExecution", &machine, input).await;
        assert_eq!(text(&ended.unwrap(), "status"), status, "{express}");
    }
}

#[tokio::test]
async fn a_redrive_is_asked_for_once_however_often_its_token_comes() {
    let store = Arc::new(MemoryStore::new());
    let open = || on(store.clone(), Clock::Virtual(NOW), Quotas::default());
    let account = open().await;
    let machine = account.create("m", "STANDARD", FAIL).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    account.ended(&execution).await;
    let ask = async |account: &Account, token: &str| {
        let request = format!(r#"{{"executionArn": "{execution}", "clientToken": "{token}"}}"#);
        account.call("RedriveExecution", &request).await
    };
    let (one, other) = tokio::join!(ask(&account, "a"), ask(&account, "a"));
    assert_eq!(one, other);
    account.ended(&execution).await;
    drop(account);

    let account = open().await;
    assert_eq!(ask(&account, "a").await, one);
    let redrives = async |account: &Account| {
        let described = account.ended(&execution).await;
        described.get("redriveCount").and_then(Value::as_i64)
    };
    assert_eq!(redrives(&account).await, Some(1));
    ask(&account, "b").await.expect("it failed again");
    assert_eq!(redrives(&account).await, Some(2));
}

#[tokio::test]
async fn a_token_is_answered_where_another_redrive_would_be_refused() {
    let store = Arc::new(MemoryStore::new());
    let tasks = Arc::new(FailsOnce::default());
    let account = with_tasks(store, Clock::Virtual(NOW), Quotas::default(), tasks).await;
    let machine = account.create("m", "STANDARD", WORK).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    account.ended(&execution).await;
    let ask = async |token: &str| {
        let request = format!(r#"{{"executionArn": "{execution}", "clientToken": "{token}"}}"#);
        account.call("RedriveExecution", &request).await
    };
    let first = ask("a").await;
    assert_eq!(
        text(&account.ended(&execution).await, "status"),
        "SUCCEEDED"
    );
    assert_eq!(ask("a").await, first);
    let refused = ask("b").await.unwrap_err();
    assert!(refused.starts_with("ExecutionNotRedrivable: "), "{refused}");
}
