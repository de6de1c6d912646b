//! Tasks that wait: for a worker, for whoever has their token, for another execution.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::sync::Mutex;
use std::time::Duration;

use sandstep_service::{FunctionRunner, Functions, Loader, Unobserved};

use super::hesitant::Hesitant;
use super::*;

const ACTIVITY: &str = "arn:aws:states:us-east-1:123456789012:activity:work";

/// Takes every request, and keeps the tokens in them.
#[derive(Default)]
struct TakesRequests(Mutex<Vec<String>>);

impl TaskRunner for TakesRequests {
    fn run(&self, call: TaskCall) -> TaskFuture {
        self.0.lock().unwrap().push(text(&call.task.input, "token"));
        let outcome = TaskOutcome::Accepted("taken".into());
        Box::pin(std::future::ready(outcome.into()))
    }
}

impl TakesRequests {
    async fn token(&self) -> String {
        loop {
            if let Some(token) = self.0.lock().unwrap().pop() {
                return token;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Account {
    async fn with_activity() -> Self {
        account(Clock::Real).await.and_activity().await
    }

    async fn and_activity(self) -> Self {
        let created = self.call("CreateActivity", r#"{"name": "work"}"#).await;
        assert_eq!(text(&created.unwrap(), "activityArn"), ACTIVITY);
        self
    }

    async fn poll(&self, worker: &str) -> Result<Value, String> {
        let request = Object::from([("activityArn", ACTIVITY), ("workerName", worker)]);
        self.ask("GetActivityTask", &request.into()).await
    }

    async fn succeed(&self, token: &str, output: &str) -> Result<Value, String> {
        let request = Object::from([("taskToken", token), ("output", output)]);
        self.ask("SendTaskSuccess", &request.into()).await
    }

    /// Waits until an execution has an event of this type.
    async fn until_event(&self, execution: &str, kind: &str) {
        while !self
            .history(execution)
            .await
            .iter()
            .any(|event| event == kind)
        {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// The types of the events of an execution.
    async fn history(&self, execution: &str) -> Vec<String> {
        let request = Value::from(Object::from([("executionArn", execution)]));
        let history = self.ask("GetExecutionHistory", &request).await;
        texts(&history.unwrap(), "events", "type")
    }
}

fn task(resource: &str, more: &str) -> String {
    format!(
        r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Task", "Resource": "{resource}", "End": true{more}}}}}}}"#
    )
}

#[tokio::test]
async fn a_worker_takes_the_task_of_an_activity_and_ends_it() {
    let account = Account::with_activity().await;
    let machine = account.create("m", "STANDARD", &task(ACTIVITY, "")).await;
    let execution = account
        .start(&machine, "e", r#"{"order": 7}"#)
        .await
        .unwrap();
    let taken = account.poll("anna").await.unwrap();
    assert_eq!(text(&taken, "input"), r#"{"order":7}"#);
    let token = text(&taken, "taskToken");
    account.succeed(&token, r#"{"done": true}"#).await.unwrap();
    let ended = account.ended(&execution).await;
    assert_eq!(text(&ended, "output"), r#"{"done":true}"#);
    let again = account.succeed(&token, "1").await.unwrap_err();
    assert_eq!(
        again,
        "TaskTimedOut: Task Timed Out: 'Provided task does not exist anymore'"
    );
    assert_eq!(
        account.history(&execution).await[2..5],
        ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]
    );
}

#[tokio::test]
async fn an_output_that_is_too_long_ends_nothing() {
    let account = Account::with_activity().await;
    let machine = account.create("m", "STANDARD", &task(ACTIVITY, "")).await;
    account.start(&machine, "e", "{}").await.unwrap();
    let token = text(&account.poll("anna").await.unwrap(), "taskToken");
    // It is bytes that count.
    let long = format!("\"{}\"", "é".repeat(128 * 1024));
    let refused = account.succeed(&token, &long).await.unwrap_err();
    assert!(refused.starts_with("ValidationException: "));
    account.succeed(&token, "1").await.unwrap();
}

#[tokio::test]
async fn a_worker_waits_for_a_task_and_those_before_it_are_served_first() {
    let account = Account::with_activity().await;
    let machine = account.create("m", "STANDARD", &task(ACTIVITY, "")).await;
    let mut first = std::pin::pin!(account.poll("anna"));
    let mut second = std::pin::pin!(account.poll("berta"));
    let pause = || tokio::time::sleep(Duration::from_millis(30));
    tokio::select! {
        biased;
        _ = &mut first => panic!("there is no task"),
        _ = &mut second => panic!("there is no task"),
        () = pause() => {}
    }
    account.start(&machine, "one", "1").await.unwrap();
    tokio::select! {
        task = &mut first => assert_eq!(text(&task.unwrap(), "input"), "1"),
        _ = &mut second => panic!("it came later"),
    }
    account.start(&machine, "two", "2").await.unwrap();
    assert_eq!(text(&second.await.unwrap(), "input"), "2");
}

#[tokio::test]
async fn a_worker_that_hangs_up_takes_no_task_with_it() {
    let account = Account::with_activity().await;
    let machine = account.create("m", "STANDARD", &task(ACTIVITY, "")).await;
    let hung_up = tokio::time::timeout(Duration::from_millis(20), account.poll("anna"));
    assert!(hung_up.await.is_err());
    account.start(&machine, "e", "1").await.unwrap();
    let taken = account.poll("berta").await.unwrap();
    assert_eq!(text(&taken, "input"), "1");
}

#[tokio::test(start_paused = true)]
async fn a_worker_is_told_after_a_minute_that_there_is_no_task() {
    let account = Account::with_activity().await;
    let nothing = account.poll("anna").await.unwrap();
    assert_eq!(nothing.to_json(), r#"{"taskToken":null,"input":null}"#);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_being_taken_at_the_end_of_that_minute_is_given() {
    let store = Arc::new(Hesitant::default());
    let account = on(store.clone(), Clock::Real, Quotas::default()).await;
    let account = account.and_activity().await;
    let machine = account.create("m", "STANDARD", &task(ACTIVITY, "")).await;
    account.start(&machine, "e", "1").await.unwrap();
    store.commits_after(Duration::from_secs(70));
    let taken = account.poll("anna").await.unwrap();
    assert_eq!(text(&taken, "input"), "1");
    account
        .succeed(&text(&taken, "taskToken"), "2")
        .await
        .unwrap();
}

#[tokio::test]
async fn an_activity_that_is_not_there_has_no_tasks() {
    let account = account(Clock::Real).await;
    let refused = account.poll("anna").await.unwrap_err();
    assert!(refused.starts_with("ActivityDoesNotExist: "), "{refused}");
    let machine = account.create("m", "STANDARD", &task(ACTIVITY, "")).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    let ended = account.ended(&execution).await;
    assert_eq!(text(&ended, "error"), "States.Runtime");
    assert_eq!(
        account.history(&execution).await[3],
        "ActivityScheduleFailed"
    );
}

#[tokio::test]
async fn whoever_has_the_token_ends_the_task() {
    let requests = Arc::new(TakesRequests::default());
    let store = Arc::new(MemoryStore::new());
    let account = with_tasks(store, Clock::Real, Quotas::default(), requests.clone()).await;
    let resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
    let parameters = r#", "HeartbeatSeconds": 60, "Parameters": {"token.$": "$$.Task.Token"}"#;
    let machine = account
        .create("m", "STANDARD", &task(resource, parameters))
        .await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    let token = requests.token().await;
    let sent = Object::from([("taskToken", token.as_str())]);
    let alive = account.ask("SendTaskHeartbeat", &sent.clone().into()).await;
    assert_eq!(alive, Ok(Object::new().into()));
    let no_json = account.succeed(&token, "{").await.unwrap_err();
    assert!(
        no_json.starts_with("InvalidOutput: Invalid Output: '"),
        "{no_json}"
    );
    let failed = account
        .ask("SendTaskFailure", &sent.with("error", "Refused").into())
        .await;
    assert_eq!(failed, Ok(Object::new().into()));
    let ended = account.ended(&execution).await;
    assert_eq!(text(&ended, "error"), "Refused");
    assert_eq!(ended.get("cause"), None);
    assert_eq!(
        account.history(&execution).await[3..6],
        ["TaskStarted", "TaskSubmitted", "TaskFailed"]
    );
}

#[tokio::test]
async fn a_token_that_was_not_made_here_is_refused() {
    let account = account(Clock::Real).await;
    for token in ["x", "sst1AAAA", &"A".repeat(2048)] {
        let refused = account.succeed(token, "1").await.unwrap_err();
        assert_eq!(refused, "InvalidToken: Invalid Token: 'Invalid token'");
    }
    for token in ["", &"A".repeat(2049)] {
        let refused = account.succeed(token, "1").await.unwrap_err();
        assert!(refused.starts_with("ValidationException: "), "{refused}");
    }
}

/// A machine that starts another, and what its execution comes to.
async fn nested(account: &Account, form: &str, child: &str, kind: &str) -> (Value, Vec<String>) {
    let child = account.create("child", kind, child).await;
    let resource = format!("arn:aws:states:::states:startExecution{form}");
    let parameters =
        format!(r#", "Parameters": {{"StateMachineArn": "{child}", "Input": {{"a": 1}}}}"#);
    let parent = task(&resource, &parameters);
    let parent = account.create("parent", "STANDARD", &parent).await;
    let execution = account.start(&parent, "e", "{}").await.unwrap();
    let ended = account.ended(&execution).await;
    let history = account.history(&execution).await;
    (ended, history)
}

#[tokio::test]
async fn a_nested_execution_is_started_and_left_alone() {
    let account = account(Clock::Real).await;
    let (ended, history) = nested(&account, "", WAIT, "STANDARD").await;
    let output = Value::parse(&text(&ended, "output")).unwrap();
    let child = text(&output, "ExecutionArn");
    assert!(child.contains(":execution:child:"), "{child}");
    assert_eq!(history[3..5], ["TaskStarted", "TaskSucceeded"]);
}

#[tokio::test]
async fn a_nested_execution_is_waited_for() {
    let account = account(Clock::Real).await;
    let (ended, history) = nested(&account, ".sync", PASS, "STANDARD").await;
    let output = Value::parse(&text(&ended, "output")).unwrap();
    assert_eq!(text(&output, "Output"), r#"{"a":1}"#);
    assert_eq!(text(&output, "Status"), "SUCCEEDED");
    assert_eq!(
        history[3..6],
        ["TaskStarted", "TaskSubmitted", "TaskSucceeded"]
    );
}

#[tokio::test]
async fn the_second_version_reads_the_output() {
    let account = account(Clock::Real).await;
    let (ended, _) = nested(&account, ".sync:2", PASS, "STANDARD").await;
    let output = Value::parse(&text(&ended, "output")).unwrap();
    let expected = Object::from([("a", 1)]);
    assert_eq!(output.get("Output"), Some(&expected.into()));
}

#[tokio::test]
async fn a_nested_execution_that_fails_is_the_cause() {
    let account = account(Clock::Real).await;
    let (ended, _) = nested(&account, ".sync", FAIL, "STANDARD").await;
    assert_eq!(text(&ended, "error"), "States.TaskFailed");
    let cause = Value::parse(&text(&ended, "cause")).unwrap();
    assert_eq!(text(&cause, "Error"), "E");
    assert_eq!(text(&cause, "Status"), "FAILED");
}

#[tokio::test]
async fn a_store_that_is_busy_is_no_answer_about_a_nested_execution() {
    let store = Arc::new(Hesitant::default());
    let open = || on(store.clone(), Clock::Real, Quotas::default());
    let account = open().await.and_activity().await;
    let child = account
        .create("child", "STANDARD", &task(ACTIVITY, ""))
        .await;
    let resource = "arn:aws:states:::states:startExecution.sync";
    let parameters = format!(r#", "Parameters": {{"StateMachineArn": "{child}"}}"#);
    let definition = task(resource, &parameters);
    let parent = account.create("parent", "STANDARD", &definition).await;
    let execution = account.start(&parent, "e", "{}").await.unwrap();
    account.until_event(&execution, "TaskSubmitted").await;
    drop(account);

    store.busy_finds.store(2, Ordering::Relaxed);
    let account = open().await;
    while store.busy_finds.load(Ordering::Relaxed) > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let taken = account.poll("anna").await.unwrap();
    account
        .succeed(&text(&taken, "taskToken"), "1")
        .await
        .unwrap();
    assert_eq!(
        text(&account.ended(&execution).await, "status"),
        "SUCCEEDED"
    );
}

#[tokio::test]
async fn an_express_execution_cannot_be_waited_for() {
    let account = account(Clock::Real).await;
    let (ended, _) = nested(&account, ".sync", PASS, "EXPRESS").await;
    let error = "StepFunctions.StateMachineTypeNotSupportedException";
    assert_eq!(text(&ended, "error"), error);
}

#[tokio::test]
async fn stopping_an_execution_stops_the_one_that_it_waits_for() {
    let account = account(Clock::Real).await;
    let child = account.create("child", "STANDARD", WAIT).await;
    let resource = "arn:aws:states:::states:startExecution.sync";
    let parameters = format!(r#", "Parameters": {{"StateMachineArn": "{child}", "Name": "c"}}"#);
    let parent = task(resource, &parameters);
    let parent = account.create("parent", "STANDARD", &parent).await;
    let execution = account.start(&parent, "e", "{}").await.unwrap();
    account.until_event(&execution, "TaskSubmitted").await;
    let stop = Object::from([("executionArn", execution)]);
    account.ask("StopExecution", &stop.into()).await.unwrap();
    let child = "arn:aws:states:us-east-1:123456789012:execution:child:c";
    assert_eq!(text(&account.ended(child).await, "status"), "ABORTED");
}

/// A parent whose task waits for a child named `c` that waits for ten minutes, and gives
/// up after a second.
async fn impatient(account: &Account) -> String {
    let child = account.create("child", "STANDARD", WAIT).await;
    let resource = "arn:aws:states:::states:startExecution.sync";
    let parameters = format!(
        r#", "TimeoutSeconds": 1, "Parameters": {{"StateMachineArn": "{child}", "Name": "c"}}"#
    );
    let parent = task(resource, &parameters);
    let parent = account.create("parent", "STANDARD", &parent).await;
    let execution = account.start(&parent, "e", "{}").await.unwrap();
    account.until_event(&execution, "TaskSubmitted").await;
    execution
}

/// What the child named `c` ends as, in good time.
async fn end_of_child(account: &Account) -> String {
    let child = "arn:aws:states:us-east-1:123456789012:execution:child:c";
    let ended = tokio::time::timeout(Duration::from_secs(10), account.ended(child)).await;
    text(&ended.expect("it is stopped"), "status")
}

#[tokio::test]
async fn a_nested_execution_is_stopped_whose_time_was_up_while_the_server_was_down() {
    let store = Arc::new(MemoryStore::new());
    let open = || on(store.clone(), Clock::Real, Quotas::default());
    let account = open().await;
    let execution = impatient(&account).await;
    drop(account);
    tokio::time::sleep(Duration::from_millis(1100)).await;

    let account = open().await;
    let ended = account.ended(&execution).await;
    assert_eq!(text(&ended, "error"), "States.Timeout");
    assert_eq!(end_of_child(&account).await, "ABORTED");
}

#[tokio::test]
async fn a_nested_execution_is_stopped_whose_parent_is_stopped_as_the_server_starts() {
    let store = Arc::new(MemoryStore::new());
    let open = || on(store.clone(), Clock::Real, Quotas::default());
    let account = open().await;
    let execution = impatient(&account).await;
    drop(account);

    let account = open().await;
    let stop = Object::from([("executionArn", execution)]);
    account.ask("StopExecution", &stop.into()).await.unwrap();
    assert_eq!(end_of_child(&account).await, "ABORTED");
}

#[tokio::test]
async fn a_nested_execution_is_stopped_that_was_just_being_started() {
    let store = Arc::new(MemoryStore::new());
    let account = with_tasks(
        store,
        Clock::Real,
        Quotas::default(),
        Arc::new(FailsOnce::default()),
    )
    .await;
    let child = account.create("child", "STANDARD", WAIT).await;
    let definition = r#"{"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true,
        "Branches": [
            {"StartAt": "Nested", "States": {"Nested": {"Type": "Task", "End": true,
                "Resource": "arn:aws:states:::states:startExecution.sync",
                "Parameters": {"StateMachineArn": "CHILD", "Name": "c"}}}},
            {"StartAt": "Fails", "States": {
                "Fails": {"Type": "Task", "Resource": "f", "End": true}}}]}}}"#;
    let definition = definition.replace("CHILD", &child);
    let parent = account.create("parent", "STANDARD", &definition).await;
    let execution = account.start(&parent, "e", "{}").await.unwrap();
    let ended = account.ended(&execution).await;
    assert_eq!(text(&ended, "error"), "Boom");
    assert_eq!(end_of_child(&account).await, "ABORTED");
}

#[tokio::test]
async fn any_operation_is_a_task() {
    let account = Account::with_activity().await;
    let resource = "arn:aws:states:::aws-sdk:sfn:describeActivity";
    let parameters = format!(r#", "Parameters": {{"ActivityArn": "{ACTIVITY}"}}"#);
    let definition = task(resource, &parameters);
    let machine = account.create("m", "STANDARD", &definition).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    let ended = account.ended(&execution).await;
    let output = Value::parse(&text(&ended, "output")).unwrap();
    assert_eq!(text(&output, "Name"), "work");
}

#[tokio::test]
async fn a_task_is_scheduled_in_its_accounts_region() {
    let store = Arc::new(MemoryStore::new());
    let clock = Clock::Virtual(NOW);
    let account = open(Settings {
        region: "eu-west-1".to_owned(),
        ..settings(store, clock, Quotas::default(), Arc::new(Echo))
    })
    .await;
    let definition = task("arn:aws:states:::sqs:sendMessage", "");
    let machine = account.create("m", "STANDARD", &definition).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    account.ended(&execution).await;
    let request = Object::from([("executionArn", execution)]);
    let history = account.ask("GetExecutionHistory", &request.into()).await;
    let history = history.unwrap();
    let events = history.get("events").and_then(Value::as_array).unwrap();
    let scheduled = events[2].get("taskScheduledEventDetails").unwrap();
    assert_eq!(text(scheduled, "region"), "eu-west-1");
}

#[tokio::test]
async fn a_token_is_good_after_a_restart_and_its_task_is_not_run_again() {
    let (store, requests) = (Arc::new(MemoryStore::new()), TakesRequests::default());
    let requests = Arc::new(requests);
    let open = || {
        with_tasks(
            store.clone(),
            Clock::Real,
            Quotas::default(),
            requests.clone(),
        )
    };
    let account = open().await;
    let resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
    let parameters = r#", "Parameters": {"token.$": "$$.Task.Token"}"#;
    let definition = task(resource, parameters);
    let machine = account.create("m", "STANDARD", &definition).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    let token = requests.token().await;
    account.until_event(&execution, "TaskSubmitted").await;
    drop(account);

    let account = open().await;
    account.succeed(&token, "1").await.unwrap();
    assert_eq!(text(&account.ended(&execution).await, "output"), "1");
    assert!(requests.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_nested_execution_is_started_once_and_waited_for_after_a_restart() {
    let store = Arc::new(MemoryStore::new());
    let open = || on(store.clone(), Clock::Real, Quotas::default());
    let account = open().await;
    account
        .call("CreateActivity", r#"{"name": "work"}"#)
        .await
        .unwrap();
    let child = account
        .create("child", "STANDARD", &task(ACTIVITY, ""))
        .await;
    let resource = "arn:aws:states:::states:startExecution.sync:2";
    let parameters = format!(r#", "Parameters": {{"StateMachineArn": "{child}"}}"#);
    let definition = task(resource, &parameters);
    let parent = account.create("parent", "STANDARD", &definition).await;
    let execution = account.start(&parent, "e", "{}").await.unwrap();
    account.until_event(&execution, "TaskSubmitted").await;
    drop(account);

    let account = open().await;
    let taken = account.poll("anna").await.unwrap();
    let token = text(&taken, "taskToken");
    account.succeed(&token, "1").await.unwrap();
    let ended = account.ended(&execution).await;
    let output = Value::parse(&text(&ended, "output")).unwrap();
    assert_eq!(output.get("Output"), Some(&1.into()));
    let children = account.of("ListExecutions", &child, "").await.unwrap();
    let statuses = texts(&children, "executions", "status");
    assert_eq!(statuses, ["SUCCEEDED"]);
}

#[tokio::test]
async fn a_function_is_called_at_most_once_where_that_is_asked_for() {
    let store = Arc::new(MemoryStore::new());
    // It is never loaded, so that its call never ends.
    let (_loader, loading) = Loader::begin();
    let functions = Functions::default();
    functions.insert("f", loading);
    functions.call_at_most_once("f");
    let open = || {
        let runner = Arc::new(FunctionRunner::new(functions.clone(), Unobserved));
        with_tasks(store.clone(), Clock::Real, Quotas::default(), runner)
    };
    let account = open().await;
    let catch = r#", "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "B"}]"#;
    let caught = r#"}, "B": {"Type": "Pass", "OutputPath": "$.Error", "End": true}}}"#;
    let definition = task("f", catch).replace("}}}", caught);
    let machine = account.create("m", "STANDARD", &definition).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    account
        .until_event(&execution, "LambdaFunctionStarted")
        .await;
    drop(account);

    let ended = open().await.ended(&execution).await;
    assert_eq!(text(&ended, "output"), r#""Sandstep.TaskInterrupted""#);
}
