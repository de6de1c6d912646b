//! Uses a store as an engine does, and marks in a record what was acknowledged.
//!
//! `power-loss-workload STORE RECORD RUN power|process close|kill`

use std::{
    env,
    path::{Path, PathBuf},
    process, thread,
};

use sandstep_journal::{
    Batch, Catalog, Change, Durability, ExecutionId, Journal, SqliteStore, Started,
};
use sandstep_power_loss::{record::mark, world};

/// Clients at a time, whose writes share syncs.
const CLIENTS: u64 = 4;
/// How many executions each starts.
const EACH: u64 = 7;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [directory, record, run, durability, ending] = arguments.as_slice() else {
        panic!("five arguments");
    };
    let durability = match durability.as_str() {
        "power" => Durability::Power,
        _ => Durability::Process,
    };
    let workload = Workload::open(directory.as_ref(), record.into(), run, durability);
    workload.run();
    if ending == "kill" {
        // As kill -9 does: nothing is dropped, the log not folded.
        process::abort();
    }
}

struct Workload {
    store: SqliteStore,
    record: PathBuf,
    epoch: u64,
    /// The first number of this run's executions.
    first: u64,
}

impl Workload {
    fn open(directory: &Path, record: PathBuf, run: &str, durability: Durability) -> Self {
        let store = world::open(directory, durability).expect("the store opens");
        let epoch = store.claim().wait().expect("the store answers");
        let run: u64 = run.parse().expect("a run is a number");
        let workload = Self {
            store,
            record,
            epoch,
            first: run * CLIENTS * EACH,
        };
        workload.mark(&format!("epoch {epoch}"));
        workload
    }

    fn mark(&self, text: &str) {
        mark(&self.record, text).expect("the record can be written");
    }

    fn run(&self) {
        thread::scope(|scope| {
            for client in 0..CLIENTS {
                scope.spawn(move || self.client(client));
            }
        });
    }

    fn client(&self, client: u64) {
        let first = self.first + client * EACH;
        for number in first..first + EACH {
            let id = self.start(number);
            self.write_entries(client);
            // Some go on as long as the process does.
            for version in 2..=world::LAST - number % 3 {
                self.advance(id, number, version);
            }
        }
        if client == 0 && self.first > 0 {
            self.expire(self.first - CLIENTS * EACH / 2);
        }
    }

    fn start(&self, number: u64) -> ExecutionId {
        let started = self.store.start(self.epoch, world::start(number)).wait();
        let Ok(Started::New(id)) = started else {
            panic!("no new execution: {started:?}");
        };
        self.mark(&format!("version {number} 1"));
        id
    }

    fn advance(&self, execution: ExecutionId, number: u64, version: u64) {
        let batch = Batch {
            execution,
            expected: version - 1,
            advance: world::advance(number, version),
        };
        let committed = self.store.commit(self.epoch, &batch).wait();
        assert_eq!(committed.expect("the store answers"), version);
        self.mark(&format!("version {number} {version}"));
    }

    fn write_entries(&self, client: u64) {
        let mut count = 0;
        let changes = world::entries(client).map(|key| {
            let entry = self.store.get(&key).wait().expect("the store answers");
            let expected = entry.as_ref().map_or(0, |entry| entry.version);
            let bytes = entry.map_or([0; 8], |entry| entry.value.try_into().expect("eight bytes"));
            count = u64::from_be_bytes(bytes) + 1;
            Change::Put {
                key,
                expected,
                value: count.to_be_bytes().to_vec(),
            }
        });
        let written = self.store.change(changes.to_vec()).wait();
        written.expect("nobody else writes these");
        self.mark(&format!("entries {client} {count}"));
    }

    fn expire(&self, before: u64) {
        self.mark(&format!("expiring {before}"));
        let expired = self.store.expire(before as i64, 1_000).wait();
        expired.expect("the store answers");
        self.mark(&format!("expired {before}"));
    }
}
