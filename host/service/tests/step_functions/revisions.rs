//! How long what a state machine was once is kept.

use sandstep_journal::{CatalogQuery, Kind};

use super::*;

/// An account, and the store that it is kept in.
struct Kept {
    account: Arc<Account>,
    store: Arc<MemoryStore>,
}

async fn kept(clock: Clock) -> Kept {
    let store = Arc::new(MemoryStore::new());
    let account = on(store.clone(), clock, Quotas::default()).await;
    let account = Arc::new(account);
    Kept { account, store }
}

impl Kept {
    /// How many revisions are left by a sweep.
    async fn after_sweep(&self) -> usize {
        self.account.0.sweep().await.expect("the store answers");
        let all = CatalogQuery {
            kind: Kind::Revision,
            prefix: String::new(),
            after: None,
            limit: usize::MAX,
        };
        let revisions = Catalog::list(&*self.store, all).await;
        revisions.expect("the store answers").len()
    }

    /// Changes the definition of a machine into another one that ends at once.
    async fn update(&self, machine: &str, state: &str) {
        let definition = PASS.replace("\"A\"", &format!("\"{state}\""));
        let update = Object::from([
            ("stateMachineArn", machine),
            ("definition", definition.as_str()),
        ]);
        let updated = self.account.ask("UpdateStateMachine", &update.into()).await;
        updated.expect("it is updated");
    }

    async fn start(&self, machine: &str) -> String {
        let started = self.account.of("StartExecution", machine, "").await;
        let execution = text(&started.expect("it is started"), "executionArn");
        self.account.ended(&execution).await;
        execution
    }

    async fn definition_of(&self, execution: &str) -> String {
        definition_of(&self.account, execution).await
    }
}

async fn definition_of(account: &Account, execution: &str) -> String {
    let request = format!(r#"{{"executionArn": "{execution}"}}"#);
    let described = account.call("DescribeStateMachineForExecution", &request);
    text(&described.await.expect("it is kept"), "definition")
}

#[tokio::test]
async fn an_update_leaves_nothing_behind_that_nothing_refers_to() {
    let kept = kept(Clock::Virtual(NOW)).await;
    for (name, kind) in [("s", "STANDARD"), ("e", "EXPRESS")] {
        let machine = kept.account.create(name, kind, PASS).await;
        for number in 0..20 {
            kept.update(&machine, &format!("B{number}")).await;
        }
    }
    assert_eq!(kept.after_sweep().await, 2);
    for machine in ["s", "e"] {
        let arn = format!("arn:aws:states:us-east-1:123456789012:stateMachine:{machine}");
        let described = kept.account.of("DescribeStateMachine", &arn, "").await;
        let definition = text(&described.unwrap(), "definition");
        assert!(definition.contains("B19"), "{definition}");
    }
}

#[tokio::test]
async fn a_revision_is_kept_for_a_version() {
    let kept = kept(Clock::Virtual(NOW)).await;
    let machine = kept.account.create("m", "STANDARD", PASS).await;
    let publish = kept.account.of("PublishStateMachineVersion", &machine, "");
    let version = text(&publish.await.unwrap(), "stateMachineVersionArn");
    kept.update(&machine, "B").await;
    assert_eq!(kept.after_sweep().await, 2);
    let execution = kept.start(&version).await;
    let delete = Value::from(Object::from([("stateMachineVersionArn", &*version)]));
    let deleted = kept.account.ask("DeleteStateMachineVersion", &delete).await;
    deleted.expect("no alias refers to it");
    assert_eq!(kept.after_sweep().await, 2);
    assert_eq!(kept.definition_of(&execution).await, PASS);
    Journal::expire(&*kept.store, i64::MAX, 10).await.unwrap();
    assert_eq!(kept.after_sweep().await, 1);
}

#[tokio::test]
async fn a_revision_is_kept_for_an_execution_as_long_as_that_is_kept() {
    let kept = kept(Clock::Virtual(NOW)).await;
    let machine = kept.account.create("m", "STANDARD", PASS).await;
    let first = kept.start(&machine).await;
    kept.update(&machine, "B").await;
    kept.update(&machine, "C").await;
    let last = kept.start(&machine).await;
    kept.account
        .of("DeleteStateMachine", &machine, "")
        .await
        .unwrap();
    // More often than once: it is found in another way then.
    for _ in 0..3 {
        assert_eq!(kept.after_sweep().await, 2);
        assert_eq!(kept.definition_of(&first).await, PASS);
        assert!(kept.definition_of(&last).await.contains("\"C\""));
    }
    Journal::expire(&*kept.store, i64::MAX, 1).await.unwrap();
    assert_eq!(kept.after_sweep().await, 1);
    Journal::expire(&*kept.store, i64::MAX, 1).await.unwrap();
    assert_eq!(kept.after_sweep().await, 0);
}

#[tokio::test]
async fn another_execution_keeps_a_revision_where_the_one_that_did_is_gone() {
    let kept = kept(Clock::Real).await;
    let machine = kept.account.create("m", "STANDARD", WAIT).await;
    let sleeps = kept.account.start(&machine, "sleeps", "{}").await.unwrap();
    let stopped = kept.account.start(&machine, "stopped", "{}").await.unwrap();
    kept.update(&machine, "B").await;
    assert_eq!(kept.after_sweep().await, 2);
    let stop = format!(r#"{{"executionArn": "{stopped}"}}"#);
    kept.account.call("StopExecution", &stop).await.unwrap();
    Journal::expire(&*kept.store, i64::MAX, 10).await.unwrap();
    assert_eq!(kept.after_sweep().await, 2);
    assert_eq!(kept.definition_of(&sleeps).await, WAIT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_start_loses_its_revision_to_a_sweep() {
    on_each(|account| async move {
        let machine = account.create("m", "STANDARD", PASS).await;
        let sweeping = {
            let account = Arc::clone(&account);
            tokio::spawn(async move {
                loop {
                    account.0.sweep().await.expect("the store answers");
                }
            })
        };
        let starting = (0..8).map(|client| {
            let (account, machine) = (Arc::clone(&account), machine.clone());
            tokio::spawn(async move {
                let mut executions = Vec::new();
                for number in 0..40 {
                    let role = format!("arn:aws:iam::123456789012:role/r{client}-{number}");
                    let role = format!(r#", "roleArn": "{role}""#);
                    let name = format!("{client}-{number}");
                    let (updated, started) = tokio::join!(
                        account.of("UpdateStateMachine", &machine, &role),
                        account.start(&machine, &name, "{}"),
                    );
                    updated.expect("it is updated");
                    executions.push(started.expect("it is started"));
                }
                executions
            })
        });
        for executions in starting.collect::<Vec<_>>() {
            for execution in executions.await.expect("no request panics") {
                assert_eq!(definition_of(&account, &execution).await, PASS);
            }
        }
        sweeping.abort();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_machine_that_is_created_again_has_its_revision() {
    on_each(|account| async move {
        // Time stands still: what is created again is the same revision.
        let sweeping = {
            let account = Arc::clone(&account);
            tokio::spawn(async move {
                loop {
                    account.0.sweep().await.expect("the store answers");
                }
            })
        };
        for _ in 0..100 {
            let machine = account.create("m", "STANDARD", PASS).await;
            account
                .of("DescribeStateMachine", &machine, "")
                .await
                .unwrap();
            account
                .of("DeleteStateMachine", &machine, "")
                .await
                .unwrap();
        }
        sweeping.abort();
    })
    .await;
}
