//! Engines, machines and stores for tests.

use std::{
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::future::BoxFuture;
use sandstep_asl::{
    EventId, HistoryEvent, Limits, Start, StateMachine, TaskOutcome, Timestamp, TokenKey,
};
use sandstep_driver::{
    Clock, TaskCall, TaskFuture, TaskReport, TaskRunner,
    durable::{
        DefinitionError, Definitions, Engine, EngineLimits, EngineSettings, NewRun, Run, Started,
    },
};
use sandstep_journal::{Journal, MemoryStore, Order, SqliteOptions, SqliteStore};
use sandstep_json::Value;
use tempfile::TempDir;
use tokio::{runtime::Handle, sync::Semaphore};

/// A virtual clock of an ordinary moment.
pub(crate) const VIRTUAL: Clock = Clock::Virtual(Timestamp::from_millis(1_700_000_000_000));

/// Finds definitions by their own text; knows one activity alone.
pub(crate) struct Texts;

/// The activity that is there.
pub(crate) const ACTIVITY: &str = "arn:aws:states:us-east-1:123456789012:activity:work";

impl Definitions for Texts {
    fn find<'a>(
        &'a self,
        definition: &'a str,
    ) -> BoxFuture<'a, Result<Arc<StateMachine>, DefinitionError>> {
        Box::pin(async move { Ok(machine(definition)) })
    }

    fn has_activity<'a>(&'a self, arn: &'a str) -> BoxFuture<'a, bool> {
        Box::pin(std::future::ready(arn == ACTIVITY))
    }
}

pub(crate) fn machine(definition: &str) -> Arc<StateMachine> {
    let parsed = StateMachine::parse(definition);
    Arc::new(
        parsed
            .machine
            .unwrap_or_else(|| panic!("{:?}", parsed.diagnostics)),
    )
}

/// Runs tasks as the names of their states say, and keeps the calls.
pub(crate) struct Cast {
    calls: Mutex<Vec<Call>>,
    /// Where tasks of states named `Gate`, and the jobs of those named `Job`, get a
    /// permit before they end.
    pub(crate) gate: Arc<Semaphore>,
    /// A permit for each task that hangs.
    pub(crate) hanging: Arc<Semaphore>,
}

/// What a task was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) state: String,
    pub(crate) entered: EventId,
    pub(crate) resumed: bool,
    pub(crate) input: String,
}

impl Default for Cast {
    fn default() -> Self {
        Self {
            calls: Mutex::default(),
            gate: Arc::new(Semaphore::new(0)),
            hanging: Arc::new(Semaphore::new(0)),
        }
    }
}

impl TaskRunner for Cast {
    fn run(&self, call: TaskCall) -> TaskFuture {
        let TaskCall { task, resumed, .. } = call;
        let state = task.state_name.to_string();
        self.calls.lock().expect("no test panics here").push(Call {
            state: state.clone(),
            entered: task.entered,
            resumed,
            input: task.input.to_json(),
        });
        let (gate, hanging) = (Arc::clone(&self.gate), Arc::clone(&self.hanging));
        Box::pin(async move {
            match &*state {
                // It ends only where it is run again.
                "Hang" if !resumed => {
                    hanging.add_permits(1);
                    pending().await
                }
                "Job" if task.job.is_none() => TaskOutcome::Accepted("a job".into()).into(),
                "Gate" | "Job" => {
                    hanging.add_permits(1);
                    gate.acquire().await.expect("it is never closed").forget();
                    TaskOutcome::Succeeded(task.input).into()
                }
                "Fail" => failed("Boom").into(),
                "Slow" => TaskReport {
                    outcome: TaskOutcome::Succeeded(task.input),
                    virtual_duration: Duration::from_secs(5),
                },
                _ => TaskOutcome::Succeeded(task.input).into(),
            }
        })
    }
}

fn failed(error: &str) -> TaskOutcome {
    TaskOutcome::failed(error, "it broke")
}

impl Cast {
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("no test panics here").clone()
    }

    /// Waits until so many tasks hang.
    pub(crate) async fn until_hanging(&self, tasks: u32) {
        let permits = self.hanging.acquire_many(tasks).await;
        permits.expect("it is never closed").forget();
    }
}

/// The stores that a test is to pass on, each with what keeps it.
pub(crate) fn stores() -> Vec<Store> {
    vec![
        Store::Memory(Arc::default()),
        Store::Sqlite(TempDir::new().expect("there is room")),
    ]
}

/// A store that can be opened again.
pub(crate) enum Store {
    Memory(Arc<MemoryStore>),
    Sqlite(TempDir),
}

impl Store {
    pub(crate) async fn open(&self) -> Arc<dyn Journal> {
        match self {
            Self::Memory(store) => Arc::clone(store) as _,
            Self::Sqlite(directory) => loop {
                // What an engine has left lets go of it in a moment.
                match SqliteStore::open(directory.path(), SqliteOptions::default()) {
                    Ok(store) => return Arc::new(store),
                    Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            },
        }
    }

    pub(crate) async fn engine(&self, clock: Clock, tasks: &Arc<Cast>) -> Engine {
        self.limited(clock, tasks, EngineLimits::default()).await
    }

    pub(crate) async fn limited(
        &self,
        clock: Clock,
        tasks: &Arc<Cast>,
        limits: EngineLimits,
    ) -> Engine {
        engine(self.open().await, clock, tasks, limits).await
    }
}

/// An engine on a store.
pub(crate) async fn engine(
    journal: Arc<dyn Journal>,
    clock: Clock,
    tasks: &Arc<Cast>,
    limits: EngineLimits,
) -> Engine {
    let settings = EngineSettings {
        journal,
        definitions: Arc::new(Texts),
        tasks: Arc::clone(tasks) as _,
        token_key: TokenKey::of_seed(7),
        clock,
        runtime: Handle::current(),
        limits,
    };
    Engine::open(settings).await.expect("the store is sound")
}

/// An execution of this name and definition.
pub(crate) fn new_run(name: &str, definition: &str, input: &str) -> NewRun {
    NewRun {
        groups: vec!["machine".into()],
        definition: definition.into(),
        machine: machine(definition),
        start: Start {
            input: Value::parse(input).expect("it is JSON"),
            execution_arn: arn(name).into(),
            name: name.into(),
            role_arn: "role".into(),
            machine_arn: "machine".into(),
            machine_name: "machine".into(),
            redrive_count: Some(0),
            seed: 7,
            token_key: TokenKey::of_seed(7),
            limits: Limits::default(),
        },
        attachment: b"mine".as_slice().into(),
    }
}

pub(crate) fn arn(name: &str) -> String {
    format!("execution:{name}")
}

/// Starts an execution that is new.
pub(crate) async fn start(engine: &Engine, new: NewRun) -> Run {
    match engine.start(new).await.expect("there is room") {
        Started::New(run) => run,
        Started::Exists(run) => panic!("{} is there already", run.summary.arn),
    }
}

/// The whole history of an execution. It has to be dense.
pub(crate) async fn history(engine: &Engine, name: &str) -> Vec<HistoryEvent> {
    let events = engine.history(&arn(name), 1, Order::Forward, 100_000).await;
    let events = events.expect("it can be read");
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event.id.0, index as u64 + 1, "the history is not dense");
    }
    events
}

/// The types of the events of a history.
pub(crate) async fn types(engine: &Engine, name: &str) -> Vec<String> {
    let events = history(engine, name).await;
    events.iter().map(HistoryEvent::type_name).collect()
}
