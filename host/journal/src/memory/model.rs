//! What a store holds, and what each operation does to it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::{
    blob::{Blob, Digest},
    catalog::{Entry, Key},
    error::{Error, Result},
    execution::{
        Advance, Batch, ExecutionId, Millis, NewExecution, Progress, QueueChange, Record, Standing,
        Started, Summary, Waiting, check_epoch,
    },
    journal::{
        Due, DueQuery, Event, Expired, HistoryQuery, ListQuery, Loaded, Order, Page, PageToken,
    },
};

#[derive(Default)]
pub(super) struct Model {
    epoch: u64,
    executions: BTreeMap<ExecutionId, Stored>,
    by_arn: HashMap<String, ExecutionId>,
    last_id: i64,
    blobs: BTreeMap<Digest, Arc<[u8]>>,
    waiting: BTreeSet<Waiting>,
    pub(super) entries: BTreeMap<Key, Entry>,
    pub(super) last_version: u64,
}

struct Stored {
    arn: String,
    groups: Vec<String>,
    started: Millis,
    head: Vec<u8>,
    progress: Progress,
    standing: Standing,
    records: Vec<Record>,
    blobs: BTreeSet<Digest>,
}

impl Stored {
    fn summary(&self, id: ExecutionId) -> Summary {
        Summary {
            id,
            arn: self.arn.clone(),
            started: self.started,
            head: self.head.clone(),
            version: self.progress.version,
            events: self.progress.events,
            redrives: self.progress.redrives,
            standing: self.standing.clone(),
        }
    }

    fn is_asked_for(&self, query: &ListQuery) -> bool {
        let status = self.standing.status();
        let redriven = self.progress.redrives > 0;
        self.groups.contains(&query.group)
            && (query.statuses.is_empty() || query.statuses.contains(&status))
            && query.redriven.is_none_or(|wanted| wanted == redriven)
    }

    fn events(&self) -> impl DoubleEndedIterator<Item = Event> {
        let events = self.records.iter().filter(|record| record.event);
        let events: Vec<&Record> = events.collect();
        let number = |index: usize| index as u64 + 1;
        (0..events.len()).map(move |index| Event {
            number: number(index),
            bytes: events[index].bytes.clone(),
        })
    }
}

impl Model {
    pub(super) fn claim(&mut self) -> u64 {
        self.epoch += 1;
        self.epoch
    }

    pub(super) fn renew(&self, epoch: u64) -> Result<()> {
        check_epoch(epoch, self.epoch)
    }

    pub(super) fn start(&mut self, epoch: u64, new: NewExecution) -> Result<Started> {
        check_epoch(epoch, self.epoch)?;
        if let Some(summary) = self.find(&new.arn) {
            return Ok(Started::Exists(Box::new(summary)));
        }
        let first = &new.first;
        let progress =
            Progress::NEW.advanced(0, first.records.events(), first.standing.status())?;
        self.last_id += 1;
        let id = ExecutionId(self.last_id);
        self.by_arn.insert(new.arn.clone(), id);
        let stored = Stored {
            arn: new.arn,
            groups: new.groups,
            started: new.started,
            head: new.head,
            progress: Progress::NEW,
            standing: Standing::Running { due: None },
            records: Vec::new(),
            blobs: BTreeSet::new(),
        };
        self.executions.insert(id, stored);
        self.advance(id, progress, new.first);
        Ok(Started::New(id))
    }

    pub(super) fn commit(&mut self, epoch: u64, batch: Batch) -> Result<u64> {
        check_epoch(epoch, self.epoch)?;
        let stored = self.executions.get(&batch.execution);
        let stored = stored.ok_or(Error::NoSuchExecution)?;
        let advance = &batch.advance;
        let (events, status) = (advance.records.events(), advance.standing.status());
        let progress = stored.progress.advanced(batch.expected, events, status)?;
        let version = progress.version;
        self.advance(batch.execution, progress, batch.advance);
        Ok(version)
    }

    fn advance(&mut self, id: ExecutionId, progress: Progress, advance: Advance) {
        for change in advance.enqueued {
            self.waiting.insert(waiting(id, change));
        }
        for change in advance.dequeued {
            self.waiting.remove(&waiting(id, change));
        }
        let stored = self.executions.get_mut(&id).expect("looked up just now");
        stored.progress = progress;
        stored.standing = advance.standing;
        stored.records.extend(advance.records.to_vec());
        stored.blobs.extend(advance.blobs.iter().map(Blob::digest));
        for blob in advance.blobs {
            self.blobs.insert(blob.digest(), blob.bytes().clone());
        }
    }

