//! A journal whose process ends at some write, in front of a store that stays.

use std::{
    fmt::Debug,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use sandstep_journal::{
    Answer, Batch, Digest, Due, DueQuery, Error, Event, ExecutionId, Expired, HistoryQuery,
    Journal, ListQuery, Loaded, Millis, NewExecution, Page, Started, Summary, Waiting,
};
use tokio::sync::Notify;

/// What happens at a write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Trouble {
    /// The process ends before it.
    CrashBefore,
    /// The process ends after it, and nobody is told.
    CrashAfter,
    /// It reaches the store twice, and the second answer is heard.
    SentTwice,
}

impl Trouble {
    pub(crate) const ALL: [Self; 3] = [Self::CrashBefore, Self::CrashAfter, Self::SentTwice];
}

/// What is wrong with the store.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    Nothing,
    /// It takes every commit for one that has seen the last one.
    ForgetsVersions,
    /// It answers a commit when it makes the one before.
    AnswersEarly,
}

pub(crate) struct Shaky {
    store: Arc<dyn Journal>,
    trouble: Option<(Trouble, usize)>,
    fault: Fault,
    writes: AtomicUsize,
    is_over: AtomicBool,
    happened: Notify,
    /// What was answered early.
    held: Mutex<Option<(u64, Batch)>>,
}

impl Shaky {
    /// A journal in front of this store, with trouble at the write of that number.
    pub(crate) fn new(
        store: Arc<dyn Journal>,
        trouble: Option<(Trouble, usize)>,
        fault: Fault,
    ) -> Self {
        Self {
            store,
            trouble,
            fault,
            writes: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
            happened: Notify::new(),
            held: Mutex::default(),
        }
    }

    pub(crate) fn writes(&self) -> usize {
        self.writes.load(Ordering::Relaxed)
    }

    /// Waits until the trouble has come.
    pub(crate) async fn trouble(&self) {
        self.happened.notified().await;
    }

    fn write<T: Debug>(&self, write: impl Fn() -> Answer<T>) -> Answer<T> {
        if self.is_over.load(Ordering::Relaxed) {
            return Answer::ready(Err(Error::Closed));
        }
        let number = self.writes.fetch_add(1, Ordering::Relaxed);
        let Some((trouble, _)) = self.trouble.filter(|(_, at)| *at == number) else {
            return write();
        };
        self.happened.notify_one();
        match trouble {
            Trouble::CrashBefore => self.end(),
            Trouble::CrashAfter => {
                // Whatever it answers, nobody hears it.
                let _ = write().wait();
                self.end();
            }
            Trouble::SentTwice => {
                let _ = write().wait();
                return write();
            }
        }
        Answer::ready(Err(Error::Closed))
    }

    fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    fn read<T>(&self, read: impl FnOnce(&dyn Journal) -> Answer<T>) -> Answer<T> {
        if self.is_over.load(Ordering::Relaxed) {
            return Answer::ready(Err(Error::Closed));
        }
        self.catch_up();
        read(&*self.store)
    }

    fn commit_with_fault(&self, epoch: u64, mut batch: Batch) -> Answer<u64> {
        match self.fault {
            Fault::Nothing => {}
            Fault::ForgetsVersions => {
                let there = self.store.load(batch.execution).wait();
                if let Ok(Some(there)) = there {
                    batch.expected = there.summary.version;
                }
            }
            Fault::AnswersEarly => {
                self.catch_up();
                let version = batch.expected + 1;
                *self.held() = Some((epoch, batch));
                return Answer::ready(Ok(version));
            }
        }
        self.store.commit(epoch, &batch)
    }

    fn catch_up(&self) {
        if let Some((epoch, batch)) = self.held().take() {
            let made = self.store.commit(epoch, &batch).wait();
            made.expect("whoever was answered was right");
        }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<(u64, Batch)>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal for Shaky {
    fn claim(&self) -> Answer<u64> {
        self.read(|store| store.claim())
    }

    fn renew(&self, epoch: u64) -> Answer<()> {
        self.read(|store| store.renew(epoch))
    }

    fn start(&self, epoch: u64, execution: NewExecution) -> Answer<Started> {
        self.write(|| self.store.start(epoch, execution.clone()))
    }

    fn commit(&self, epoch: u64, batch: &Batch) -> Answer<u64> {
        self.write(|| self.commit_with_fault(epoch, batch.clone()))
    }

    fn find(&self, arn: &str) -> Answer<Option<Summary>> {
        self.read(|store| store.find(arn))
    }

    fn load(&self, id: ExecutionId) -> Answer<Option<Loaded>> {
        self.read(|store| store.load(id))
    }

    fn history(&self, query: HistoryQuery) -> Answer<Vec<Event>> {
        self.read(|store| store.history(query))
    }

    fn due(&self, query: DueQuery) -> Answer<Vec<Due>> {
        self.read(|store| store.due(query))
    }

    fn list(&self, query: ListQuery) -> Answer<Page> {
        self.read(|store| store.list(query))
    }

    fn waiting(&self, queue: &str, limit: usize) -> Answer<Vec<Waiting>> {
        self.read(|store| store.waiting(queue, limit))
    }

    fn blob(&self, digest: Digest) -> Answer<Option<Vec<u8>>> {
        self.read(|store| store.blob(digest))
    }

    fn expire(&self, before: Millis, limit: usize) -> Answer<Expired> {
        self.read(|store| store.expire(before, limit))
    }
}
