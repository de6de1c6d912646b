//! What comes of requests that are made at once, on each store.

use std::collections::BTreeSet;
use std::future::Future;

use super::*;

const CLIENTS: usize = 16;

/// The answers to requests that are made at once.
async fn at_once(
    account: &Arc<Account>,
    operation: &'static str,
    request: impl Fn(usize) -> Value,
) -> Vec<Result<Value, String>> {
    let asked: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (account, request) = (Arc::clone(account), request(client));
            tokio::spawn(async move { account.ask(operation, &request).await })
        })
        .collect();
    let mut answers = Vec::new();
    for asked in asked {
        answers.push(asked.await.expect("no request panics"));
    }
    answers
}

fn creation(definition: &str) -> Value {
    Value::from(Object::from([
        ("name", "m"),
        ("definition", definition),
        ("roleArn", ROLE),
    ]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_creation_is_answered_the_same() {
    on_each(|account| async move {
        let answers = at_once(&account, "CreateStateMachine", |_| creation(PASS)).await;
        let first = answers[0].clone();
        assert!(first.is_ok() && answers.iter().all(|answer| *answer == first));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_different_creations_one_wins() {
    on_each(|account| async move {
        let definition = |client: usize| PASS.replace("\"A\"", &format!("\"A{client}\""));
        let answers = at_once(&account, "CreateStateMachine", |client| {
            creation(&definition(client))
        })
        .await;
        let exists = "StateMachineAlreadyExists: State Machine Already Exists: \
                      'arn:aws:states:us-east-1:123456789012:stateMachine:m'";
        let lost = answers
            .iter()
            .filter(|answer| **answer == Err(exists.to_owned()));
        assert_eq!(lost.count(), CLIENTS - 1);
        let winner = answers
            .iter()
            .position(Result::is_ok)
            .expect("somebody wins");
        let machine = text(answers[winner].as_ref().unwrap(), "stateMachineArn");
        let described = account
            .of("DescribeStateMachine", &machine, "")
            .await
            .unwrap();
        assert_eq!(text(&described, "definition"), definition(winner));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_update_that_publishes_has_a_version_of_its_own() {
    on_each(|account| async move {
        let machine = account.create("m", "STANDARD", PASS).await;
        let role = |client: usize| format!("{ROLE}{client}");
        let answers = at_once(&account, "UpdateStateMachine", |client| {
            Value::from(Object::from([
                ("stateMachineArn", Value::from(machine.as_str())),
                ("roleArn", role(client).into()),
                ("publish", true.into()),
            ]))
        })
        .await;
        let mut versions = BTreeSet::new();
        for (client, answer) in answers.iter().enumerate() {
            let version = text(answer.as_ref().unwrap(), "stateMachineVersionArn");
            let described = account
                .of("DescribeStateMachine", &version, "")
                .await
                .unwrap();
            assert_eq!(text(&described, "roleArn"), role(client));
            versions.insert(version);
        }
        let numbered: BTreeSet<String> = (1..=CLIENTS)
            .map(|number| format!("{machine}:{number}"))
            .collect();
        assert_eq!(versions, numbered);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revision_that_all_publish_is_one_version() {
    on_each(|account| async move {
        let machine = account.create("m", "STANDARD", PASS).await;
        let request = Value::from(Object::from([("stateMachineArn", machine.as_str())]));
        let answers = at_once(&account, "PublishStateMachineVersion", |_| request.clone()).await;
        let version = format!("{machine}:1");
        let is_first = |answer: &Result<Value, String>| {
            text(answer.as_ref().unwrap(), "stateMachineVersionArn") == version
        };
        assert!(answers.iter().all(is_first));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_alias_never_refers_to_a_version_that_is_gone() {
    on_each(|account| async move {
        for round in 0..10 {
            let machine = account.create(&format!("m{round}"), "STANDARD", PASS).await;
            account
                .of("PublishStateMachineVersion", &machine, "")
                .await
                .unwrap();
            let version = format!("{machine}:1");
            let delete = Value::from(Object::from([("stateMachineVersionArn", &*version)]));
            let alias = format!(
                r#"{{"name": "a", "routingConfiguration":
                    [{{"stateMachineVersionArn": "{version}", "weight": 100}}]}}"#
            );
            let (deleted, aliased) = tokio::join!(
                account.ask("DeleteStateMachineVersion", &delete),
                account.call("CreateStateMachineAlias", &alias),
            );
            let (gone, error) = match (deleted, aliased) {
                (Ok(_), Err(error)) => (true, error),
                (Err(error), Ok(_)) => (false, error),
                both => panic!("one of them must lose: {both:?}"),
            };
            let code = if gone {
                "ResourceNotFound: "
            } else {
                "ConflictException: "
            };
            assert!(error.starts_with(code), "{error}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_tag_is_lost() {
    on_each(|account| async move {
        let machine = account.create("m", "STANDARD", PASS).await;
        let answers = at_once(&account, "TagResource", |client| {
            let tags = format!(r#"[{{"key": "k{client:02}", "value": "v"}}]"#);
            let request = format!(r#"{{"resourceArn": "{machine}", "tags": {tags}}}"#);
            Value::parse(&request).unwrap()
        })
        .await;
        assert!(answers.iter().all(Result::is_ok));
        let request = format!(r#"{{"resourceArn": "{machine}"}}"#);
        let listed = account.call("ListTagsForResource", &request).await.unwrap();
        let keys: BTreeSet<String> = texts(&listed, "tags", "key").into_iter().collect();
        assert_eq!(keys.len(), CLIENTS);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_that_hangs_up_leaves_nothing_half_done() {
    let quotas = Quotas {
        state_machines: 1,
        ..Quotas::default()
    };
    let folder = tempfile::tempdir().expect("there is room");
    let store = SqliteStore::open(folder.path(), SqliteOptions::default());
    let store = Arc::new(store.expect("the folder is empty"));
    let account = on(store, Clock::Virtual(NOW), quotas).await;
    let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:m";
    let about = Value::from(Object::from([("stateMachineArn", machine)]));
    let other = [("name", "n"), ("definition", PASS), ("roleArn", ROLE)];
    let (other, about_other) = (
        Value::from(Object::from(other)),
        machine.replace(":m", ":n"),
    );
    let is_there = async || account.ask("DescribeStateMachine", &about).await.is_ok();
    for _ in 0..5 {
        hang_up(account.ask("CreateStateMachine", &creation(PASS))).await;
        while !is_there().await {
            tokio::task::yield_now().await;
        }
        let refused = account.ask("CreateStateMachine", &other).await;
        let refused = refused.expect_err("there is room for one");
        assert!(refused.starts_with("StateMachineLimitExceeded: "));
        hang_up(account.ask("DeleteStateMachine", &about)).await;
        while account.ask("CreateStateMachine", &other).await.is_err() {
            tokio::task::yield_now().await;
        }
        let deleted = account.of("DeleteStateMachine", &about_other, "").await;
        deleted.expect("it was created");
    }
}

/// Asks for something and does not wait for the answer.
async fn hang_up(asked: impl Future) {
    let mut asked = std::pin::pin!(asked);
    std::future::poll_fn(|context| {
        let _ = asked.as_mut().poll(context);
        std::task::Poll::Ready(())
    })
    .await;
}
