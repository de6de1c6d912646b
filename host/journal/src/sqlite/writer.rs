//! The one thread that writes: groups of commits, then checkpoints.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
};

use rusqlite::Connection;

use super::{
    SqliteOptions,
    active::ActiveExecutions,
    claims,
    names::LatestNames,
    open::{PAGE, fold_log},
    queue::{Queue, Urgency},
    statements::Statements,
};
use crate::{
    answer::{Answer, Reply},
    error::{Error, OpenError, Result, StorageError},
    execution::ExecutionId,
};

/// The most writes that share one sync. More would only let the first wait longer.
const GROUP: usize = 1024;

/// Hands writes over to the thread that does them.
pub(super) struct Writer {
    queue: Arc<Queue<Box<dyn Job>>>,
    names: Arc<LatestNames>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn spawn(
        mut connection: Connection,
        options: &SqliteOptions,
    ) -> Result<Self, OpenError> {
        let queue = Arc::new(Queue::new(options.waiting_writes));
        let names = Arc::new(LatestNames::default());
        let log = Log {
            pages: count_pages(&mut connection)?,
            longest: options.log,
        };
        let (begun, begins) = mpsc::sync_channel(1);
        let (jobs, latest) = (Arc::clone(&queue), Arc::clone(&names));
        let thread = thread::Builder::new().name("journal-writer".into());
        // Statements borrow from the connection, so that it stays on this thread's stack.
        let thread = thread.spawn(move || match Group::new(&connection, latest, log) {
            Ok(mut group) => {
                let _ = begun.send(Ok(()));
                group.write_all(&jobs);
            }
            Err(error) => {
                let _ = begun.send(Err(error));
            }
        });
        let thread = thread.map_err(|error| StorageError::Io(Arc::new(error)))?;
        let writer = Self {
            queue,
            names,
            thread: Some(thread),
        };
        begins.recv().unwrap_or(Err(StorageError::Halted))?;
        Ok(writer)
    }

    /// The names that only the memory has.
    pub(super) fn latest_names(&self) -> Arc<LatestNames> {
        Arc::clone(&self.names)
    }

    /// Lets `change` run inside the next group. It may run again, where its group
    /// failed because of another member; what it did before was undone then.
    pub(super) fn write<T: Send + 'static>(
        &self,
        urgency: Urgency,
        change: impl FnMut(&mut Writing<'_>) -> Result<T> + Send + 'static,
    ) -> Answer<T> {
        let (reply, answer) = Answer::pending();
        let job = Write {
            change,
            result: None,
            reply,
        };
        if let Err((error, job)) = self.queue.push(urgency, Box::new(job)) {
            job.answer(Err(error));
        }
        answer
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            // It does not panic; were it to, its callers have been told already.
            let _ = thread.join();
        }
    }
}

trait Job: Send {
    /// Makes the change. Fails only where the whole group must be undone.
    fn run(&mut self, writing: &mut Writing<'_>) -> Result<(), StorageError>;

    /// Tells the caller: what the change came to, or why there is none.
    fn answer(self: Box<Self>, committed: Result<()>);
}

struct Write<T, F> {
    change: F,
    result: Option<Result<T>>,
    reply: Reply<T>,
}

impl<T: Send, F: FnMut(&mut Writing<'_>) -> Result<T> + Send> Job for Write<T, F> {
    fn run(&mut self, writing: &mut Writing<'_>) -> Result<(), StorageError> {
        let result = (self.change)(writing);
        if let Err(Error::Storage(error)) = result {
            return Err(error);
        }
        self.result = Some(result);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let result = self.result.unwrap_or(Err(Error::Closed));
        self.reply.give(committed.and(result));
    }
}

/// What a change may use while it is made.
pub(super) struct Writing<'c> {
    pub(super) connection: &'c Connection,
    pub(super) statements: Statements<'c>,
    pub(super) counters: Counters,
    pub(super) active: ActiveExecutions,
    /// Ids of groups that were looked up lately.
    pub(super) groups: HashMap<String, i64>,
    pub(super) names: Arc<LatestNames>,
    /// The last execution whose name this transaction has put into the table.
    pub(super) named: Option<ExecutionId>,
}

