//! Starting an execution and moving it on.

use rusqlite::OptionalExtension;

use super::{codes::status_code, executions, frames, names, writer::Writing};
use crate::{
    error::Result,
    execution::{
        Advance, Batch, ExecutionId, NewExecution, Progress, QueueChange, Standing, Started,
        Status, check_epoch,
    },
};

/// How many groups' ids are remembered. A group is a state machine or an alias.
const REMEMBERED_GROUPS: usize = 4096;

impl Writing {
    pub(super) fn start(&mut self, epoch: u64, new: &NewExecution) -> Result<Started> {
        check_epoch(epoch, self.counters.epoch)?;
        if let Some(summary) = names::find(&self.connection, &self.names, &new.arn)? {
            return Ok(Started::Exists(Box::new(summary)));
        }
        let progress = Progress::NEW.advanced(0, &new.first)?;
        let id = ExecutionId(self.counters.next_execution);
        self.counters.next_execution += 1;
        let groups = self.group_ids(&new.groups)?;
        self.insert_start(id, new, &groups)?;
        self.name(id, &new.arn)?;
        self.insert_progress(id, &progress, &new.first.standing)?;
        self.list_in(id, &groups, progress.status)?;
        self.append(id, &Progress::NEW, &new.first)?;
        Ok(Started::New(id))
    }

    pub(super) fn commit(&mut self, epoch: u64, batch: &Batch) -> Result<u64> {
        check_epoch(epoch, self.counters.epoch)?;
        let id = batch.execution;
        let before = executions::progress(&self.connection, id)?;
        let after = before.advanced(batch.expected, &batch.advance)?;
        self.update_progress(id, &after, &batch.advance.standing)?;
        if after.status != before.status {
            self.list_again(id, before.status, after.status)?;
        }
        self.append(id, &before, &batch.advance)?;
        Ok(after.version)
    }

    /// Everything of a commit but the rows that say where the execution stands.
    fn append(&mut self, id: ExecutionId, before: &Progress, advance: &Advance) -> Result<()> {
        if !advance.records.is_empty() {
            self.insert_batch(id, before.events + 1, advance)?;
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

    fn insert_start(&self, id: ExecutionId, new: &NewExecution, groups: &[i64]) -> Result<()> {
        let sql = "INSERT INTO starts (id, started, arn, groups, head, checksum)
            VALUES (?1, ?2, ?3, ?4, ?5, checksum(?1, ?2, ?3, ?4, ?5))";
        let mut statement = self.connection.prepare_cached(sql)?;
        let groups = encode_groups(groups);
        statement.execute((id.0, new.started, &new.arn, groups, &new.head))?;
        Ok(())
    }

    fn insert_progress(&self, id: ExecutionId, progress: &Progress, at: &Standing) -> Result<()> {
        let sql = "INSERT INTO executions
            (id, version, events, redrives, status, due, ended, checksum)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, checksum(?1, ?2, ?3, ?4, ?5, ?6, ?7))";
        self.write_progress(sql, id, progress, at)
    }

    fn update_progress(&self, id: ExecutionId, progress: &Progress, at: &Standing) -> Result<()> {
        let sql = "UPDATE executions SET version = ?2, events = ?3, redrives = ?4, status = ?5,
            due = ?6, ended = ?7, checksum = checksum(?1, ?2, ?3, ?4, ?5, ?6, ?7) WHERE id = ?1";
        self.write_progress(sql, id, progress, at)
    }

    fn write_progress(
        &self,
        sql: &str,
        id: ExecutionId,
        progress: &Progress,
        at: &Standing,
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute((
            id.0,
            progress.version.cast_signed(),
            progress.events.cast_signed(),
            progress.redrives,
            status_code(progress.status),
            at.due(),
            at.ended(),
        ))?;
        Ok(())
    }

    fn insert_batch(&self, id: ExecutionId, first: u64, advance: &Advance) -> Result<()> {
        let sql = "INSERT INTO batches (execution, first, checksum, records)
            VALUES (?1, ?2, checksum(?1, ?2, ?3), ?3)";
        let mut statement = self.connection.prepare_cached(sql)?;
        let records = frames::encode(&advance.records);
        statement.execute((id.0, first.cast_signed(), records))?;
        Ok(())
    }

    fn set_result(&self, id: ExecutionId, result: &[u8]) -> Result<()> {
        let sql = "INSERT INTO results (id, result, checksum) VALUES (?1, ?2, checksum(?1, ?2))
            ON CONFLICT (id) DO UPDATE
            SET result = excluded.result, checksum = excluded.checksum";
        self.connection
            .prepare_cached(sql)?
            .execute((id.0, result))?;
        Ok(())
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

    fn list_in(&self, id: ExecutionId, groups: &[i64], status: Status) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO listings (grp, status, execution) VALUES (?1, ?2, ?3)";
        self.change_listings(sql, id, groups, status)
    }

    /// Takes an execution off the lists of its groups.
    pub(super) fn unlist(&self, id: ExecutionId, groups: &[i64], status: Status) -> Result<()> {
        let sql = "DELETE FROM listings WHERE grp = ?1 AND status = ?2 AND execution = ?3";
        self.change_listings(sql, id, groups, status)
    }

    fn change_listings(
        &self,
        sql: &str,
        id: ExecutionId,
        groups: &[i64],
        status: Status,
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        for group in groups {
            statement.execute((group, status_code(status), id.0))?;
        }
        Ok(())
    }

    fn list_again(&self, id: ExecutionId, from: Status, to: Status) -> Result<()> {
        let groups = self.groups_of(id)?;
        self.unlist(id, &groups, from)?;
        self.list_in(id, &groups, to)
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

fn encode_groups(groups: &[i64]) -> Vec<u8> {
    groups.iter().flat_map(|id| id.to_be_bytes()).collect()
}

pub(super) fn decode_groups(bytes: &[u8]) -> Vec<i64> {
    let (ids, _) = bytes.as_chunks();
    ids.iter().map(|id| i64::from_be_bytes(*id)).collect()
}
