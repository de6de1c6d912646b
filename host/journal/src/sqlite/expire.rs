//! Forgetting what is old.

use rusqlite::Connection;

use super::{executions, writer::Writing};
use crate::{
    error::Result,
    execution::{ExecutionId, Millis},
    journal::Expired,
};

/// The executions that ended before ?1, the earliest first, at most ?2. Of a damaged one
/// nobody knows which lists it is on.
const WHOLE: &str = "SELECT e.id FROM executions e JOIN starts s ON s.id = e.id
    WHERE e.ended < ?1
    AND e.checksum = checksum(e.id, e.version, e.events, e.redrives, e.status, e.due, e.ended)
    AND s.checksum = checksum(s.id, s.started, s.arn, s.groups, s.head)
    ORDER BY e.ended, e.id LIMIT ?2";

/// Everything that an execution has rows in, and by which column.
const ROWS: [&str; 6] = [
    "DELETE FROM executions WHERE id = ?1",
    "DELETE FROM starts WHERE id = ?1",
    "DELETE FROM results WHERE id = ?1",
    "DELETE FROM batches WHERE execution = ?1",
    "DELETE FROM waiting WHERE execution = ?1",
    "DELETE FROM mentions WHERE execution = ?1",
];

impl Writing<'_> {
    pub(super) fn expire(&mut self, before: Millis, limit: usize) -> Result<Expired> {
        let ended = ids(self.connection, WHOLE, (before, bound(limit)))?;
        if !ended.is_empty() {
            self.reserve_ids()?;
        }
        for id in &ended {
            self.forget(ExecutionId(*id))?;
        }
        let damaged = match ended.is_empty() {
            true => self.ended_before(before)?,
            false => 0,
        };
        Ok(Expired {
            executions: ended.len(),
            blobs: self.sweep(limit)?,
            damaged,
        })
    }

    fn ended_before(&self, before: Millis) -> Result<u64> {
        let sql = "SELECT count(*) FROM executions WHERE ended < ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([before], |row| executions::unsigned(row, 0))?)
    }

    fn forget(&self, id: ExecutionId) -> Result<()> {
        let status = executions::progress(self.connection, id)?.status;
        self.unlist(id, &self.groups_of(id)?, status)?;
        self.unname(id)?;
        let sql = "UPDATE blobs SET uses = uses - 1
            WHERE id IN (SELECT blob FROM mentions WHERE execution = ?1)";
        self.connection.prepare_cached(sql)?.execute([id.0])?;
        for sql in ROWS {
            self.connection.prepare_cached(sql)?.execute([id.0])?;
        }
        Ok(())
    }

    fn sweep(&self, limit: usize) -> Result<usize> {
        let unused = "SELECT id FROM blobs WHERE uses = 0 LIMIT ?1";
        let unused = ids(self.connection, unused, [bound(limit)])?;
        for id in &unused {
            for sql in [
                "DELETE FROM contents WHERE id = ?1",
                "DELETE FROM blobs WHERE id = ?1",
            ] {
                self.connection.prepare_cached(sql)?.execute([id])?;
            }
        }
        Ok(unused.len())
    }
}

fn ids(connection: &Connection, sql: &str, with: impl rusqlite::Params) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement.query_map(with, |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// A limit as SQLite takes it.
pub(super) fn bound(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
