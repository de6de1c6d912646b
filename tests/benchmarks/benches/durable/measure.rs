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

use sandstep_asl::{Outcome, TokenKey};
use sandstep_driver::{
    Clock,
    durable::{Engine, EngineLimits, EngineSettings},
};
use sandstep_journal::{SqliteOptions, SqliteStore};
use tokio::runtime::{Builder, Runtime};

use crate::{
    echo::Echo,
    floor::{AppendOnly, sync_median},
    rate::{Rate, median, micros, micros_of, timed},
    runs::{Definition, Texts, begin},
    system::{cpu_time, resident_bytes},
};

const CLIENTS: usize = 512;
const ROUNDS: usize = 5;
/// How many executions each client has in a round.
const EACH: usize = 40;
/// The bytes of the records of a start, and of an end: four events and three.
const BYTES: [usize; 2] = [236, 180];

pub(crate) fn run(echo: Echo) {
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
    let bench = Bench::new(directory, echo);
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
    echo: Echo,
    sync: Duration,
    task: Definition,
    sleeper: Definition,
}

impl Bench {
    fn new(directory: PathBuf, echo: Echo) -> Self {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.enable_time().build();
        Self {
            runtime: runtime.expect("a runtime starts"),
            sync: sync_median(&directory.join("synced")),
            directory,
            echo,
            task: Definition::of_one_task(),
            sleeper: Definition::that_sleeps(),
        }
    }

    /// Many clients at once, on a fresh store and on one that holds finished executions.
    fn groups(&self, finished: usize) {
        println!(
            "{CLIENTS} clients, each start and end synced; fdatasync {}",
            micros(self.sync)
        );
        let file = Arc::new(AppendOnly::new(&self.directory.join("file")));
        let fresh = self.open("fresh");
        let held = (finished > 0).then(|| self.open("held"));
        if let Some(held) = &held {
            self.execute(CLIENTS, finished.div_ceil(CLIENTS), held);
        }
        let [mut floor, mut ceiling, mut ours, mut holding] = [const { Vec::new() }; 4];
        for _ in 0..ROUNDS {
            floor.push(timed(|| self.append(&file)));
            ceiling.push(timed(|| self.append_and_call(&file)));
            ours.push(timed(|| self.execute(CLIENTS, EACH, &fresh)));
            holding.extend(
                held.iter()
                    .map(|held| timed(|| self.execute(CLIENTS, EACH, held))),
            );
        }
        let rate = |rounds| Rate::of(rounds, CLIENTS * EACH);
        let (floor, ceiling, ours) = (rate(floor), rate(ceiling), rate(ours));
        println!("  two appends to a file    {floor}");
        println!("  and a bare call between  {ceiling}");
        println!(
            "  executions               {ours}: {:.2} of the file (target 0.50), {:.2} of it with the call",
            ours.each_second / floor.each_second,
            ours.each_second / ceiling.each_second
        );
        if held.is_some() {
            let held = rate(holding);
            println!(
                "  holding {finished:<10}       {held}: {:.2} times slower (target 1.20)",
                ours.each_second / held.each_second
            );
        }
    }

    fn alone(&self) {
        let engine = self.open("alone");
        let rounds = (0..ROUNDS).map(|_| timed(|| self.execute(1, EACH, &engine)).time);
        let alone = median(rounds.collect()) / EACH as u32;
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
        let (asleep, sleeper) = (engine.clone(), self.sleeper.clone());
        self.on_clients(CLIENTS, count.div_ceil(CLIENTS), move |number| {
            let (engine, new) = (asleep.clone(), sleeper.run(number));
            async move { begin(&engine, new).await }
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
            tasks: Arc::clone(&self.echo.tasks),
            clock: Clock::Real,
            runtime: self.runtime.handle().clone(),
            token_key: TokenKey::of_seed(7),
            limits: EngineLimits::default(),
        };
        let engine = self.runtime.block_on(Engine::open(settings));
        engine.expect("the store is sound")
    }

    /// Has so many clients start so many executions each, and wait for their ends.
    fn execute(&self, clients: usize, each: usize, engine: &Engine) {
        let (engine, task) = (engine.clone(), self.task.clone());
        self.on_clients(clients, each, move |number| {
            let (engine, new) = (engine.clone(), task.run(number));
            async move {
                let arn = new.start.execution_arn.clone();
                begin(&engine, new).await;
                let run = engine.ended(&arn).await.expect("the engine works");
                assert!(
                    matches!(run.outcome, Some(Outcome::Succeeded(_))),
                    "{run:?}"
                );
            }
        });
    }

    fn append(&self, file: &Arc<AppendOnly>) {
        let file = Arc::clone(file);
        self.on_clients(CLIENTS, EACH, move |_| {
            let file = Arc::clone(&file);
            async move {
                for bytes in BYTES {
                    file.commit(bytes).await;
                }
            }
        });
    }

    /// What no execution can do without, however it is made durable.
    fn append_and_call(&self, file: &Arc<AppendOnly>) {
        let (file, function) = (Arc::clone(file), Arc::clone(&self.echo.bare));
        let event: Arc<str> = self.task.input().into();
        self.on_clients(CLIENTS, EACH, move |_| {
            let (file, function) = (Arc::clone(&file), Arc::clone(&function));
            let event = Arc::clone(&event);
            async move {
                file.commit(BYTES[0]).await;
                assert!(!function.call(&event).await.is_empty());
                file.commit(BYTES[1]).await;
            }
        });
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
