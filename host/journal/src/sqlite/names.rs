//! Which execution has an ARN.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rusqlite::{Connection, OptionalExtension, Statement};

use super::{claims, executions, writer::Writing};
use crate::{
    blob::Digest,
    error::{Result, StorageError},
    execution::{ExecutionId, Summary},
};

/// How many names are gathered in memory before they are moved to the table, in
/// order: 1 to 2 MiB, and 50 ms of reading when a store is opened.
const GATHERED: usize = if cfg!(test) { 8 } else { 65_536 };

/// The counter of the last execution whose name is in the table.
const NAMED: &str = "named";

/// Finds the executions that the table has under a hash.
pub(super) const FIND: &str = "SELECT execution FROM names WHERE hash = ?1";

/// The names of the latest executions, which the table does not have yet.
///
/// Some may be of executions whose start is not committed, or was undone: a name
/// only says where to look.
#[derive(Default)]
pub(super) struct LatestNames(Mutex<BTreeSet<(i64, ExecutionId)>>);

impl LatestNames {
    /// Gathers them again, from the starts of the executions.
    pub(super) fn read_again(&self, connection: &Connection) -> Result<(), StorageError> {
        let named = claims::read(connection, NAMED)?;
        let sql = "SELECT id, arn FROM starts WHERE id > ?1";
        let mut statement = connection.prepare_cached(sql)?;
        let names = statement.query_map([named], |row| {
            let arn = row.get_ref(1)?.as_str()?;
            Ok((hash(arn), ExecutionId(row.get(0)?)))
        })?;
        *self.names() = names.collect::<rusqlite::Result<_>>()?;
        Ok(())
    }

    /// Leaves those that the table does not have, once it lasts.
    pub(super) fn forget_until(&self, named: ExecutionId) {
        self.names().retain(|(_, execution)| *execution > named);
    }

    fn with_hash(&self, hash: i64) -> Vec<ExecutionId> {
        let (first, last) = (ExecutionId(i64::MIN), ExecutionId(i64::MAX));
        let names = self.names();
        let found = names.range((hash, first)..=(hash, last));
        found.map(|(_, execution)| *execution).collect()
    }

    fn names(&self) -> MutexGuard<'_, BTreeSet<(i64, ExecutionId)>> {
        // Nobody panics while holding it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stands for an ARN in the index: short, and the same for ever.
pub(super) fn hash(arn: &str) -> i64 {
    let Digest(digest) = Digest::of(arn.as_bytes());
    let (first, _) = digest.split_first_chunk().expect("a digest has 32 bytes");
    i64::from_be_bytes(*first)
}

/// The execution of this ARN. Must be the first to read in its transaction.
pub(super) fn find(
    connection: &Connection,
    latest: &LatestNames,
    arn: &str,
) -> Result<Option<Summary>> {
    let hash = hash(arn);
    // In this order: what has left the memory by now is in the table, and the
    // transaction begins to see with its first query.
    let mut candidates = latest.with_hash(hash);
    let mut statement = connection.prepare_cached(FIND)?;
    candidates.extend(with_hash(&mut statement, hash)?);
    among(connection, &candidates, arn)
}

/// The execution of this ARN, if it is one of these.
fn among(
    connection: &Connection,
    candidates: &[ExecutionId],
    arn: &str,
) -> Result<Option<Summary>> {
    for &id in candidates {
        if arn_of(connection, id)?.as_deref() == Some(arn) {
            return executions::summary(connection, id);
        }
    }
    Ok(None)
}

/// The executions that the table has under this hash.
fn with_hash(find: &mut Statement, hash: i64) -> Result<Vec<ExecutionId>> {
    let ids = find.query_map([hash], |row| row.get(0).map(ExecutionId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

fn arn_of(connection: &Connection, id: ExecutionId) -> Result<Option<String>> {
    let sql = "SELECT arn FROM starts WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([id.0], |row| row.get(0)).optional()?)
}

impl Writing<'_> {
    /// The execution of this ARN, which has that hash.
    pub(super) fn find(&mut self, arn: &str, hash: i64) -> Result<Option<Summary>> {
        let mut candidates = self.names.with_hash(hash);
        candidates.extend(with_hash(&mut self.statements.find_name, hash)?);
        among(self.connection, &candidates, arn)
    }

    /// Notes that this execution, the latest, has an ARN with that hash.
    pub(super) fn name(&mut self, execution: ExecutionId, hash: i64) -> Result<()> {
        let gathered = self.names.names().len();
        if gathered >= GATHERED && self.named.is_none() {
            self.move_names(ExecutionId(execution.0 - 1))?;
        }
        self.names.names().insert((hash, execution));
        Ok(())
    }

    /// Puts all names into the table; they leave the memory after the commit.
    fn move_names(&mut self, named: ExecutionId) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO names (hash, execution) VALUES (?1, ?2)";
        let mut statement = self.connection.prepare_cached(sql)?;
        for (hash, execution) in self.names.names().iter() {
            statement.execute((hash, execution.0))?;
        }
        drop(statement);
        self.set(NAMED, named.0)?;
        self.named = Some(named);
        Ok(())
    }

    /// Forgets that this execution has an ARN; its start is still there.
    pub(super) fn unname(&self, execution: ExecutionId) -> Result<()> {
        let Some(arn) = arn_of(self.connection, execution)? else {
            return Ok(());
        };
        let hash = hash(&arn);
        let sql = "DELETE FROM names WHERE hash = ?1 AND execution = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute((hash, execution.0))?;
        self.names.names().remove(&(hash, execution));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Advance, Journal, NewExecution, SqliteOptions, SqliteStore, Standing, Started, Status,
    };

    fn execution(number: usize) -> NewExecution {
        NewExecution {
            arn: format!("execution:{number}"),
            groups: Vec::new(),
            started: 0,
            head: Vec::new(),
            first: Advance {
                records: Default::default(),
                blobs: Vec::new(),
                standing: Standing::Ended {
                    status: Status::Succeeded,
                    at: 0,
                    result: Vec::new(),
                },
                enqueued: Vec::new(),
                dequeued: Vec::new(),
            },
        }
    }

    fn named(store: &SqliteStore) -> usize {
        let numbers = 0..100;
        let found = numbers.map(|number| store.find(&format!("execution:{number}")));
        found.filter_map(|answer| answer.wait().unwrap()).count()
    }

    #[test]
    fn a_name_is_found_wherever_it_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let open = || SqliteStore::open(directory.path(), SqliteOptions::default()).unwrap();
        let store = open();
        let epoch = store.claim().wait().unwrap();
        let start = |store: &SqliteStore, number| {
            let started = store.start(epoch, execution(number)).wait().unwrap();
            matches!(started, Started::New(_))
        };
        for number in 0..30 {
            assert!(start(&store, number));
            assert_eq!(named(&store), number + 1);
        }
        drop(store);

        let store = open();
        assert_eq!(named(&store), 30);
        assert!((0..30).all(|number| !start(&store, number)));
        assert_eq!(store.expire(1, 100).wait().unwrap().executions, 30);
        assert_eq!(named(&store), 0);
        assert!((0..30).all(|number| start(&store, number)));
        assert_eq!(named(&store), 30);
    }
}
