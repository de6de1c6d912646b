//! Durable commits, beside a plain file that the same bytes are appended to.
//!
//! `cargo bench --package sandstep-journal -- [FOLDER [EXECUTIONS [ROUNDS]]]`
//!
//! FOLDER says which disk is meant. An execution is two commits of the sizes
//! that one task makes: its start, and its end. Both sides have as many clients,
//! sync once for each group of what waits, and take turns. With EXECUTIONS, so
//! many finished ones are put into a second store first, which is then measured
//! as well.

use std::{
    fs::{self, File},
    future::Future,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use futures_channel::oneshot;
use sandstep_journal::{
    Advance, Batch, Journal, NewExecution, Record, SqliteOptions, SqliteStore, Standing, Started,
    Status,
};

const CLIENTS: usize = 512;
/// How many executions each client has in a round.
const EACH: usize = 20;
/// The records of a start, and of an end, in bytes.
const START: [usize; 4] = [84, 52, 58, 42];
const END: [usize; 3] = [74, 48, 58];

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|text| text != "--bench");
    let folder = arguments.next().map_or_else(temporary, PathBuf::from);
    let mut count = |otherwise| {
        let count = arguments.next().and_then(|count| count.parse().ok());
        count.unwrap_or(otherwise)
    };
    let (held, rounds) = (count(0), count(5));
    let directory = tempfile::tempdir_in(folder).expect("the folder can be written to");
    let bench = Bench::new(directory.path(), held, rounds);
    bench.groups();
    bench.alone();
}

fn temporary() -> PathBuf {
    env!("CARGO_TARGET_TMPDIR").into()
}

struct Bench {
    runtime: tokio::runtime::Runtime,
    file: Arc<AppendOnly>,
    fresh: Arc<Store>,
    held: Option<(usize, Arc<Store>)>,
    sync: Duration,
    rounds: usize,
}

impl Bench {
    fn new(directory: &Path, held: usize, rounds: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.expect("a runtime needs nothing");
        let filled = (held > 0).then(|| {
            let store = Arc::new(Store::open(&directory.join("held")));
            runtime.block_on(clients(CLIENTS, held.div_ceil(CLIENTS), &store));
            (held, store)
        });
        Self {
            runtime,
            file: Arc::new(AppendOnly::new(&directory.join("file"))),
            fresh: Arc::new(Store::open(&directory.join("fresh"))),
            held: filled,
            sync: sync_median(&directory.join("synced")),
            rounds,
        }
    }

    fn groups(&self) {
        println!(
            "{CLIENTS} clients, each synced; fdatasync {}",
            micros(self.sync)
        );
        let (mut file, mut fresh, mut held) = (Vec::new(), Vec::new(), Vec::new());
        let mut writing = Duration::ZERO;
        for _ in 0..self.rounds {
            file.push(self.time(CLIENTS, EACH, &self.file));
            let before = writers_time();
            fresh.push(self.time(CLIENTS, EACH, &self.fresh));
            writing += writers_time() - before;
            held.extend(
                self.held
                    .iter()
                    .map(|(_, store)| self.time(CLIENTS, EACH, store)),
            );
        }
        let commits = 2 * CLIENTS * EACH;
        let rate = |times| commits as f64 / median(times).as_secs_f64();
        let (file, fresh) = (rate(file), rate(fresh));
        println!("  appended to a file  {file:>9.0} commits/s");
        println!(
            "  journal             {fresh:>9.0} commits/s, {:.2} of the file",
            fresh / file
        );
        let each = writing / (self.rounds * CLIENTS * EACH) as u32;
        println!("  the writer computes {each:>9.1?} an execution");
        if let Some((count, _)) = &self.held {
            let held = rate(held);
            println!(
                "  holding {count}  {held:>9.0} commits/s, {:.2} times slower",
                fresh / held
            );
        }
    }

    fn alone(&self) {
        let mut times = Vec::new();
        for _ in 0..self.rounds {
            times.push(self.time(1, EACH, &self.fresh) / EACH as u32);
        }
        let alone = median(times);
        let syncs = alone.as_secs_f64() / (2.0 * self.sync.as_secs_f64());
        println!(
            "alone: start and end {}, {syncs:.2} times two syncs",
            micros(alone)
        );
    }

    fn time<S: Side>(&self, count: usize, each: usize, side: &Arc<S>) -> Duration {
        let started = Instant::now();
        self.runtime.block_on(clients(count, each, side));
        started.elapsed()
    }
}

/// What is measured: something that commits.
trait Side: Send + Sync + 'static {
    /// Starts an execution and ends it, each synced before it goes on.
    fn execution(&self) -> impl Future<Output = ()> + Send;
}