/// Counters of the store that would be read for every write.
pub(super) struct Counters {
    pub(super) epoch: u64,
    pub(super) next_execution: i64,
}

/// How long the log is.
struct Log {
    /// As the last commit left it.
    pages: Arc<AtomicI32>,
    /// In bytes: beyond it, the log is folded.
    longest: u64,
}

/// Has a connection keep count of the pages of its log.
fn count_pages(connection: &mut Connection) -> Result<Arc<AtomicI32>, StorageError> {
    let pages = Arc::new(AtomicI32::new(0));
    let pages_now = Arc::clone(&pages);
    connection.wal_hook(Some(move |_: &mut _, pages| {
        pages_now.store(pages, Ordering::Relaxed);
        Ok(())
    }))?;
    Ok(pages)
}

struct Group<'c> {
    writing: Writing<'c>,
    log: Log,
    halted: bool,
}

impl<'c> Group<'c> {
    fn new(
        connection: &'c Connection,
        names: Arc<LatestNames>,
        log: Log,
    ) -> Result<Self, StorageError> {
        let counters = claims::read_counters(connection)?;
        names.read_again(connection)?;
        let writing = Writing {
            connection,
            statements: Statements::prepare(connection)?,
            counters,
            active: ActiveExecutions::default(),
            groups: HashMap::new(),
            names,
            named: None,
        };
        Ok(Self {
            writing,
            log,
            halted: false,
        })
    }

    /// Writes what waits, group after group, until nothing more can come.
    fn write_all(&mut self, jobs: &Queue<Box<dyn Job>>) {
        while let Some(waiting) = jobs.take(GROUP) {
            self.write(waiting);
            self.checkpoint_if_long();
        }
        self.finish();
    }

    /// Writes the jobs in one transaction. Where one of them is in the way, for
    /// lack of room perhaps, each gets a transaction of its own.
    fn write(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        let outcome = self.transact(&mut jobs);
        if outcome.is_ok() || jobs.len() == 1 || self.halted {
            for job in jobs {
                job.answer(outcome.clone().map_err(Error::Storage));
            }
            return;
        }
        for mut job in jobs {
            let outcome = self.transact(std::slice::from_mut(&mut job));
            job.answer(outcome.map_err(Error::Storage));
        }
    }

    fn transact(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<(), StorageError> {
        if self.halted {
            return Err(StorageError::Halted);
        }
        let outcome = self.try_transact(jobs);
        if let Err(error) = &outcome {
            self.undo(error);
        }
        outcome
    }

    fn try_transact(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<(), StorageError> {
        self.writing.connection.execute_batch("BEGIN IMMEDIATE")?;
        for job in jobs {
            job.run(&mut self.writing)?;
        }
        self.writing.connection.execute_batch("COMMIT")?;
        if let Some(named) = self.writing.named.take() {
            self.writing.names.forget_until(named);
        }
        Ok(())
    }

    /// Goes back to before the transaction. Where that is not certain to have
    /// worked, nothing more is written: the next opening finds out what is there.
    fn undo(&mut self, error: &StorageError) {
        let connection = self.writing.connection;
        // SQLite has rolled back by itself after some errors.
        let undone = connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok();
        self.writing.groups.clear();
        self.writing.active.clear();
        self.writing.named = None;
        let names = self.writing.names.read_again(connection);
        let counters = names.and_then(|()| claims::read_counters(connection));
        let Ok(counters) = counters else {
            self.halted = true;
            return;
        };
        self.writing.counters = counters;
        self.halted = !(undone && error.is_harmless());
    }

    /// Folds the log into the database, as far as readers allow.
    fn checkpoint_if_long(&mut self) {
        let pages = u64::from(self.log.pages.load(Ordering::Relaxed).unsigned_abs());
        if self.halted || pages * PAGE < self.log.longest {
            return;
        }
        // A failure loses nothing: the log still holds everything, and the next
        // commit tries again.
        let _ = fold_log(self.writing.connection, "PASSIVE");
    }

    fn finish(&mut self) {
        if !self.halted {
            let _ = fold_log(self.writing.connection, "TRUNCATE");
        }
    }
}
