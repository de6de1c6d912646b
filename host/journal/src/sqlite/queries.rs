//! What is asked of executions.

use rusqlite::{Connection, Row};

use super::{
    checksum,
    codes::status_code,
    executions::{self, unsigned},
    expire::bound,
};
use crate::{
    error::Result,
    execution::{ExecutionId, Record, Status, Summary, Waiting},
    journal::{Due, DueQuery, Event, HistoryQuery, ListQuery, Loaded, Order, Page, PageToken},
    records,
};

pub(super) fn load(connection: &Connection, id: ExecutionId) -> Result<Option<Loaded>> {
    let Some(summary) = executions::summary(connection, id)? else {
        return Ok(None);
    };
    let sql = "SELECT first, checksum = checksum(execution, first, records), records FROM batches WHERE execution = ?1
        ORDER BY first, id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.0])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.extend(read_batch(row)?.records);
    }
    let events = records.iter().filter(|record| record.event).count() as u64;
    checksum::check(events == summary.events, "an execution's history")?;
    Ok(Some(Loaded { summary, records }))
}

/// The records of one commit.
struct StoredBatch {
    first: u64,
    records: Vec<Record>,
}

impl StoredBatch {
    fn events(self) -> impl DoubleEndedIterator<Item = Event> {
        let events = self.records.into_iter().filter(|record| record.event);
        let events: Vec<Record> = events.collect();
        let numbered = events.into_iter().enumerate();
        numbered.map(move |(index, record)| Event {
            number: self.first + index as u64,
            bytes: record.bytes,
        })
    }
}

fn read_batch(row: &Row) -> Result<StoredBatch> {
    checksum::check(row.get(1)?, "a commit's record")?;
    let records = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
    Ok(StoredBatch {
        first: unsigned(row, 0)?,
        records: records::read(records)?,
    })
}

pub(super) fn history(connection: &Connection, query: HistoryQuery) -> Result<Vec<Event>> {
    // The batch that holds an event begins with the last number not above it.
    let sql = match query.order {
        Order::Forward => {
            "SELECT first, checksum = checksum(execution, first, records), records FROM batches WHERE execution = ?1
            AND first >= ifnull((SELECT max(first) FROM batches
                WHERE execution = ?1 AND first <= ?2), 1)
            ORDER BY first, id"
        }
        Order::Backward => {
            "SELECT first, checksum = checksum(execution, first, records), records FROM batches
            WHERE execution = ?1 AND first <= ?2 ORDER BY first DESC, id DESC"
        }
    };
    let mut statement = connection.prepare_cached(sql)?;
    let from = i64::try_from(query.from).unwrap_or(i64::MAX);
    let mut rows = statement.query((query.execution.0, from))?;
    let mut page = Vec::new();
    while page.len() < query.limit
        && let Some(row) = rows.next()?
    {
        let left = query.limit - page.len();
        let events = read_batch(row)?.events();
        match query.order {
            Order::Forward => page.extend(events.filter(|e| e.number >= query.from).take(left)),
            Order::Backward => {
                let events = events.rev().filter(|e| e.number <= query.from);
                page.extend(events.take(left));
            }
        }
    }
    Ok(page)
}

pub(super) fn due(connection: &Connection, query: DueQuery) -> Result<Vec<Due>> {
    let sql = "SELECT due, id FROM executions
        WHERE due >= ?1 AND due <= ?3 AND (due, id) > (?1, ?2) ORDER BY due, id LIMIT ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let after = query.after.map(|due| (due.at, due.execution.0));
    let (at, id) = after.unwrap_or((i64::MIN, i64::MIN));
    let due = statement.query_map((at, id, query.until, bound(query.limit)), |row| {
        Ok(Due {
            at: row.get(0)?,
            execution: ExecutionId(row.get(1)?),
        })
    })?;
    Ok(due.collect::<rusqlite::Result<_>>()?)
}

/// Each status is a list of its own; what the last ones of all of them are is
/// found by looking at as many of each.
pub(super) fn list(connection: &Connection, query: &ListQuery) -> Result<Page> {
    let statuses: &[Status] = match query.statuses.as_slice() {
        [] => &Status::ALL,
        some => some,
    };
    let wanted = query.limit.saturating_add(1);
    let mut ids = Vec::new();
    for status in statuses {
        ids.extend(listed(connection, query, *status, wanted)?);
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    let more = ids.len() > query.limit;
    ids.truncate(query.limit);
    let next = ids.last().filter(|_| more).map(|id| PageToken(*id));
    let summaries = ids
        .into_iter()
        .map(|id| executions::summary(connection, id));
    let executions: Vec<Option<Summary>> = summaries.collect::<Result<_>>()?;
    Ok(Page {
        executions: executions.into_iter().flatten().collect(),
        next,
    })
}

fn listed(
    connection: &Connection,
    query: &ListQuery,
    status: Status,
    wanted: usize,
) -> Result<Vec<ExecutionId>> {
    let filter = match query.redriven {
        None => "",
        Some(true) => "AND (SELECT redrives > 0 FROM executions WHERE id = execution)",
        Some(false) => "AND (SELECT redrives = 0 FROM executions WHERE id = execution)",
    };
    let sql = format!(
        "SELECT execution FROM listings
        WHERE grp = (SELECT id FROM groups WHERE name = ?1) AND status = ?2
        AND execution > ?3 AND execution < ?4 {filter} ORDER BY execution DESC LIMIT ?5"
    );
    let newer_than = query.newer_than.map_or(i64::MIN, |id| id.0);
    let before = query.after.map_or(i64::MAX, |token| token.0.0);
    let (status, wanted) = (status_code(status), bound(wanted));
    let parameters = (&query.group, status, newer_than, before, wanted);
    let mut statement = connection.prepare_cached(&sql)?;
    let ids = statement.query_map(parameters, |row| row.get(0).map(ExecutionId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn waiting(connection: &Connection, queue: &str, limit: usize) -> Result<Vec<Waiting>> {
    let sql = "SELECT since, execution, event, checksum = checksum(queue, since, execution, event)
        FROM waiting WHERE queue = ?1
        ORDER BY since, execution, event LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((queue, bound(limit)))?;
    let mut tasks = Vec::new();
    while let Some(row) = rows.next()? {
        checksum::check(row.get(3)?, "a waiting task")?;
        tasks.push(Waiting {
            queue: queue.to_owned(),
            since: row.get(0)?,
            execution: ExecutionId(row.get(1)?),
            event: unsigned(row, 2)?,
        });
    }
    Ok(tasks)
}