async fn clients<S: Side>(count: usize, each: usize, side: &Arc<S>) {
    // The current thread's own runtime: the other core is the writer's.
    let clients = (0..count).map(|_| {
        let side = Arc::clone(side);
        tokio::spawn(async move {
            for _ in 0..each {
                side.execution().await;
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.expect("no client panics");
    }
}

struct Store {
    store: SqliteStore,
    epoch: u64,
}

impl Store {
    fn open(directory: &Path) -> Self {
        let store = SqliteStore::open(directory, SqliteOptions::default());
        let store = store.expect("the folder is fresh");
        let epoch = store.claim().wait().expect("nobody else claims");
        Self { store, epoch }
    }
}

impl Side for Store {
    async fn execution(&self) {
        let new = NewExecution {
            arn: name(),
            groups: vec!["arn:aws:states:us-east-1:123456789012:stateMachine:bench".into()],
            started: 1,
            head: vec![b'h'; 120],
            first: advance(&START, Standing::Running { due: Some(0) }),
        };
        let started = self.store.start(self.epoch, new).await;
        let Ok(Started::New(execution)) = started else {
            panic!("no new execution: {started:?}");
        };
        let ended = Standing::Ended {
            status: Status::Succeeded,
            at: 2,
            result: vec![b'r'; 80],
        };
        let batch = Batch {
            execution,
            expected: 1,
            advance: advance(&END, ended),
        };
        let version = self.store.commit(self.epoch, &batch).await;
        version.expect("nobody else commits");
    }
}

/// In no order, as the names that the service gives are.
fn name() -> String {
    use std::hash::{BuildHasher, RandomState};
    let random = || RandomState::new().hash_one(0);
    let (high, low) = (random(), random());
    format!("arn:aws:states:us-east-1:123456789012:execution:bench:{high:016x}{low:016x}")
}

fn advance(sizes: &[usize], standing: Standing) -> Advance {
    let record = |size: &usize| Record {
        event: true,
        bytes: vec![b'e'; *size],
    };
    Advance {
        records: sizes.iter().map(record).collect(),
        blobs: Vec::new(),
        standing,
        enqueued: Vec::new(),
        dequeued: Vec::new(),
    }
}

/// The floor: a thread that appends whatever waits, syncs, and answers.
struct AppendOnly(mpsc::Sender<(Vec<u8>, oneshot::Sender<()>)>);

impl AppendOnly {
    fn new(path: &Path) -> Self {
        let mut file = File::create(path).expect("the folder can be written to");
        let (sender, receiver) = mpsc::channel::<(Vec<u8>, oneshot::Sender<()>)>();
        thread::spawn(move || {
            while let Ok(first) = receiver.recv() {
                let group: Vec<_> = std::iter::once(first).chain(receiver.try_iter()).collect();
                let bytes: Vec<u8> = group.iter().flat_map(|(bytes, _)| bytes).copied().collect();
                append(&mut file, &bytes);
                for (_, answer) in group {
                    let _ = answer.send(());
                }
            }
        });
        Self(sender)
    }

    async fn commit(&self, size: usize) {
        let (answer, answered) = oneshot::channel();
        let sent = self.0.send((vec![b'e'; size], answer));
        sent.expect("the thread lasts as long as the sender");
        answered.await.expect("every commit is answered");
    }
}

impl Side for AppendOnly {
    async fn execution(&self) {
        self.commit(START.iter().sum()).await;
        self.commit(END.iter().sum()).await;
    }
}

fn append(file: &mut File, bytes: &[u8]) {
    file.write_all(bytes).expect("the disk has room");
    file.sync_data().expect("the disk works");
}

/// How long the disk takes to sync one page that was appended.
fn sync_median(path: &Path) -> Duration {
    let mut file = File::create(path).expect("the folder can be written to");
    let times = (0..101).map(|_| {
        let started = Instant::now();
        append(&mut file, &[0; 4096]);
        started.elapsed()
    });
    median(times.collect())
}

/// How long the threads that write have computed; none where the system has no `/proc`.
fn writers_time() -> Duration {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten();
    let nanos = threads.flatten().filter_map(|thread| {
        let read = |name| fs::read_to_string(thread.path().join(name)).ok();
        let is_writer = read("comm")?.trim() == "journal-writer";
        let nanos = read("schedstat")?.split(' ').next()?.parse::<u64>().ok();
        nanos.filter(|_| is_writer)
    });
    Duration::from_nanos(nanos.sum::<u64>())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn micros(time: Duration) -> String {
    format!("{:.0} µs", time.as_secs_f64() * 1e6)
}
