//! What the workload does with a store, and what must be left of it.
//!
//! Everything that is written follows from the number of an execution and its
//! version, so that whoever reads it knows whether it is whole.

use std::{collections::BTreeMap, path::Path, time::Duration};

use sandstep_journal::{
    Advance, Blob, Catalog, Durability, ExecutionId, HistoryQuery, Journal, Key, Kind, ListQuery,
    NewExecution, Order, Record, SqliteOptions, SqliteStore, Standing, Started, Status, Summary,
};

/// What each execution is listed under.
pub const GROUP: &str = "machine";

/// The version at which an execution has ended.
pub const LAST: u64 = 4;

/// A store whose log is folded often, so that there is much to tear.
///
/// # Errors
///
/// Says why the store cannot be opened.
pub fn open(directory: &Path, durability: Durability) -> Result<SqliteStore, String> {
    let options = SqliteOptions {
        durability,
        readers: 1,
        log: 96 << 10,
        // Every state is looked through completely.
        checking: Duration::from_secs(60),
        ..SqliteOptions::default()
    };
    SqliteStore::open(directory, options).map_err(|error| {
        let cause = std::error::Error::source(&error);
        format!("{error}: {cause:?}")
    })
}

/// The name of an execution.
pub fn arn(number: u64) -> String {
    format!("execution:{number}")
}

/// When an execution ends: the larger its number, the later.
pub fn end(number: u64) -> i64 {
    number as i64
}

/// The start of an execution, which makes its version 1.
pub fn start(number: u64) -> NewExecution {
    NewExecution {
        arn: arn(number),
        groups: vec![GROUP.to_owned()],
        started: end(number),
        head: number.to_be_bytes().repeat(12),
        first: advance(number, 1),
    }
}

/// What brings an execution to this version.
pub fn advance(number: u64, version: u64) -> Advance {
    let large = (number + version).is_multiple_of(7);
    Advance {
        records: records(number, version).into_iter().collect(),
        blobs: large.then(|| blob(number)).into_iter().collect(),
        standing: standing(number, version),
        enqueued: Vec::new(),
        dequeued: Vec::new(),
    }
}

fn records(number: u64, version: u64) -> Vec<Record> {
    let record = |part: u64| Record {
        event: part != 1,
        bytes: format!("{number}/{version}/{part} ").repeat(9).into_bytes(),
    };
    (0..2 + version % 2).map(record).collect()
}

/// The same for several executions.
fn blob(number: u64) -> Blob {
    Blob::new((number % 16).to_be_bytes().repeat(1_200))
}

fn standing(number: u64, version: u64) -> Standing {
    if version < LAST {
        let due = version.is_multiple_of(2).then_some(end(number));
        return Standing::Running { due };
    }
    Standing::Ended {
        status: Status::Succeeded,
        at: end(number),
        result: number.to_be_bytes().repeat(5),
    }
}

/// The two entries of a client, which always change together.
pub fn entries(client: u64) -> [Key; 2] {
    [Kind::StateMachine, Kind::Tags].map(|kind| Key {
        kind,
        name: format!("machine:{client}"),
    })
}

/// Everything that was acknowledged up to some point, as its marks say.
#[derive(Clone, Debug, Default)]
pub struct Acknowledged {
    epoch: u64,
    /// The version of each execution.
    versions: BTreeMap<u64, u64>,
    /// How often the entries of each client were written.
    entries: BTreeMap<u64, u64>,
    /// Executions that ended before this may be forgotten.
    expiring: i64,
    /// Those that are.
    expired: Vec<u64>,
}

impl Acknowledged {
    /// Takes a mark of the workload's.
    ///
    /// # Panics
    ///
    /// Panics on any other text.
    pub fn add(&mut self, mark: &str) {
        let mut words = mark.split(' ');
        let kind = words.next().expect("there is always one word");
        let mut number = || -> u64 {
            words
                .next()
                .and_then(|word| word.parse().ok())
                .unwrap_or_else(|| panic!("{mark}"))
        };
        match kind {
            "epoch" => self.epoch = number(),
            "version" => {
                let execution = number();
                self.versions.insert(execution, number());
            }
            "entries" => {
                let client = number();
                self.entries.insert(client, number());
            }
            "expiring" => self.expiring = self.expiring.max(number() as i64),
            "expired" => self.expire(number() as i64),
            _ => panic!("no mark of the workload's: {mark}"),
        }
    }

    /// All that ended before this, and were acknowledged as ended when it was said.
    fn expire(&mut self, before: i64) {
        let gone = |number: &u64, version: &mut u64| *version == LAST && end(*number) < before;
        let gone = self.versions.extract_if(.., gone);
        self.expired.extend(gone.map(|(number, _)| number));
    }

