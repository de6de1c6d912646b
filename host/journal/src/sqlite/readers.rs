//! The threads that read.

use std::{
    path::Path,
    sync::Arc,
    thread::{self, JoinHandle},
};

use rusqlite::Connection;

use super::{
    SqliteOptions, open,
    queue::{Queue, Urgency},
};
use crate::{
    answer::{Answer, Reply},
    error::{Error, OpenError, Result, StorageError},
};

type Query = Box<dyn FnOnce(Result<&Connection>) + Send>;

/// Hands queries over to the threads that answer them.
pub(super) struct Readers {
    queue: Arc<Queue<Query>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    pub(super) fn spawn(database: &Path, options: &SqliteOptions) -> Result<Self, OpenError> {
        let mut readers = Self {
            queue: Arc::new(Queue::new(options.waiting_reads)),
            threads: Vec::new(),
        };
        for _ in 0..options.readers.max(1) {
            let connection = open::readable(database).map_err(StorageError::from)?;
            let thread = spawn_reader(Arc::clone(&readers.queue), connection);
            let thread = thread.map_err(|error| StorageError::Io(Arc::new(error)))?;
            readers.threads.push(thread);
        }
        Ok(readers)
    }

    /// Answers the query from one state of the store.
    pub(super) fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Answer<T> {
        let (reply, answer) = Answer::pending();
        let job = Box::new(move |connection: Result<&Connection>| {
            reply_to(reply, connection, query);
        });
        if let Err((error, job)) = self.queue.push(Urgency::Begin, job) {
            job(Err(error));
        }
        answer
    }
}

fn reply_to<T>(
    reply: Reply<T>,
    connection: Result<&Connection>,
    query: impl FnOnce(&Connection) -> Result<T>,
) {
    reply.give(connection.and_then(|connection| {
        // Dropped at the end: a query leaves nothing to commit.
        let snapshot = connection.unchecked_transaction()?;
        query(&snapshot)
    }));
}

fn spawn_reader(
    queue: Arc<Queue<Query>>,
    connection: Connection,
) -> std::io::Result<JoinHandle<()>> {
    let thread = thread::Builder::new().name("journal-reader".into());
    thread.spawn(move || {
        while let Some(queries) = queue.take(1) {
            for query in queries {
                query(Ok(&connection));
            }
        }
    })
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            // A query that panicked has left its caller without an answer, which
            // the caller sees as closed.
            let _ = thread.join();
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::TooBig) => Self::TooLarge,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Corrupt(error.to_string())
            }
            Some(_) => Self::Io(Arc::new(error)),
            // A column of another type than was written.
            None => Self::Corrupt(error.to_string()),
        }
    }
}
