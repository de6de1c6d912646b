//! Restoring an execution from its records.

use std::{collections::HashSet, sync::Arc};

use super::{
    Execution, Note, Phase, ROOT, Ready, Record, Start, record::ThreadPath, thread::ThreadId,
};
use crate::{machine::StateMachine, timestamp::Timestamp};

/// The records are not those of an execution of this machine.
#[derive(Debug, thiserror::Error)]
#[error("the record of the thread {thread} does not follow from those before it")]
pub struct RestoreError {
    thread: ThreadPath,
}

/// An execution that is restored record by record, so that they need not be in memory
/// together; see [`Execution::restore`].
pub struct Restoration(Execution);

impl Restoration {
    /// Begins with an execution of which nothing is recorded but that it started then.
    pub fn new(machine: Arc<StateMachine>, start: Start, started: Timestamp) -> Self {
        Self(Execution::before_start(machine, start, started))
    }

    /// Folds the next record into the execution.
    ///
    /// # Errors
    ///
    /// Fails where it is of a thread that the records before it did not start.
    pub fn fold(&mut self, record: &Record) -> Result<(), RestoreError> {
        let execution = &mut self.0;
        let path = &record.thread;
        let thread = execution.thread_at(path);
        let thread = thread.or_else(|| execution.next_branch_at(path));
        let thread = thread.ok_or_else(|| RestoreError {
            thread: path.clone(),
        })?;
        execution.apply(thread, record);
        execution.ready_again(thread, record);
        execution.forget_ended_tasks();
        Ok(())
    }

    /// The execution as it was after these records.
    pub fn finish(mut self) -> Execution {
        self.0.resume();
        self.0
    }
}

impl Execution {
    /// The execution as it was after its last complete batch of records: all
    /// those that were polled between two calls of `handle_*`.
    ///
    /// Those that [`Execution::cut_batch`] gave are complete as well.
    ///
    /// No expression is evaluated. Tasks that were scheduled and have not ended
    /// are polled again, with their first deadlines; but for those that only
    /// wait for somebody: a worker has them, or whoever got their token.
    ///
    /// # Errors
    ///
    /// Fails where a record is of a thread that the records before it did not
    /// start.
    pub fn restore(
        machine: Arc<StateMachine>,
        start: Start,
        records: impl IntoIterator<Item = Record>,
    ) -> Result<Self, RestoreError> {
        let mut records = records.into_iter().peekable();
        let first = records.peek().and_then(|record| record.event.as_ref());
        let started = first.map(|event| event.timestamp).unwrap_or_default();
        let mut restoration = Restoration::new(machine, start, started);
        for record in records {
            restoration.fold(&record)?;
        }
        Ok(restoration.finish())
    }

    /// Queues a thread that was queued where a batch was cut off.
    fn ready_again(&mut self, thread: ThreadId, record: &Record) {
        if let Some(Note::Entering { .. } | Note::Resuming) = record.note {
            self.make_ready(thread);
        }
    }

    /// Leaves out of the queue what went on since, and all but the last place of what
    /// was queued more than once: the end of each batch that was cut off names all.
    fn forget_ready(&mut self) {
        let mut seen = HashSet::new();
        let mut ready = std::mem::take(&mut self.ready);
        ready = ready
            .into_iter()
            .rev()
            .filter(|ready| seen.insert(ready.thread))
            .collect();
        ready.retain(|ready| self.is_ready(ready));
        self.ready = ready.into_iter().rev().collect();
    }

    fn is_ready(&self, ready: &Ready) -> bool {
        let thread = self.live(ready).map(|thread| &self.threads[thread]);
        let phase = thread.map(|thread| &thread.phase);
        matches!(
            phase,
            Some(Phase::Entering(_) | Phase::Resuming | Phase::Joining(_))
        )
    }

    /// The live thread of that path.
    fn thread_at(&self, path: &ThreadPath) -> Option<ThreadId> {
        let (Some(parent), Some((started, index))) = (path.parent(), path.last()) else {
            return Some(ROOT);
        };
        let children = self.children(self.thread_at(parent)?)?;
        let thread = children.running.get(&index)?;
        (children.started == started).then_some(*thread)
    }

    /// The branch of that path, where it is the next to start: its own first
    /// record tells that it was.
    fn next_branch_at(&mut self, path: &ThreadPath) -> Option<ThreadId> {
        let (started, index) = path.last()?;
        let parent = self.thread_at(path.parent()?)?;
        let children = self.children(parent)?;
        if children.started != started || children.launched != index {
            return None;
        }
        self.launch_branch(parent, index)
    }

    /// Nobody polls tasks meanwhile; those that the records end are in the way.
    fn forget_ended_tasks(&mut self) {
        while let Some(first) = self.tasks.front()
            && !self.is_wanted(first)
        {
            self.tasks.pop_front();
        }
    }

    /// What was going on goes on: tasks that had not ended are to be run.
    fn resume(&mut self) {
        self.cancelled.clear();
        if self.outcome.is_some() {
            return;
        }
        self.forget_ready();
        let joining = self
            .threads
            .iter()
            .filter_map(|(id, thread)| match &thread.phase {
                Phase::Joining(children) => Some((id, children)),
                _ => None,
            });
        self.starved = joining
            .filter(|(_, children)| children.wants_more())
            .map(|(id, children)| (children.started, id))
            .collect();
    }
}
