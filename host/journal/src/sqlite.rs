//! A store in a directory, on SQLite.
//!
//! Exactly one connection writes and checkpoints, on a thread of its own: it
//! takes whatever waits, writes it in one transaction, syncs once and answers
//! all. A few other connections read. A lock file keeps other processes away.

mod active;
mod advance;
mod blobs;
mod check;
mod checksum;
mod claims;
mod codes;
mod entries;
mod executions;
mod expire;
mod log;
mod names;
mod open;
mod prepared;
mod queries;
mod queue;
mod readers;
mod schema;
mod statements;
mod writer;

use std::{path::Path, time::Duration};

use rusqlite::Connection;

use crate::{
    answer::Answer,
    blob::Digest,
    catalog::{Catalog, CatalogQuery, Change, Entry, Key},
    error::{OpenError, Result},
    execution::{Batch, ExecutionId, Millis, NewExecution, Started, Summary, Waiting},
    journal::{Due, DueQuery, Event, Expired, HistoryQuery, Journal, ListQuery, Loaded, Page},
};
use open::Lock;
use prepared::{PreparedBatch, PreparedStart};
use queue::Urgency;
use readers::Readers;
use writer::{Writer, Writing};

/// When an answered write lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Through the loss of power: every group of commits is synced before it is
    /// answered.
    #[default]
    Power,
    /// Through the end of the process only: the loss of power may take the last
    /// commits with it, but leaves a whole store.
    Process,
}

/// How a store is kept, and how much may wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqliteOptions {
    /// When an answered write lasts.
    pub durability: Durability,
    /// How many starts may wait to be written before the next is refused as
    /// busy. Whatever moves on what has started may fill twice that.
    pub waiting_writes: usize,
    /// How many reads may wait before the next is refused as busy.
    pub waiting_reads: usize,
    /// How many connections read, each on a thread of its own.
    pub readers: usize,
    /// How long opening looks for damage at most: in a second, two hundred megabytes
    /// or so. Whatever it does not come to is still compared when it is read.
    pub checking: Duration,
    /// The most bytes that the database may have; a write beyond it fails with
    /// [`StorageError::Full`](crate::StorageError::Full). Rounded to pages of 4 KiB.
    /// The log beside it comes on top.
    pub quota: Option<u64>,
    /// How many bytes the log may have before it is folded into the database. It
    /// then has room for a group of commits more, as long as nobody reads. Pages
    /// that change often are written once for many commits.
    pub log: u64,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            durability: Durability::default(),
            waiting_writes: 8_192,
            waiting_reads: 4_096,
            readers: 2,
            checking: Duration::from_secs(1),
            quota: None,
            log: 32 << 20,
        }
    }
}

/// Keeps everything in one directory.
///
/// Dropping it writes what waits, folds the log into the database and lets the
/// next process in.
pub struct SqliteStore {
    // In the order of closing: readers hold up the last checkpoint, and the lock
    // is the last to go.
    readers: Readers,
    writer: Writer,
    _lock: Lock,
}

impl SqliteStore {
    /// Opens the store in this directory, and makes it where there is none.
    ///
    /// Looks for damage before anything else, for as long as the options say, and
    /// brings an older schema up to date.
    ///
    /// # Errors
    ///
    /// See [`OpenError`]; nothing was changed.
    pub fn open(directory: &Path, options: SqliteOptions) -> Result<Self, OpenError> {
        let lock = Lock::take(directory)?;
        let database = lock.database();
        let connection = open::writable(&lock, &options)?;
        let writer = Writer::spawn(connection, &options)?;
        let readers = Readers::spawn(&database, &options)?;
        Ok(Self {
            readers,
            writer,
            _lock: lock,
        })
    }

    fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Answer<T> {
        self.readers.read(query)
    }

    fn write<T: Send + 'static>(
        &self,
        change: impl FnMut(&mut Writing) -> Result<T> + Send + 'static,
    ) -> Answer<T> {
        self.writer.write(Urgency::Continue, change)
    }
}

impl Journal for SqliteStore {
    fn claim(&self) -> Answer<u64> {
        self.write(|writing| writing.claim())
    }

    fn renew(&self, epoch: u64) -> Answer<()> {
        self.write(move |writing| writing.renew(epoch))
    }

    fn start(&self, epoch: u64, execution: NewExecution) -> Answer<Started> {
        let new = PreparedStart::new(execution);
        let writer = &self.writer;
        writer.write(Urgency::Begin, move |writing| writing.start(epoch, &new))
    }

    fn commit(&self, epoch: u64, batch: &Batch) -> Answer<u64> {
        let batch = PreparedBatch::new(batch);
        self.write(move |writing| writing.commit(epoch, &batch))
    }

    fn find(&self, arn: &str) -> Answer<Option<Summary>> {
        let arn = arn.to_owned();
        let latest = self.writer.latest_names();
        self.read(move |connection| names::find(connection, &latest, &arn))
    }

    fn load(&self, id: ExecutionId) -> Answer<Option<Loaded>> {
        self.read(move |connection| queries::load(connection, id))
    }

    fn history(&self, query: HistoryQuery) -> Answer<Vec<Event>> {
        self.read(move |connection| queries::history(connection, query))
    }

    fn due(&self, query: DueQuery) -> Answer<Vec<Due>> {
        self.read(move |connection| queries::due(connection, query))
    }

    fn list(&self, query: ListQuery) -> Answer<Page> {
        self.read(move |connection| queries::list(connection, &query))
    }

    fn waiting(&self, queue: &str, limit: usize) -> Answer<Vec<Waiting>> {
        let queue = queue.to_owned();
        self.read(move |connection| queries::waiting(connection, &queue, limit))
    }

    fn blob(&self, digest: Digest) -> Answer<Option<Vec<u8>>> {
        self.read(move |connection| blobs::read(connection, digest))
    }

    fn expire(&self, before: Millis, limit: usize) -> Answer<Expired> {
        self.write(move |writing| writing.expire(before, limit))
    }
}

impl Catalog for SqliteStore {
    fn get(&self, key: &Key) -> Answer<Option<Entry>> {
        let key = key.clone();
        self.read(move |connection| entries::get(connection, &key))
    }

    fn put(&self, key: Key, expected: u64, value: Vec<u8>) -> Answer<u64> {
        let change = Change::Put {
            key,
            expected,
            value,
        };
        self.change(vec![change])
    }

    fn delete(&self, key: Key, expected: u64) -> Answer<()> {
        let change = [Change::Delete { key, expected }];
        self.write(move |writing| writing.change(&change).map(drop))
    }

    fn change(&self, changes: Vec<Change>) -> Answer<u64> {
        self.write(move |writing| writing.change(&changes))
    }

    fn list(&self, query: CatalogQuery) -> Answer<Vec<(String, Entry)>> {
        self.read(move |connection| entries::list(connection, &query))
    }
}
