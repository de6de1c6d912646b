//! Reading the rows of an execution.

use rusqlite::{Connection, Row};

use super::{checksum, codes};
use crate::{
    error::{Error, Result},
    execution::{ExecutionId, Progress, Summary},
};

/// A summary's columns, of `executions e` joined with `starts s` and `results r`.
const COLUMNS: &str = "e.id, e.version, e.events, e.redrives, e.status, e.due, e.ended,
    s.arn, s.started, s.head, r.result,
    e.checksum = checksum(e.id, e.version, e.events, e.redrives, e.status, e.due, e.ended)
    AND s.checksum = checksum(s.id, s.started, s.arn, s.groups, s.head)
    AND (r.id IS NULL OR r.checksum = checksum(r.id, r.result))
    FROM executions e JOIN starts s ON s.id = e.id LEFT JOIN results r ON r.id = e.id";

/// The execution of this id.
pub(super) fn summary(connection: &Connection, id: ExecutionId) -> Result<Option<Summary>> {
    let sql = format!("SELECT {COLUMNS} WHERE e.id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(read_summary).transpose()
}

fn read_summary(row: &Row) -> Result<Summary> {
    checksum::check(row.get(11)?, "an execution's summary")?;
    let ended: Option<i64> = row.get(6)?;
    let result: Option<Vec<u8>> = row.get(10)?;
    let status = codes::status(row.get(4)?)?;
    Ok(Summary {
        id: ExecutionId(row.get(0)?),
        arn: row.get(7)?,
        started: row.get(8)?,
        head: row.get(9)?,
        version: unsigned(row, 1)?,
        events: unsigned(row, 2)?,
        redrives: row.get(3)?,
        standing: codes::standing(status, row.get(5)?, ended.zip(result))?,
    })
}

/// What the rules need to know of an execution.
pub(super) fn progress(connection: &Connection, id: ExecutionId) -> Result<Progress> {
    let sql = "SELECT version, events, redrives, status,
        checksum = checksum(id, version, events, redrives, status, due, ended)
        FROM executions WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.0])?;
    let row = rows.next()?.ok_or(Error::NoSuchExecution)?;
    checksum::check(row.get(4)?, "an execution's progress")?;
    Ok(Progress {
        version: unsigned(row, 0)?,
        events: unsigned(row, 1)?,
        redrives: row.get(2)?,
        status: codes::status(row.get(3)?)?,
    })
}

/// A number that is never negative.
pub(super) fn unsigned(row: &Row, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}