    pub(super) fn find(&self, arn: &str) -> Option<Summary> {
        let id = *self.by_arn.get(arn)?;
        Some(self.executions[&id].summary(id))
    }

    pub(super) fn load(&self, id: ExecutionId) -> Option<Loaded> {
        let stored = self.executions.get(&id)?;
        Some(Loaded {
            summary: stored.summary(id),
            records: stored.records.clone(),
        })
    }

    pub(super) fn history(&self, query: HistoryQuery) -> Vec<Event> {
        let Some(stored) = self.executions.get(&query.execution) else {
            return Vec::new();
        };
        let events = stored.events();
        match query.order {
            Order::Forward => events
                .filter(|event| event.number >= query.from)
                .take(query.limit)
                .collect(),
            Order::Backward => events
                .rev()
                .filter(|event| event.number <= query.from)
                .take(query.limit)
                .collect(),
        }
    }

    pub(super) fn due(&self, query: DueQuery) -> Vec<Due> {
        let due = self.executions.iter().filter_map(|(id, stored)| {
            let at = stored.standing.due()?;
            Some(Due { at, execution: *id })
        });
        let mut due: Vec<Due> = due
            .filter(|due| query.after.is_none_or(|after| *due > after))
            .filter(|due| due.at <= query.until)
            .collect();
        due.sort();
        due.truncate(query.limit);
        due
    }

    pub(super) fn list(&self, query: &ListQuery) -> Page {
        let before = query.after.map_or(ExecutionId(i64::MAX), |token| token.0);
        let asked_for = self.executions.range(..before).rev();
        let is_newer = |id| query.newer_than.is_none_or(|than| id > than);
        let mut executions: Vec<Summary> = asked_for
            .take_while(|(id, _)| is_newer(**id))
            .filter(|(_, stored)| stored.is_asked_for(query))
            .map(|(id, stored)| stored.summary(*id))
            .take(query.limit.saturating_add(1))
            .collect();
        let more = executions.len() > query.limit;
        executions.truncate(query.limit);
        let last = executions.last().map(|last| PageToken(last.id));
        let next = last.filter(|_| more);
        Page { executions, next }
    }

    pub(super) fn waiting(&self, queue: &str, limit: usize) -> Vec<Waiting> {
        let waiting = self.waiting.iter().filter(|task| task.queue == queue);
        waiting.take(limit).cloned().collect()
    }

    pub(super) fn blob(&self, digest: Digest) -> Option<Vec<u8>> {
        self.blobs.get(&digest).map(|bytes| bytes.to_vec())
    }

    pub(super) fn expire(&mut self, before: Millis, limit: usize) -> Expired {
        let ended = self.executions.iter().filter_map(|(id, stored)| {
            let at = stored.standing.ended()?;
            (at < before).then_some((at, *id))
        });
        let mut ended: Vec<(Millis, ExecutionId)> = ended.collect();
        ended.sort();
        ended.truncate(limit);
        for (_, id) in &ended {
            self.forget(*id);
        }
        Expired {
            executions: ended.len(),
            blobs: self.sweep(limit),
            damaged: 0,
        }
    }

    fn forget(&mut self, id: ExecutionId) {
        if let Some(stored) = self.executions.remove(&id) {
            self.by_arn.remove(&stored.arn);
        }
        self.waiting.retain(|waiting| waiting.execution != id);
    }

    fn sweep(&mut self, limit: usize) -> usize {
        let mentioned = |digest: &Digest| {
            let mut stored = self.executions.values();
            stored.any(|stored| stored.blobs.contains(digest))
        };
        let unused = self.blobs.keys().filter(|digest| !mentioned(digest));
        let unused: Vec<Digest> = unused.take(limit).copied().collect();
        for digest in &unused {
            self.blobs.remove(digest);
        }
        unused.len()
    }
}

fn waiting(execution: ExecutionId, change: QueueChange) -> Waiting {
    Waiting {
        queue: change.queue,
        since: change.since,
        execution,
        event: change.event,
    }
}
