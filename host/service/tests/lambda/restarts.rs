//! What was uploaded is there again after a restart.

use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::Trial;
use sandstep_journal::MemoryStore;
use sandstep_sandbox::FunctionSpec;
use sandstep_service::Functions;
use sandstep_service::lambda::{OpenError, Quotas};
use tokio::runtime::Runtime;

use crate::account::{
    Account, guest, open, open_on, patient, sandbox, states, text, unloadable, until_active,
    with_quotas,
};

pub(crate) fn trials() -> Vec<Trial> {
    crate::trials![
        functions_are_there_again,
        what_was_being_created_becomes_active,
        what_failed_is_still_failed,
        an_update_goes_on_and_is_in_force,
        two_functions_of_one_name_are_refused,
    ]
}

/// An account in a process of its own, as far as the account can tell: what goes
/// on in the background ends with it.
struct Process {
    account: Account,
    runtime: Runtime,
}

impl Process {
    async fn start(store: Arc<MemoryStore>, quotas: Quotas) -> Self {
        let runtime = Runtime::new().expect("a runtime starts");
        let handle = runtime.handle().clone();
        let opened = open_on(handle, store, Functions::default(), quotas).await;
        Self {
            account: opened.expect("the store opens"),
            runtime,
        }
    }

    /// The next process on the same store.
    async fn restart(self, quotas: Quotas) -> Self {
        let store = Arc::clone(&self.account.store);
        self.stop().await;
        Self::start(store, quotas).await
    }

    /// Nothing of it runs any more once this is done.
    async fn stop(self) {
        let runtime = self.runtime;
        let stop = move || runtime.shutdown_timeout(Duration::from_secs(60));
        tokio::task::spawn_blocking(stop).await.expect("it stops");
    }
}

fn impatient() -> Quotas {
    Quotas {
        patience: Duration::ZERO,
        ..Quotas::default()
    }
}

async fn functions_are_there_again() {
    let process = Process::start(Default::default(), patient()).await;
    let created = process.account.create("f", &guest("echo")).await.unwrap();
    let process = process.restart(patient()).await;
    assert_eq!(process.account.configuration("f").await, Ok(created));
    assert_eq!(process.account.call("f", "[1]").await.unwrap(), "[1]");
    process.stop().await;
}

async fn what_was_being_created_becomes_active() {
    let process = Process::start(Default::default(), impatient()).await;
    process.account.create("f", &guest("echo")).await.unwrap();
    let process = process.restart(patient()).await;
    until_active(&process.account, "f").await;
    assert_eq!(process.account.call("f", "[1]").await.unwrap(), "[1]");
    process.stop().await;
}

async fn what_failed_is_still_failed() {
    let process = Process::start(Default::default(), patient()).await;
    process.account.create("f", &unloadable()).await.unwrap();
    let process = process.restart(patient()).await;
    let found = process.account.configuration("f").await.unwrap();
    assert_eq!(states(&found), "Failed -");
    let refusal = process.account.call("f", "{}").await.unwrap_err();
    assert!(
        refusal.contains("in the following state: Failed"),
        "{refusal}"
    );
    process.stop().await;
}

async fn an_update_goes_on_and_is_in_force() {
    let process = Process::start(Default::default(), patient()).await;
    let before = process.account.create("f", &guest("echo")).await.unwrap();
    let process = process.restart(impatient()).await;
    let account = &process.account;
    account
        .update_code("f", &guest("hostile"), "{}")
        .await
        .unwrap();
    let process = process.restart(patient()).await;
    until_active(&process.account, "f").await;
    let after = process.account.configuration("f").await.unwrap();
    assert_ne!(text(&after, "CodeSha256"), text(&before, "CodeSha256"));
    let counted = process.account.call("f", r#"{"do": "count"}"#).await;
    assert_eq!(counted.unwrap(), "1");
    assert_eq!(process.account.components().await, 1);
    process.stop().await;
}

async fn two_functions_of_one_name_are_refused() {
    let account = with_quotas(patient()).await;
    account.create("f", &guest("echo")).await.unwrap();
    let functions = Functions::default();
    let spec = FunctionSpec::named("f");
    functions.insert("f", sandbox().load(&guest("echo"), spec).await.unwrap());
    let refused = open(account.store, functions, patient()).await.err();
    assert!(matches!(refused, Some(OpenError::TwoFunctions(name)) if name == "f"));
}
