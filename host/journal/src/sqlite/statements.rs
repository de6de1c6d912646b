//! The statements of every start and every commit.

use rusqlite::{Connection, PrepFlags, Statement};

use super::names;

/// Prepared once, by the thread that writes: to find a statement by its text, as the
/// rarer ones are found, takes as long as to run it.
///
/// Where a table has checksums, the row's columns are the first parameters, in the
/// order in which they are summed, and the checksum is the last one.
pub(super) struct Statements<'c> {
    pub(super) find_name: Statement<'c>,
    pub(super) insert_start: Statement<'c>,
    pub(super) insert_progress: Statement<'c>,
    pub(super) update_progress: Statement<'c>,
    pub(super) insert_batch: Statement<'c>,
    pub(super) set_result: Statement<'c>,
    pub(super) list: Statement<'c>,
    pub(super) list_again: Statement<'c>,
}

impl<'c> Statements<'c> {
    pub(super) fn prepare(connection: &'c Connection) -> rusqlite::Result<Self> {
        let persistent = PrepFlags::SQLITE_PREPARE_PERSISTENT;
        let prepare = |sql| connection.prepare_with_flags(sql, persistent);
        Ok(Self {
            find_name: prepare(names::FIND)?,
            insert_start: prepare(
                "INSERT INTO starts (id, started, arn, groups, head, checksum)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?,
            insert_progress: prepare(
                "INSERT INTO executions
                (id, version, events, redrives, status, due, ended, checksum)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?,
            update_progress: prepare(
                "UPDATE executions SET version = ?2, events = ?3, redrives = ?4, status = ?5,
                due = ?6, ended = ?7, checksum = ?8 WHERE id = ?1",
            )?,
            insert_batch: prepare(
                "INSERT INTO batches (execution, first, records, checksum)
                VALUES (?1, ?2, ?3, ?4)",
            )?,
            set_result: prepare(
                "INSERT INTO results (id, result, checksum) VALUES (?1, ?2, ?3)
                ON CONFLICT (id) DO UPDATE
                SET result = excluded.result, checksum = excluded.checksum",
            )?,
            list: prepare(
                "INSERT OR IGNORE INTO listings (grp, status, execution) VALUES (?1, ?2, ?3)",
            )?,
            list_again: prepare(
                "UPDATE OR REPLACE listings SET status = ?4
                WHERE grp = ?1 AND status = ?2 AND execution = ?3",
            )?,
        })
    }
}