    /// Whether all of it is in this store, and nothing is in it that was not
    /// written as it is.
    ///
    /// # Errors
    ///
    /// Says what is missing or wrong.
    pub fn check(&self, store: &SqliteStore) -> Result<(), String> {
        let told = |error: sandstep_journal::Error| error.to_string();
        for (number, version) in &self.versions {
            self.check_version(store, *number, *version)?;
        }
        for number in &self.expired {
            let found = store.find(&arn(*number)).wait().map_err(told)?;
            demand(found.is_none(), || format!("execution {number} is back"))?;
        }
        for summary in all(store).map_err(told)? {
            check_whole(store, &summary)?;
        }
        for (client, count) in &self.entries {
            check_entries(store, *client, *count)?;
        }
        let epoch = store.claim().wait().map_err(told)?;
        demand(epoch > self.epoch, || {
            format!("epoch {epoch} is an old one")
        })?;
        let new = store.start(epoch, start(u64::MAX >> 8)).wait();
        let is_new = matches!(new, Ok(Started::New(_)));
        demand(is_new, || format!("the store does not go on: {new:?}"))
    }

    fn check_version(
        &self,
        store: &SqliteStore,
        number: u64,
        acknowledged: u64,
    ) -> Result<(), String> {
        let found = store.find(&arn(number)).wait();
        match found.map_err(|error| error.to_string())? {
            Some(summary) => demand(summary.version >= acknowledged, || {
                let version = summary.version;
                format!("execution {number} is at version {version}, not {acknowledged}")
            }),
            None => demand(end(number) < self.expiring, || {
                format!("execution {number} is gone, version {acknowledged}")
            }),
        }
    }
}

fn demand(right: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if right { Ok(()) } else { Err(otherwise()) }
}

/// Every execution that the store lists.
fn all(store: &SqliteStore) -> sandstep_journal::Result<Vec<Summary>> {
    let mut query = ListQuery {
        group: GROUP.to_owned(),
        statuses: Vec::new(),
        redriven: None,
        newer_than: None,
        after: None,
        limit: 100,
    };
    let mut all = Vec::new();
    loop {
        let page = Journal::list(store, query.clone()).wait()?;
        all.extend(page.executions);
        query.after = page.next;
        if query.after.is_none() {
            return Ok(all);
        }
    }
}

/// Whether an execution is what made its version, and its history dense.
fn check_whole(store: &SqliteStore, summary: &Summary) -> Result<(), String> {
    let number = summary.arn.rsplit(':').next();
    let number: u64 = number
        .and_then(|number| number.parse().ok())
        .ok_or("no number")?;
    let load = || -> sandstep_journal::Result<_> {
        let loaded = store.load(summary.id).wait()?;
        Ok((
            loaded.map(|loaded| loaded.records),
            history(store, summary.id)?,
        ))
    };
    let (kept, history) = load().map_err(|error| format!("execution {number}: {error}"))?;
    let written = (1..=summary.version).flat_map(|version| records(number, version));
    let written: Vec<Record> = written.collect();
    let events: Vec<u64> = (1..)
        .take(written.iter().filter(|record| record.event).count())
        .collect();
    let whole = kept.as_ref() == Some(&written)
        && history == events
        && summary.events == events.len() as u64
        && summary.head == start(number).head
        && summary.standing == standing(number, summary.version);
    demand(whole, || {
        format!("execution {number} is not what was written: {summary:?}")
    })?;
    check_blob(store, number, summary.version)
}

fn history(store: &SqliteStore, execution: ExecutionId) -> sandstep_journal::Result<Vec<u64>> {
    let query = HistoryQuery {
        execution,
        from: 1,
        order: Order::Forward,
        limit: 100,
    };
    let events = store.history(query).wait()?;
    Ok(events.into_iter().map(|event| event.number).collect())
}

fn check_blob(store: &SqliteStore, number: u64, version: u64) -> Result<(), String> {
    let mentioned = (1..=version).flat_map(|version| advance(number, version).blobs);
    for blob in mentioned {
        let kept = store
            .blob(blob.digest())
            .wait()
            .map_err(|error| error.to_string())?;
        let whole = kept.as_deref() == Some(&**blob.bytes());
        demand(whole, || format!("a blob of execution {number} is missing"))?;
    }
    Ok(())
}

/// Whether both entries were written equally often, and as often as is known.
fn check_entries(store: &SqliteStore, client: u64, acknowledged: u64) -> Result<(), String> {
    let counts = entries(client).map(|key| count(store, &key));
    let [first, second] = counts;
    let (first, second) = (first?, second?);
    let whole = first == second && (acknowledged..=acknowledged + 1).contains(&first);
    demand(whole, || {
        format!("entries of {client}: {first}, {second}, not {acknowledged}")
    })
}

fn count(store: &SqliteStore, key: &Key) -> Result<u64, String> {
    let entry = store.get(key).wait().map_err(|error| error.to_string())?;
    let value = entry.map_or(Ok([0; 8]), |entry| entry.value.try_into());
    value
        .map(u64::from_be_bytes)
        .map_err(|value| format!("{value:?}"))
}
