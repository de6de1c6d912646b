//! What is measured.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sandstep_asl::{Limits, Outcome, Start, StateMachine, TokenKey};
use sandstep_driver::{
    Clock, TaskRunner,
    durable::{
        DefinitionError, Definitions, Engine, EngineLimits, EngineSettings, NewRun, Started,
    },
};
use sandstep_journal::{SqliteOptions, SqliteStore};
use sandstep_json::Value;
use tokio::runtime::{Builder, Runtime};

use crate::floor::{AppendOnly, sync_median};

const CLIENTS: usize = 512;
const ROUNDS: usize = 5;
/// How many executions each client has in a round.
const EACH: usize = 40;
/// The bytes of the records of a start, and of an end: four events and three.
const BYTES: [usize; 2] = [236, 180];

const TASK: &str =
    r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "echo", "End": true}}}"#;
const WAIT: &str =
    r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 86400, "End": true}}}"#;

pub(crate) fn run(tasks: &Arc<dyn TaskRunner>) {
    let mut arguments = std::env::args().skip(1).filter(|text| text != "--bench");
    let folder = arguments.next().map_or_else(temporary, PathBuf::from);
    let mut count = |otherwise| {
        let count = arguments.next().and_then(|count| count.parse().ok());
        count.unwrap_or(otherwise)
    };
    let (finished, sleeping) = (count(200_000), count(20_000));
    let directory = folder.join("durable");
    // What an earlier run has left.
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("the folder can be written to");
    let bench = Bench::new(directory, Arc::clone(tasks));
    bench.groups(finished);
    bench.alone();
    bench.sleepers(sleeping);
    fs::remove_dir_all(&bench.directory).expect("it is ours");
}

fn temporary() -> PathBuf {
    option_env!("CARGO_TARGET_TMPDIR").unwrap_or("/tmp").into()
}

struct Bench {
    runtime: Runtime,
    directory: PathBuf,
    tasks: Arc<dyn TaskRunner>,
    sync: Duration,
    machine: Arc<StateMachine>,
    sleeper: Arc<StateMachine>,
}

impl Bench {
    fn new(directory: PathBuf, tasks: Arc<dyn TaskRunner>) -> Self {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.enable_time().build();
        Self {
            runtime: runtime.expect("a runtime starts"),
            sync: sync_median(&directory.join("synced")),
            directory,
            tasks,
            machine: machine(TASK),
            sleeper: machine(WAIT),
        }
    }

