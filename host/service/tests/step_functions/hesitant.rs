//! A store that is busy when a test wants it to be.

use std::sync::Mutex;
use std::time::Duration;

use sandstep_journal::{
    Answer, Batch, CatalogQuery, Change, Digest, Due, DueQuery, Entry, Error, Event, ExecutionId,
    Expired, HistoryQuery, Key, ListQuery, Loaded, Millis, NewExecution, Page, Started, Summary,
    Waiting,
};
use tokio::time::Instant;

use super::*;

/// A store in memory whose executions can be out of reach for a while.
#[derive(Default)]
pub(crate) struct Hesitant {
    store: MemoryStore,
    commits_from: Mutex<Option<Instant>>,
    /// How many more times an execution is not found in time.
    pub(crate) busy_finds: AtomicU64,
}

impl Hesitant {
    /// Makes no commit until so much time is over.
    pub(crate) fn commits_after(&self, pause: Duration) {
        *self.commits_from.lock().expect("no test panics here") = Some(Instant::now() + pause);
    }
}

impl Journal for Hesitant {
    fn commit(&self, epoch: u64, batch: &Batch) -> Answer<u64> {
        let from = *self.commits_from.lock().expect("no test panics here");
        if from.is_some_and(|from| Instant::now() < from) {
            return Answer::ready(Err(Error::Busy));
        }
        self.store.commit(epoch, batch)
    }

    fn find(&self, arn: &str) -> Answer<Option<Summary>> {
        let less = |busy: u64| busy.checked_sub(1);
        let relaxed = Ordering::Relaxed;
        if self.busy_finds.fetch_update(relaxed, relaxed, less).is_ok() {
            return Answer::ready(Err(Error::Busy));
        }
        self.store.find(arn)
    }

    fn claim(&self) -> Answer<u64> {
        self.store.claim()
    }

    fn renew(&self, epoch: u64) -> Answer<()> {
        self.store.renew(epoch)
    }

    fn start(&self, epoch: u64, execution: NewExecution) -> Answer<Started> {
        self.store.start(epoch, execution)
    }

    fn load(&self, id: ExecutionId) -> Answer<Option<Loaded>> {
        self.store.load(id)
    }

    fn history(&self, query: HistoryQuery) -> Answer<Vec<Event>> {
        self.store.history(query)
    }

    fn due(&self, query: DueQuery) -> Answer<Vec<Due>> {
        self.store.due(query)
    }

    fn list(&self, query: ListQuery) -> Answer<Page> {
        Journal::list(&self.store, query)
    }

    fn waiting(&self, queue: &str, limit: usize) -> Answer<Vec<Waiting>> {
        self.store.waiting(queue, limit)
    }

    fn blob(&self, digest: Digest) -> Answer<Option<Vec<u8>>> {
        self.store.blob(digest)
    }

    fn expire(&self, before: Millis, limit: usize) -> Answer<Expired> {
        self.store.expire(before, limit)
    }
}

impl Catalog for Hesitant {
    fn get(&self, key: &Key) -> Answer<Option<Entry>> {
        self.store.get(key)
    }

    fn put(&self, key: Key, expected: u64, value: Vec<u8>) -> Answer<u64> {
        self.store.put(key, expected, value)
    }

    fn delete(&self, key: Key, expected: u64) -> Answer<()> {
        self.store.delete(key, expected)
    }

    fn change(&self, changes: Vec<Change>) -> Answer<u64> {
        self.store.change(changes)
    }

    fn list(&self, query: CatalogQuery) -> Answer<Vec<(String, Entry)>> {
        Catalog::list(&self.store, query)
    }
}
