//! Looking for damage when a store is opened.
//!
//! SQLite knows whether its trees are well formed and its indexes agree with
//! their tables. That a row is what was written is known by its checksum, and
//! of a table that repeats what others say, by comparing the two.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use rusqlite::{
    Connection, ErrorCode,
    functions::{Context, FunctionFlags},
};

use super::{advance::decode_groups, names};
use crate::error::{Result, StorageError};

/// How many steps of SQLite's machine lie between two looks at the clock: well
/// below a millisecond.
const STEPS: i32 = 4096;

/// Queries that find a row which cannot be right, and what it is then that is
/// damaged.
const DAMAGED: [(&str, &str); 13] = [
    (
        "a counter",
        "SELECT 1 FROM counters WHERE checksum <> checksum(name, value)",
    ),
    (
        "an execution's progress",
        "SELECT 1 FROM executions
            WHERE checksum <> checksum(id, version, events, redrives, status, due, ended)",
    ),
    (
        "an execution's start",
        "SELECT 1 FROM starts WHERE checksum <> checksum(id, started, arn, groups, head)",
    ),
    (
        "an execution's result",
        "SELECT 1 FROM results WHERE checksum <> checksum(id, result)",
    ),
    (
        "an execution, which lacks a part,",
        "SELECT 1 FROM executions e LEFT JOIN starts s USING (id) LEFT JOIN results r USING (id)
            WHERE s.id IS NULL OR (e.ended IS NOT NULL AND r.id IS NULL)",
    ),
    (
        "a waiting task",
        "SELECT 1 FROM waiting WHERE checksum <> checksum(queue, since, execution, event)",
    ),
    (
        "an entry of the catalog",
        "SELECT 1 FROM entries WHERE checksum <> checksum(kind, name, version, value)",
    ),
    (
        "the list of names",
        "SELECT 1 FROM names n LEFT JOIN starts s ON s.id = n.execution
            WHERE s.id IS NULL OR arn_hash(s.arn) <> n.hash",
    ),
    (
        "the length of the list of names",
        "SELECT 1 WHERE (SELECT count(*) FROM names) <> (SELECT count(*) FROM starts
            WHERE id <= ifnull((SELECT value FROM counters WHERE name = 'named'), 0))",
    ),
    (
        "a list of executions",
        "SELECT 1 FROM listings l LEFT JOIN executions e ON e.id = l.execution
            LEFT JOIN starts s ON s.id = l.execution
            WHERE e.id IS NULL OR e.status <> l.status OR NOT has_group(s.groups, l.grp)",
    ),
    (
        "the length of the lists of executions",
        "SELECT 1 WHERE (SELECT count(*) FROM listings)
            <> (SELECT ifnull(sum(count_groups(groups)), 0) FROM starts)",
    ),
    (
        "a mention of a blob",
        "SELECT 1 FROM mentions WHERE checksum <> checksum(execution, blob)",
    ),
    (
        "the uses of a blob",
        "SELECT 1 FROM blobs LEFT JOIN (SELECT blob, count(*) AS uses FROM mentions GROUP BY blob) m
            ON m.blob = blobs.id WHERE blobs.uses <> ifnull(m.uses, 0)",
    ),
];

/// The search for damage, which ends when its time is over.
pub(super) struct Search(Instant);

impl Search {
    /// A search that takes no longer than this.
    pub(super) fn within(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// Walks through the trees of a store of any schema.
    pub(super) fn trees(&self, connection: &mut Connection) -> Result<(), StorageError> {
        self.run(connection, |connection| {
            let sql = "PRAGMA integrity_check(1)";
            let verdict: String = connection.query_row(sql, [], |row| row.get(0))?;
            Ok((verdict != "ok").then_some(verdict))
        })
    }

    /// Walks through the rows of a store of the current schema, all but those
    /// that are long: they are compared whenever they are read.
    pub(super) fn rows(&self, connection: &mut Connection) -> Result<(), StorageError> {
        register(connection)?;
        self.run(connection, |connection| {
            for (what, sql) in DAMAGED {
                if connection.prepare(sql)?.exists([])? {
                    return Ok(Some(format!("{what} is damaged")));
                }
            }
            Ok(None)
        })
    }

    /// Tells what a walk found. What it has not come to in time is taken for whole.
    fn run(
        &self,
        connection: &mut Connection,
        walk: impl FnOnce(&Connection) -> rusqlite::Result<Option<String>>,
    ) -> Result<(), StorageError> {
        let end = self.0;
        if Instant::now() >= end {
            return Ok(());
        }
        connection.progress_handler(STEPS, Some(move || Instant::now() >= end))?;
        let outcome = walk(connection);
        connection.progress_handler(0, None::<fn() -> bool>)?;
        match outcome {
            Ok(None) => Ok(()),
            Ok(Some(damage)) => Err(StorageError::Corrupt(damage)),
            Err(error) if is_interruption(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn is_interruption(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted)
}

/// Teaches a connection what the queries need: `arn_hash(arn)`, and of the bytes
/// that an execution's groups are kept as, `has_group(groups, id)` and
/// `count_groups(groups)`.
fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("arn_hash", 1, flags, |arguments| {
        Ok(names::hash(arguments.get_raw(0).as_str()?))
    })?;
    connection.create_scalar_function("has_group", 2, flags, |arguments| {
        Ok(groups(arguments)?.contains(&arguments.get(1)?))
    })?;
    connection.create_scalar_function("count_groups", 1, flags, |arguments| {
        Ok(groups(arguments)?.len() as i64)
    })
}

fn groups(arguments: &Context) -> rusqlite::Result<BTreeSet<i64>> {
    let groups = decode_groups(arguments.get_raw(0).as_bytes()?);
    Ok(groups.into_iter().collect())
}