    /// Many clients at once, on a fresh store and on one that holds finished executions.
    fn groups(&self, finished: usize) {
        println!(
            "{CLIENTS} clients, each start and end synced; fdatasync {}",
            micros(self.sync)
        );
        let file = AppendOnly::new(&self.directory.join("file"));
        let file = Arc::new(file);
        let fresh = self.open("fresh");
        let held = (finished > 0).then(|| self.open("held"));
        if let Some(held) = &held {
            self.time(CLIENTS, finished.div_ceil(CLIENTS), held);
        }
        let mut times = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            times[0].push(self.time_file(CLIENTS, EACH, &file));
            times[1].push(self.time(CLIENTS, EACH, &fresh));
            times[2].extend(held.iter().map(|held| self.time(CLIENTS, EACH, held)));
        }
        let rate = |times: &[Duration]| (CLIENTS * EACH) as f64 / median(times).as_secs_f64();
        let (floor, ours) = (rate(&times[0]), rate(&times[1]));
        println!("  two appends to a file  {floor:>8.0}/s");
        println!(
            "  executions             {ours:>8.0}/s, {:.2} of the file (target 0.50)",
            ours / floor
        );
        if held.is_some() {
            let held = rate(&times[2]);
            println!(
                "  holding {finished:<10}     {held:>8.0}/s, {:.2} times slower (target 1.20)",
                ours / held
            );
        }
    }

    fn alone(&self) {
        let engine = self.open("alone");
        let times = (0..ROUNDS).map(|_| self.time(1, EACH, &engine) / EACH as u32);
        let alone = median(&times.collect::<Vec<_>>());
        let syncs = alone.as_secs_f64() / (2.0 * self.sync.as_secs_f64());
        println!(
            "alone: start to end {}, {syncs:.2} times two syncs (target 2.50)",
            micros(alone)
        );
    }

    /// Executions that sleep: how fast they are parked, what they cost, and how soon the
    /// next process has them.
    fn sleepers(&self, count: usize) {
        let engine = self.open("asleep");
        let before = resident_bytes();
        let started = Instant::now();
        let (asleep, machine) = (engine.clone(), Arc::clone(&self.sleeper));
        self.on_clients(CLIENTS, count.div_ceil(CLIENTS), move |number| {
            let (engine, machine) = (asleep.clone(), Arc::clone(&machine));
            async move {
                let new = new_run(number, WAIT, machine);
                begin(&engine, new).await;
            }
        });
        while engine.active() > 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        let parked = count as f64 / started.elapsed().as_secs_f64();
        let each = (resident_bytes().saturating_sub(before)) / count as u64;
        println!("{count} sleeping");
        println!("  parked     {parked:>8.0}/s (target 5000)");
        println!("  resident   {each:>8} bytes each (target 1024)");
        let cpu = cpu_time();
        std::thread::sleep(Duration::from_secs(1));
        println!(
            "  processor  {:>8.4} of a core",
            (cpu_time() - cpu).as_secs_f64()
        );
        drop(engine);
        self.runtime
            .block_on(async { tokio::time::sleep(Duration::from_millis(200)).await });
        let before = resident_bytes();
        let started = Instant::now();
        let engine = self.open("asleep");
        let ready = started.elapsed();
        let each = (resident_bytes().saturating_sub(before)) / count as u64;
        println!(
            "  restart    {:>8.0} ms to ready (target 2000), {each} bytes each",
            micros_of(ready) / 1000.0
        );
        drop(engine);
    }

    fn open(&self, name: &str) -> Engine {
        let store = SqliteStore::open(&self.directory.join(name), SqliteOptions::default());
        let settings = EngineSettings {
            journal: Arc::new(store.expect("the folder can be written to")),
            definitions: Arc::new(Texts),
            tasks: Arc::clone(&self.tasks),
            clock: Clock::Real,
            runtime: self.runtime.handle().clone(),
            token_key: TokenKey::of_seed(7),
            limits: EngineLimits::default(),
        };
        let engine = self.runtime.block_on(Engine::open(settings));
        engine.expect("the store is sound")
    }

    /// How long so many clients take for so many executions each.
    fn time(&self, clients: usize, each: usize, engine: &Engine) -> Duration {
        let started = Instant::now();
        let (engine, machine) = (engine.clone(), Arc::clone(&self.machine));
        self.on_clients(clients, each, move |number| {
            let (engine, machine) = (engine.clone(), Arc::clone(&machine));
            async move {
                let new = new_run(number, TASK, machine);
                let arn = new.start.execution_arn.clone();
                begin(&engine, new).await;
                let run = engine.ended(&arn).await.expect("the engine works");
                assert!(
                    matches!(run.outcome, Some(Outcome::Succeeded(_))),
                    "{run:?}"
                );
            }
        });
        started.elapsed()
    }

    fn time_file(&self, clients: usize, each: usize, file: &Arc<AppendOnly>) -> Duration {
        let started = Instant::now();
        let file = Arc::clone(file);
        self.on_clients(clients, each, move |_| {
            let file = Arc::clone(&file);
            async move {
                for bytes in BYTES {
                    file.commit(bytes).await;
                }
            }
        });
        started.elapsed()
    }

    /// Has each of some clients do something some times, one after the other.
    fn on_clients<F: Future<Output = ()> + Send + 'static>(
        &self,
        clients: usize,
        each: usize,
        work: impl Fn(u64) -> F + Send + Sync + 'static,
    ) {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let work = Arc::new(work);
        let clients: Vec<_> = (0..clients)
            .map(|_| {
                let work = Arc::clone(&work);
                self.runtime.spawn(async move {
                    for _ in 0..each {
                        work(NUMBER.fetch_add(1, Ordering::Relaxed)).await;
                    }
                })
            })
            .collect();
        self.runtime.block_on(async {
            for client in clients {
                client.await.expect("no client panics");
            }
        });
    }
}

async fn begin(engine: &Engine, new: NewRun) {
    let started = engine.start(new).await.expect("there is room");
    assert!(matches!(started, Started::New(_)), "{started:?}");
}

struct Texts;

impl Definitions for Texts {
    fn find<'a>(
        &'a self,
        definition: &'a str,
    ) -> futures_util::future::BoxFuture<'a, Result<Arc<StateMachine>, DefinitionError>> {
        Box::pin(async move { Ok(machine(definition)) })
    }
}

fn machine(definition: &str) -> Arc<StateMachine> {
    let parsed = StateMachine::parse(definition);
    Arc::new(parsed.machine.expect("it is valid"))
}

/// In no order, as the names that the service gives are.
fn name(number: u64) -> String {
    let mixed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = mixed ^ (mixed >> 29);
    let other = mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    format!("{mixed:016x}{other:016x}")
}

fn new_run(number: u64, definition: &str, machine: Arc<StateMachine>) -> NewRun {
    let name = name(number);
    let of = |kind: &str| format!("arn:aws:states:us-east-1:123456789012:{kind}:bench");
    let machine_arn = of("stateMachine");
    NewRun {
        groups: vec![machine_arn.clone()],
        definition: definition.to_owned(),
        machine,
        start: Start {
            input: Value::parse(r#"{"order": 4711, "customer": "Ada", "items": ["a-1", "a-2"]}"#)
                .expect("it is JSON"),
            execution_arn: format!("{}:{name}", of("execution")).into(),
            name: name.into(),
            role_arn: "arn:aws:iam::123456789012:role/bench".into(),
            machine_arn: machine_arn.into(),
            machine_name: "bench".into(),
            redrive_count: Some(0),
            token_key: TokenKey::of_seed(7),
            seed: u128::from(number),
            limits: Limits::default(),
        },
        attachment: vec![b'a'; 40],
    }
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_owned();
    times.sort();
    times[times.len() / 2]
}

fn micros(time: Duration) -> String {
    format!("{:.0} µs", micros_of(time))
}

fn micros_of(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// What of this process is in memory; 0 where the system has no `/proc`.
fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// How long this process has computed; none where the system has no `/proc`.
fn cpu_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
