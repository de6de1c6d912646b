//! Starting an execution and moving it on.

use rusqlite::{OptionalExtension, types::ValueRef};

use super::{
    active::Known,
    checksum::write_row,
    codes::status_code,
    executions,
    prepared::{PreparedAdvance, PreparedBatch, PreparedStart},
    writer::Writing,
};
use crate::{
    error::Result,
    execution::{
        ExecutionId, Millis, Progress, QueueChange, Standing, Started, Status, check_epoch,
    },
};

/// How many groups' ids are remembered. A group is a state machine or an alias.
const REMEMBERED_GROUPS: usize = 4096;

impl Writing<'_> {
    pub(super) fn start(&mut self, epoch: u64, new: &PreparedStart) -> Result<Started> {
        check_epoch(epoch, self.counters.epoch)?;
        if let Some(summary) = self.find(&new.arn, new.hash)? {
            return Ok(Started::Exists(Box::new(summary)));
        }
        let first = &new.first;
        let progress = Progress::NEW.advanced(0, first.events, first.standing.status())?;
        let id = ExecutionId(self.counters.next_execution);
        self.counters.next_execution += 1;
        let groups = self.group_ids(&new.groups)?;
        self.insert_start(id, new, &groups)?;
        self.name(id, new.hash)?;
        let columns = progress_columns(id, &progress, &first.standing);
        write_row(&mut self.statements.insert_progress, &columns)?;
        self.list(id, &groups, progress.status)?;
        self.append(id, &Progress::NEW, first)?;
        let known = Known { progress, groups };
        self.active.put(id, known, &first.standing);
        Ok(Started::New(id))
    }

    pub(super) fn commit(&mut self, epoch: u64, batch: &PreparedBatch) -> Result<u64> {
        check_epoch(epoch, self.counters.epoch)?;
        let (id, advance) = (batch.execution, &batch.advance);
        let known = self.known(id)?;
        let before = known.progress;
        let status = advance.standing.status();
        let progress = before.advanced(batch.expected, advance.events, status)?;
        let columns = progress_columns(id, &progress, &advance.standing);
        write_row(&mut self.statements.update_progress, &columns)?;
        if status != before.status {
            self.list_again(id, &known.groups, before.status, status)?;
        }
        self.append(id, &before, advance)?;
        let version = progress.version;
        let groups = known.groups;
        self.active
            .put(id, Known { progress, groups }, &advance.standing);
        Ok(version)
    }

    /// What is known of an execution, from memory if it was active there.
    fn known(&mut self, id: ExecutionId) -> Result<Known> {
        if let Some(known) = self.active.take(id) {
            return Ok(known);
        }
        Ok(Known {
            progress: executions::progress(self.connection, id)?,
            groups: self.groups_of(id)?,
        })
    }

    /// Everything of a commit but the rows that say where the execution stands.
    fn append(
        &mut self,
        id: ExecutionId,
        before: &Progress,
        advance: &PreparedAdvance,
    ) -> Result<()> {
        if !advance.records.is_empty() {
            self.insert_batch(id, before.events + 1, &advance.records)?;
        }
        for blob in &advance.blobs {
            self.mention(id, blob)?;
        }
        for change in &advance.enqueued {
            self.enqueue(id, change)?;
        }
        for change in &advance.dequeued {
            self.dequeue(id, change)?;
        }
        match &advance.standing {
            Standing::Ended { result, .. } => self.set_result(id, result),
            Standing::Running { .. } => Ok(()),
        }
    }

    fn insert_start(&mut self, id: ExecutionId, new: &PreparedStart, groups: &[i64]) -> Result<()> {
        let groups = encode_groups(groups);
        let columns = [
            ValueRef::Integer(id.0),
            ValueRef::Integer(new.started),
            ValueRef::Text(new.arn.as_bytes()),
            ValueRef::Blob(&groups),
            ValueRef::Blob(&new.head),
        ];
        Ok(write_row(&mut self.statements.insert_start, &columns)?)
    }

    fn insert_batch(&mut self, id: ExecutionId, first: u64, records: &[u8]) -> Result<()> {
        let columns = [
            ValueRef::Integer(id.0),
            ValueRef::Integer(first.cast_signed()),
            ValueRef::Blob(records),
        ];
        Ok(write_row(&mut self.statements.insert_batch, &columns)?)
    }

    fn set_result(&mut self, id: ExecutionId, result: &[u8]) -> Result<()> {
        let columns = [ValueRef::Integer(id.0), ValueRef::Blob(result)];
        Ok(write_row(&mut self.statements.set_result, &columns)?)
    }

    fn enqueue(&self, id: ExecutionId, task: &QueueChange) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO waiting (queue, since, execution, event, checksum)
            VALUES (?1, ?2, ?3, ?4, checksum(?1, ?2, ?3, ?4))";
        self.change_queue(sql, id, task)
    }

    fn dequeue(&self, id: ExecutionId, task: &QueueChange) -> Result<()> {
        let sql = "DELETE FROM waiting
            WHERE queue = ?1 AND since = ?2 AND execution = ?3 AND event = ?4";
        self.change_queue(sql, id, task)
    }

    fn change_queue(&self, sql: &str, id: ExecutionId, task: &QueueChange) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let event = task.event.cast_signed();
        statement.execute((&task.queue, task.since, id.0, event))?;
        Ok(())
    }

    fn list(&mut self, id: ExecutionId, groups: &[i64], status: Status) -> Result<()> {
        for group in groups {
            let row = (group, status_code(status), id.0);
            self.statements.list.execute(row)?;
        }
        Ok(())
    }

    /// Moves an execution from the lists of one status to those of another.
    fn list_again(
        &mut self,
        id: ExecutionId,
        groups: &[i64],
        from: Status,
        to: Status,
    ) -> Result<()> {
        for group in groups {
            let row = (group, status_code(from), id.0, status_code(to));
            self.statements.list_again.execute(row)?;
        }
        Ok(())
    }

    /// Takes an execution off the lists of its groups.
    pub(super) fn unlist(&self, id: ExecutionId, groups: &[i64], status: Status) -> Result<()> {
        let sql = "DELETE FROM listings WHERE grp = ?1 AND status = ?2 AND execution = ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        for group in groups {
            statement.execute((group, status_code(status), id.0))?;
        }
        Ok(())
    }

    /// The ids of the groups that an execution is listed under.
    pub(super) fn groups_of(&self, id: ExecutionId) -> Result<Vec<i64>> {
        let sql = "SELECT groups FROM starts WHERE id = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let groups: Vec<u8> = statement.query_row([id.0], |row| row.get(0))?;
        Ok(decode_groups(&groups))
    }

    fn group_ids(&mut self, names: &[String]) -> Result<Vec<i64>> {
        names.iter().map(|name| self.group_id(name)).collect()
    }

    fn group_id(&mut self, name: &str) -> Result<i64> {
        if let Some(id) = self.groups.get(name) {
            return Ok(*id);
        }
        let id = self.find_or_insert_group(name)?;
        if self.groups.len() >= REMEMBERED_GROUPS {
            self.groups.clear();
        }
        self.groups.insert(name.to_owned(), id);
        Ok(id)
    }

    fn find_or_insert_group(&self, name: &str) -> Result<i64> {
        let find = "SELECT id FROM groups WHERE name = ?1";
        let mut find = self.connection.prepare_cached(find)?;
        if let Some(id) = find.query_row([name], |row| row.get(0)).optional()? {
            return Ok(id);
        }
        let insert = "INSERT INTO groups (name) VALUES (?1)";
        Ok(self.connection.prepare_cached(insert)?.insert([name])?)
    }
}

/// A row of `executions`.
fn progress_columns(
    id: ExecutionId,
    progress: &Progress,
    standing: &Standing,
) -> [ValueRef<'static>; 7] {
    [
        ValueRef::Integer(id.0),
        ValueRef::Integer(progress.version.cast_signed()),
        ValueRef::Integer(progress.events.cast_signed()),
        ValueRef::Integer(progress.redrives.into()),
        ValueRef::Integer(status_code(progress.status)),
        optional(standing.due()),
        optional(standing.ended()),
    ]
}

fn optional(time: Option<Millis>) -> ValueRef<'static> {
    time.map_or(ValueRef::Null, ValueRef::Integer)
}

fn encode_groups(groups: &[i64]) -> Vec<u8> {
    groups.iter().flat_map(|id| id.to_be_bytes()).collect()
}

pub(super) fn decode_groups(bytes: &[u8]) -> Vec<i64> {
    let (ids, _) = bytes.as_chunks();
    ids.iter().map(|id| i64::from_be_bytes(*id)).collect()
}
