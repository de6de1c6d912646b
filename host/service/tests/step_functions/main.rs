//! The operations of the Step Functions API, each by what it answers.

mod activities;
mod aliases;
mod deleting;
mod executions;
mod hesitant;
mod machines;
mod operations;
mod races;
mod restarts;
mod revisions;
mod tags;
mod test_state;
mod versions;
mod waiting;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sandstep_asl::{Limits, TaskOutcome, Timestamp};
use sandstep_driver::{Clock, TaskCall, TaskFuture, TaskRunner};
use sandstep_journal::{Catalog, Journal, MemoryStore, SqliteOptions, SqliteStore};
use sandstep_json::{Object, Value};
use sandstep_service::step_functions::{Quotas, Settings, StepFunctions};
use tokio::runtime::Handle;

const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const ROLE: &str = "arn:aws:iam::123456789012:role/r";
/// Members of an update that changes something.
const OTHER_ROLE: &str = r#", "roleArn": "arn:aws:iam::123456789012:role/o""#;
const PASS: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;
const WAIT: &str =
    r#"{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 600, "End": true}}}"#;
const FAIL: &str =
    r#"{"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "E", "Cause": "C"}}}"#;

/// Returns every task's input.
struct Echo;

impl TaskRunner for Echo {
    fn run(&self, call: TaskCall) -> TaskFuture {
        let outcome = TaskOutcome::Succeeded(call.task.input);
        Box::pin(std::future::ready(outcome.into()))
    }
}

/// Fails the first task, and returns the input of the others.
#[derive(Default)]
struct FailsOnce(AtomicU64);

impl TaskRunner for FailsOnce {
    fn run(&self, call: TaskCall) -> TaskFuture {
        let outcome = match self.0.fetch_add(1, Ordering::Relaxed) {
            0 => TaskOutcome::failed("Boom", "it broke"),
            _ => TaskOutcome::Succeeded(call.task.input),
        };
        Box::pin(std::future::ready(outcome.into()))
    }
}

/// An account within a test.
struct Account(StepFunctions);

async fn account(clock: Clock) -> Account {
    with_quotas(clock, Quotas::default()).await
}

async fn with_quotas(clock: Clock, quotas: Quotas) -> Account {
    on(Arc::new(MemoryStore::new()), clock, quotas).await
}

/// The account that a store holds.
async fn on<S: Journal + Catalog + 'static>(
    store: Arc<S>,
    clock: Clock,
    quotas: Quotas,
) -> Account {
    with_tasks(store, clock, quotas, Arc::new(Echo)).await
}

async fn with_tasks<S: Journal + Catalog + 'static>(
    store: Arc<S>,
    clock: Clock,
    quotas: Quotas,
    tasks: Arc<dyn TaskRunner>,
) -> Account {
    open(settings(store, clock, quotas, tasks)).await
}

fn settings<S: Journal + Catalog + 'static>(
    store: Arc<S>,
    clock: Clock,
    quotas: Quotas,
    tasks: Arc<dyn TaskRunner>,
) -> Settings {
    let drawn = AtomicU64::new(0);
    Settings {
        region: "us-east-1".to_owned(),
        account: "123456789012".to_owned(),
        clock,
        draw: Box::new(move || u128::from(drawn.fetch_add(1, Ordering::Relaxed)) << 64),
        journal: store.clone(),
        catalog: store,
        tasks,
        runtime: Handle::current(),
        quotas,
    }
}

async fn open(settings: Settings) -> Account {
    let opened = StepFunctions::open(settings).await;
    Account(opened.expect("the store answers"))
}

/// What an account on each store that there is does.
async fn on_each<F: Future<Output = ()>>(test: impl Fn(Arc<Account>) -> F) {
    test(Arc::new(account(Clock::Virtual(NOW)).await)).await;
    let folder = tempfile::tempdir().expect("there is room");
    let store = SqliteStore::open(folder.path(), SqliteOptions::default());
    let store = Arc::new(store.expect("the folder is empty"));
    let account = on(store, Clock::Virtual(NOW), Quotas::default()).await;
    test(Arc::new(account)).await;
}

impl Account {
    /// The answer to a request, or the error's code and message.
    async fn call(&self, operation: &str, request: &str) -> Result<Value, String> {
        let request = Value::parse(request).expect("the test's request is JSON");
        self.ask(operation, &request).await
    }

    async fn ask(&self, operation: &str, request: &Value) -> Result<Value, String> {
        let answer = self.0.call(operation, request).await;
        answer.map(Value::from).map_err(|error| error.to_string())
    }

    /// The answer to a request about a state machine, with more members.
    async fn of(&self, operation: &str, machine: &str, more: &str) -> Result<Value, String> {
        let request = format!(r#"{{"stateMachineArn": "{machine}"{more}}}"#);
        self.call(operation, &request).await
    }

    /// Creates a state machine and answers its ARN.
    async fn create(&self, name: &str, kind: &str, definition: &str) -> String {
        let request = Object::from([
            ("name", name),
            ("definition", definition),
            ("roleArn", ROLE),
            ("type", kind),
        ]);
        let created = self.ask("CreateStateMachine", &request.into()).await;
        text(&created.expect("it is created"), "stateMachineArn")
    }

    /// Starts an execution and answers its ARN.
    async fn start(&self, machine: &str, name: &str, input: &str) -> Result<String, String> {
        let request = Object::from([
            ("stateMachineArn", machine),
            ("name", name),
            ("input", input),
        ]);
        let started = self.ask("StartExecution", &request.into()).await;
        started.map(|started| text(&started, "executionArn"))
    }

    /// What an execution is described as, once it has ended.
    async fn ended(&self, execution: &str) -> Value {
        let request = Value::from(Object::from([("executionArn", execution)]));
        loop {
            let described = self.ask("DescribeExecution", &request).await;
            let described = described.expect("there is such an execution");
            if described.get("stopDate").is_some() {
                return described;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// The texts that the members of a list have under a key.
fn texts(answer: &Value, list: &str, key: &str) -> Vec<String> {
    let members = answer.get(list).and_then(Value::as_array);
    let members = members.expect("the answer has this list");
    members.iter().map(|member| text(member, key)).collect()
}

fn text(answer: &Value, key: &str) -> String {
    let text = answer.get(key).and_then(Value::as_str);
    text.expect("the answer has this text").to_owned()
}
