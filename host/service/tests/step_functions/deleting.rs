//! What becomes of a state machine that is deleted.

use super::*;

#[tokio::test]
async fn everything_of_a_state_machine_goes_with_it() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    account.create("m2", "STANDARD", PASS).await;
    account
        .of("PublishStateMachineVersion", &machine, "")
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
    let execution = account
        .start(&format!("{machine}:PROD"), "e", "{}")
        .await
        .unwrap();
    account.ended(&execution).await;
    account
        .of("DeleteStateMachine", &machine, "")
        .await
        .unwrap();
    for arn in [
        machine.clone(),
        format!("{machine}:1"),
        format!("{machine}:PROD"),
    ] {
        let gone = Err(format!(
            "StateMachineDoesNotExist: State Machine Does Not Exist: '{arn}'"
        ));
        assert_eq!(account.of("DescribeStateMachine", &arn, "").await, gone);
        assert_eq!(account.of("StartExecution", &arn, "").await, gone);
    }
    let listed = account.call("ListStateMachines", "{}").await.unwrap();
    assert_eq!(texts(&listed, "stateMachines", "name"), ["m2"]);
    // What its execution ran is still told.
    let request = format!(r#"{{"executionArn": "{execution}"}}"#);
    let ran = account
        .call("DescribeStateMachineForExecution", &request)
        .await
        .unwrap();
    assert_eq!(text(&ran, "definition"), PASS);
    // A new one of the same name begins anew.
    account.create("m", "STANDARD", PASS).await;
    let first = account
        .of("PublishStateMachineVersion", &machine, "")
        .await
        .unwrap();
    assert_eq!(
        text(&first, "stateMachineVersionArn"),
        format!("{machine}:1")
    );
}

#[tokio::test]
async fn a_state_machine_is_deleting_until_its_executions_are_aborted() {
    let account = account(Clock::Real).await;
    let machine = account.create("m", "STANDARD", WAIT).await;
    let execution = account.start(&machine, "e", "{}").await.unwrap();
    account
        .of("DeleteStateMachine", &machine, "")
        .await
        .unwrap();
    let described = account
        .of("DescribeStateMachine", &machine, "")
        .await
        .unwrap();
    assert_eq!(text(&described, "status"), "DELETING");
    let deleting = format!("StateMachineDeleting: State Machine is being deleted: '{machine}'");
    let create = Object::from([("name", "m"), ("definition", WAIT), ("roleArn", ROLE)]);
    for refused in [
        account.of("StartExecution", &machine, "").await,
        account.of("UpdateStateMachine", &machine, OTHER_ROLE).await,
        account.of("PublishStateMachineVersion", &machine, "").await,
        account.ask("CreateStateMachine", &create.into()).await,
    ] {
        assert_eq!(refused, Err(deleting.clone()));
    }
    assert_eq!(text(&account.ended(&execution).await, "status"), "ABORTED");
    while account
        .of("DescribeStateMachine", &machine, "")
        .await
        .is_ok()
    {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    account.create("m", "STANDARD", PASS).await;
}

#[tokio::test]
async fn a_qualified_arn_deletes_what_it_names_alone() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    account
        .of("PublishStateMachineVersion", &machine, "")
        .await
        .unwrap();
    account
        .of("DeleteStateMachine", &format!("{machine}:1"), "")
        .await
        .unwrap();
    let versions = account
        .of("ListStateMachineVersions", &machine, "")
        .await
        .unwrap();
    assert_eq!(versions.to_json(), r#"{"stateMachineVersions":[]}"#);
}

#[tokio::test]
async fn a_state_machine_does_not_list_the_executions_of_its_namesake() {
    on_each(|account| async move {
        let machine = account.create("m", "STANDARD", PASS).await;
        let publish = async || {
            let published = account.of("PublishStateMachineVersion", &machine, "").await;
            text(&published.unwrap(), "stateMachineVersionArn")
        };
        let version = publish().await;
        let old = account.start(&version, "old", "{}").await.unwrap();
        account.ended(&old).await;
        account
            .of("DeleteStateMachine", &machine, "")
            .await
            .unwrap();
        account.create("m", "STANDARD", PASS).await;
        assert_eq!(publish().await, version);
        let list = async |arn: &str| {
            let listed = account.of("ListExecutions", arn, "").await.unwrap();
            texts(&listed, "executions", "name")
        };
        for arn in [&machine, &version] {
            assert_eq!(list(arn).await, [""; 0]);
        }
        account.start(&version, "new", "{}").await.unwrap();
        for arn in [&machine, &version] {
            assert_eq!(list(arn).await, ["new"]);
        }
        // By its own name it is known as long as it is kept, and the name is taken.
        assert_eq!(text(&account.ended(&old).await, "status"), "SUCCEEDED");
        let taken = account.start(&machine, "old", "{}").await.unwrap_err();
        assert!(taken.starts_with("ExecutionAlreadyExists: "), "{taken}");
    })
    .await;
}
