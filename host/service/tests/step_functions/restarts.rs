//! What an account still knows when its store is opened again.

use std::path::Path;

use sandstep_journal::{SqliteOptions, SqliteStore};

use super::*;

async fn reopened(folder: &Path) -> Account {
    let store = SqliteStore::open(folder, SqliteOptions::default());
    let quotas = Quotas {
        state_machines: 1,
        ..Quotas::default()
    };
    on(
        Arc::new(store.expect("nobody else has it")),
        Clock::Real,
        quotas,
    )
    .await
}

#[tokio::test]
async fn everything_is_described_as_before() {
    let folder = tempfile::tempdir().expect("there is room");
    let account = reopened(folder.path()).await;
    let machine = account.create("m", "EXPRESS", PASS).await;
    let update = r#", "roleArn": "o", "publish": true, "versionDescription": "d""#;
    account
        .of("UpdateStateMachine", &machine, update)
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
    let second = Object::from([("name", "n"), ("definition", PASS), ("roleArn", "r")]);
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
    while account
        .of("DescribeStateMachine", &machine, "")
        .await
        .is_ok()
    {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    account.create("n", "STANDARD", PASS).await;
}
