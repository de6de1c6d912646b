//! What an account still knows when its store is opened again.

use std::path::Path;
use std::time::{Duration, Instant};

use sandstep_journal::OpenError;

use super::*;

/// Opens a store once whoever had it has let it go.
async fn reopened(folder: &Path) -> Account {
    let quotas = Quotas {
        state_machines: 1,
        ..Quotas::default()
    };
    let began = Instant::now();
    loop {
        match SqliteStore::open(folder, SqliteOptions::default()) {
            Ok(store) => return on(Arc::new(store), Clock::Real, quotas).await,
            Err(OpenError::InUse(_)) if began.elapsed() < Duration::from_secs(10) => {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn everything_is_described_as_before() {
    let folder = tempfile::tempdir().expect("there is room");
    let account = reopened(folder.path()).await;
    let machine = account.create("m", "EXPRESS", PASS).await;
    let update = format!(r#"{OTHER_ROLE}, "publish": true, "versionDescription": "d""#);
    account
        .of("UpdateStateMachine", &machine, &update)
        .await
        .unwrap();
    let alias = format!(
        r#"{{"name": "PROD", "routingConfiguration":
            [{{"stateMachineVersionArn": "{machine}:1", "weight": 100}}]}}"#
    );
    account
        .call("CreateStateMachineAlias", &alias)
        .await
        .unwrap();
    let activity = r#"{"name": "a", "tags": [{"key": "k", "value": "v"}]}"#;
    account.call("CreateActivity", activity).await.unwrap();
    let before = everything(&account, &machine).await;
    drop(account);
    let account = reopened(folder.path()).await;
    assert_eq!(everything(&account, &machine).await, before);
    let second = Object::from([("name", "n"), ("definition", PASS), ("roleArn", ROLE)]);
    let full = account.ask("CreateStateMachine", &second.into()).await;
    assert!(full.unwrap_err().starts_with("StateMachineLimitExceeded: "));
}

/// All that is told of a state machine and of the account's activities.
async fn everything(account: &Account, machine: &str) -> Vec<String> {
    let alias = format!(r#"{{"stateMachineAliasArn": "{machine}:PROD"}}"#);
    let activity = machine.replace("stateMachine:m", "activity:a");
    let activity = format!(r#"{{"activityArn": "{activity}"}}"#);
    let tagged = activity.replace("activityArn", "resourceArn");
    let answers = [
        account.of("DescribeStateMachine", machine, "").await,
        account
            .of("DescribeStateMachine", &format!("{machine}:1"), "")
            .await,
        account.of("ListStateMachineVersions", machine, "").await,
        account.call("DescribeStateMachineAlias", &alias).await,
        account.call("DescribeActivity", &activity).await,
        account.call("ListTagsForResource", &tagged).await,
    ];
    let answers = answers.map(|answer| answer.expect("it is there").to_json());
    answers.into()
}

#[tokio::test]
async fn what_was_being_deleted_is_deleted() {
    let folder = tempfile::tempdir().expect("there is room");
    let account = reopened(folder.path()).await;
    let machine = account.create("m", "STANDARD", WAIT).await;
    account.start(&machine, "e", "{}").await.unwrap();
    account
        .of("DeleteStateMachine", &machine, "")
        .await
        .unwrap();
    drop(account);
    let account = reopened(folder.path()).await;
    // Its place is free once it is gone.
    let next = Object::from([("name", "n"), ("definition", PASS), ("roleArn", ROLE)]);
    let next = Value::from(next);
    while account.ask("CreateStateMachine", &next).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let gone = account.of("DescribeStateMachine", &machine, "").await;
    assert!(gone.unwrap_err().starts_with("StateMachineDoesNotExist: "));
}

#[tokio::test]
async fn an_execution_goes_on_with_what_it_was_started_with() {
    let folder = tempfile::tempdir().expect("there is room");
    let account = reopened(folder.path()).await;
    let definition = WAIT.replace("600", "1");
    let machine = account.create("m", "STANDARD", &definition).await;
    let request = Object::from([
        ("stateMachineArn", machine.as_str()),
        ("name", "e"),
        ("input", r#"{ "a": 1 }"#),
        ("traceHeader", "Root=1"),
    ]);
    let started = account.ask("StartExecution", &request.into()).await;
    let execution = text(&started.unwrap(), "executionArn");
    let update =
        r#", "definition": "{\"StartAt\": \"B\", \"States\": {\"B\": {\"Type\": \"Fail\"}}}""#;
    account
        .of("UpdateStateMachine", &machine, update)
        .await
        .unwrap();
    drop(account);
    let account = reopened(folder.path()).await;
    let ended = account.ended(&execution).await;
    assert_eq!(text(&ended, "status"), "SUCCEEDED");
    assert_eq!(text(&ended, "input"), r#"{ "a": 1 }"#);
    assert_eq!(text(&ended, "traceHeader"), "Root=1");
    let request = format!(r#"{{"executionArn": "{execution}"}}"#);
    let pinned = account.call("DescribeStateMachineForExecution", &request);
    assert_eq!(text(&pinned.await.unwrap(), "definition"), definition);
    let taken = account.start(&machine, "e", "{}").await.unwrap_err();
    assert!(taken.starts_with("ExecutionAlreadyExists: "), "{taken}");
}
