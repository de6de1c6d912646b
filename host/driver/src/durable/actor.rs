//! One active execution.

mod begin;
mod tell;

use std::{collections::BTreeMap, sync::Arc};

use sandstep_asl::{EventId, Execution, Pattern, Record, Task, TaskId, TaskOutcome, Timestamp};
use sandstep_journal::{ExecutionId, Millis, Standing};

pub(super) use self::begin::{begin, resume};
use super::{
    batch::{Batch, queue_change},
    codec::status,
    core::Seat,
    error::EngineError,
    mailbox::Mailbox,
    message::Promise,
    run::Run,
};
use crate::{
    runner::{TaskCall, run_task},
    timeline::{Happening, Timeline},
    turn::{TASK_WEIGHT, Turn},
};

/// One active execution.
///
/// Its records gather in a batch until it has nothing to do but wait. The batch is
/// committed, the answers that it decided leave, and its tasks start: in this order.
struct Actor<T> {
    seat: Seat,
    mailbox: Arc<Mailbox>,
    execution: Execution,
    timeline: T,
    turn: Turn,
    batch: Batch,
    /// Tasks that start after the next commit.
    tasks: Vec<Task>,
    /// Tasks of activities that have not ended, by the events that scheduled them.
    activities: BTreeMap<EventId, Task>,
    /// Tasks whose services may do jobs for them, until they end, by the events that
    /// scheduled them.
    jobs: BTreeMap<EventId, Task>,
    /// Those among them that nobody waits for any more: their runner is told after the
    /// next commit.
    abandoned: Vec<Task>,
    /// Answers that leave after the next commit.
    promises: Vec<Promise>,
    /// What is told of it, as of the last commit.
    run: Run,
    /// Whether it goes on after an end that the store still has.
    is_redriven: bool,
    version: u64,
    /// When the store has it due.
    due: Option<Millis>,
}

/// Why an execution decides nothing more for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pause {
    /// It waits, or has ended.
    Waiting,
    /// It has more to do, but its batch is full.
    Full,
}

/// What became of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// Something happened.
    Over,
    /// Nothing will for a while: the execution has left the memory.
    Left,
}

impl<T: Timeline> Actor<T> {
    /// Goes on from a commit until the execution leaves the memory.
    async fn drive(mut self: Box<Self>, mut pause: Pause) {
        loop {
            if pause == Pause::Waiting && self.wait().await == Wait::Left {
                return;
            }
            self.listen();
            pause = self.decide().await;
            if let Err(error) = self.commit(pause).await {
                return given_up(&error);
            }
        }
    }

    /// Has the execution decide what it can, up to a full batch.
    async fn decide(&mut self) -> Pause {
        // The store has to see it run, however soon it ends again.
        if std::mem::take(&mut self.is_redriven) {
            self.cut_batch().await;
            return Pause::Full;
        }
        loop {
            while let Some(record) = self.execution.poll_record() {
                self.push(&record);
                self.pass_time_if_due().await;
                self.count(1).await;
                if self.batch.bytes() > self.seat.core.limits.batch_bytes {
                    self.cut_batch().await;
                    return Pause::Full;
                }
            }
            self.cancel_tasks();
            if !self.take_tasks().await {
                return Pause::Waiting;
            }
        }
    }

    fn push(&mut self, record: &Record) {
        if let Some(event) = &record.event {
            tracing::debug!(event = event.id.0, "{}", event.type_name());
        }
        self.batch.push(record);
    }

    /// In virtual time, an endless loop of states gets no further than its time limit.
    async fn pass_time_if_due(&mut self) {
        if self.timeline.must_pass()
            && let Some(due) = self.execution.poll_timeout()
        {
            let happening = self.timeline.next(Some(due)).await;
            self.happen(happening);
        }
    }

    /// Counts work, and lets others run when it was enough. On the real clock, an endless
    /// loop of states gets no further than its time limit.
    async fn count(&mut self, work: u32) {
        if !self.turn.is_over_after(work) {
            return;
        }
        tokio::task::yield_now().await;
        self.turn.begin();
        if self.timeline.virtual_now().is_none() {
            self.execution.handle_timeout(self.timeline.now());
        }
    }

    /// Makes the batch one that the execution can be restored from. The tasks that it
    /// schedules are looked at first, so that nothing of a task comes in a later one.
    async fn cut_batch(&mut self) {
        self.cancel_tasks();
        self.take_tasks().await;
        for record in self.execution.cut_batch() {
            self.push(&record);
        }
    }

    fn cancel_tasks(&mut self) {
        while let Some(id) = self.execution.poll_cancelled() {
            self.timeline.cancel(id);
            self.forget_activity(id.scheduled());
            self.abandoned.extend(self.jobs.remove(&id.scheduled()));
        }
    }

    /// Takes over the tasks that are to run; tells whether any was started.
    async fn take_tasks(&mut self) -> bool {
        let mut is_any = false;
        while let Some(task) = self.execution.poll_task() {
            if task.resource.is_activity() {
                is_any |= self.enqueue(task).await;
                continue;
            }
            if task.resource.pattern() == Pattern::Sync {
                self.jobs.insert(task.id.scheduled(), task.clone());
            }
            // One that does not begin is not said to: the next process begins it.
            if self.seat.core.is_leaving() {
                continue;
            }
            self.execution.handle_started(task.id, self.timeline.now());
            self.tasks.push(task);
            is_any = true;
        }
        is_any
    }

    /// Has the task of an activity wait for a worker, unless it did so before. One whose
    /// activity is not there fails instead; then this is `true`.
    async fn enqueue(&mut self, task: Task) -> bool {
        let scheduled = task.id.scheduled();
        if scheduled.0 > self.run.summary.events {
            let definitions = &self.seat.core.definitions;
            if !definitions.has_activity(task.resource.text()).await {
                let now = self.timeline.now();
                self.execution.handle_no_activity(task.id, now);
                return true;
            }
            self.batch.enqueue(queue_change(&task));
        }
        self.activities.insert(scheduled, task);
        false
    }

    /// Nobody waits for the task of an activity any more.
    fn forget_activity(&mut self, scheduled: EventId) {
        if let Some(task) = self.activities.remove(&scheduled) {
            self.batch.dequeue(queue_change(&task));
        }
    }

    /// Makes durable what was decided; then its answers leave.
    async fn commit(&mut self, pause: Pause) -> Result<(), EngineError> {
        let standing = self.standing(pause);
        let is_known = self.batch.is_empty() && self.run.summary.status == standing.status();
        if !(is_known && self.due == standing.due()) {
            let wakes_workers = self.batch.enqueues();
            let events = self.batch.events();
            let advance = self.batch.take(standing.clone());
            let core = &self.seat.core;
            self.version = core.commit(self.id()?, self.version, advance).await?;
            self.follow(&standing, events);
            if wakes_workers {
                self.seat.core.enqueued.notify_waiters();
            }
        }
        self.keep_promises();
        // What a full batch leaves out may be why they were abandoned.
        if pause == Pause::Waiting {
            self.tell_abandoned();
        }
        Ok(())
    }

    /// Where the execution stands once its batch is committed.
    fn standing(&mut self, pause: Pause) -> Standing {
        let Some(outcome) = self.execution.outcome() else {
            let is_active = pause == Pause::Full
                || self.seat.core.is_leaving()
                || !self.tasks.is_empty()
                || !self.timeline.is_idle();
            let due = self.execution.poll_timeout();
            return Standing::Running {
                due: if is_active {
                    Some(0)
                } else {
                    self.seat.core.due(due)
                },
            };
        };
        let ended = self.run.summary.ended;
        Standing::Ended {
            status: status(outcome),
            at: ended.unwrap_or(self.execution.now()).as_millis(),
            result: self.batch.encoder().outcome(outcome),
        }
    }

    /// Takes note of what is durable now.
    fn follow(&mut self, standing: &Standing, events: u64) {
        let summary = &mut self.run.summary;
        let had_ended = summary.ended.is_some();
        self.due = standing.due();
        summary.events += events;
        summary.status = standing.status();
        summary.ended = standing.ended().map(Timestamp::from_millis);
        if had_ended && summary.ended.is_none() {
            self.seat.core.open.add(1);
            summary.redrives += 1;
            summary.redriven_at = self.execution.redrive().map(|redrive| redrive.at);
        }
        self.run.outcome = self.execution.outcome().cloned();
        if summary.ended.is_some() && !had_ended {
            self.seat.core.open.end_one();
            tracing::info!(status = ?summary.status, "execution ended");
            let waiters = &self.seat.core.waiters;
            waiters.tell(&self.run.summary.arn, || Arc::new(self.run.clone()));
        }
    }

    fn keep_promises(&mut self) {
        let ended = self.run.summary.ended;
        for promise in self.promises.drain(..) {
            promise.keep(ended);
        }
    }

    fn tell_abandoned(&mut self) {
        for task in std::mem::take(&mut self.abandoned) {
            let call = self.call(task);
            self.seat.core.tasks.abandon(call);
        }
    }

    fn id(&self) -> Result<ExecutionId, EngineError> {
        self.seat.place.id.ok_or(EngineError::NoSuchExecution)
    }

    /// Starts the tasks of the last commit, then waits until something happens.
    async fn wait(&mut self) -> Wait {
        if self.start_tasks().await {
            return Wait::Over;
        }
        if self.seat.core.is_leaving() && self.timeline.is_idle() {
            return Wait::Left;
        }
        let due = self.execution.poll_timeout();
        if self.is_passive(due) {
            return self.leave(due);
        }
        let only_follows = self.only_follows();
        if self.seat.has_room() && only_follows {
            self.seat.give_room();
        }
        tokio::select! {
            biased;
            message = self.mailbox.next() => self.hear(message),
            happening = self.timeline.next(due) => self.happen(happening),
            // Whoever comes next finds what it follows, which may take long.
            () = self.seat.core.until_leaving(), if only_follows => return Wait::Left,
        }
        self.turn.begin();
        Wait::Over
    }

    /// Starts tasks one after the other; tells whether any has ended already.
    async fn start_tasks(&mut self) -> bool {
        let mut has_ended = false;
        for task in std::mem::take(&mut self.tasks) {
            let id = task.id;
            // One that ended before may have taken others with it.
            if !self.execution.is_running(id) {
                continue;
            }
            let began = task.started.unwrap_or_else(|| self.timeline.now());
            let future = run_task(&*self.seat.core.tasks, self.call(task));
            if let Some(outcome) = self.timeline.start(id, began, future).await {
                self.report(id, outcome);
                has_ended = true;
            }
            self.count(TASK_WEIGHT).await;
        }
        has_ended
    }

    fn call(&self, task: Task) -> TaskCall {
        TaskCall {
            resumed: task.started.is_some(),
            task,
            execution_arn: self.run.summary.arn.clone(),
            virtual_now: self.timeline.virtual_now(),
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::TaskEnded(id, outcome) => self.report(id, outcome),
            Happening::TimeCame => self.execution.handle_timeout(self.timeline.now()),
        }
    }

    fn report(&mut self, id: TaskId, outcome: TaskOutcome) {
        if !matches!(outcome, TaskOutcome::Accepted(_)) {
            self.jobs.remove(&id.scheduled());
        }
        self.execution.handle_task(id, outcome, self.timeline.now());
    }

    /// Whether all that it has in flight is jobs that others do. Those may be executions
    /// that wait for the very room that it takes up.
    fn only_follows(&self) -> bool {
        let followed = self.jobs.values().filter(|task| task.job.is_some());
        followed.count() == self.timeline.in_flight()
    }

    /// Whether nothing in this process will move the execution soon.
    fn is_passive(&self, due: Option<Timestamp>) -> bool {
        if self.execution.outcome().is_some() {
            return true;
        }
        let is_far = |due: Timestamp| match self.timeline.virtual_now() {
            Some(_) => false,
            None => due.since(self.timeline.now()) > LINGER,
        };
        self.timeline.is_idle() && due.is_none_or(is_far)
    }

    /// Leaves the memory, unless somebody has something to tell.
    fn leave(&mut self, due: Option<Timestamp>) -> Wait {
        if let Some(message) = self.seat.leave(&self.mailbox) {
            self.hear(message);
            return Wait::Over;
        }
        if let (Some(due), Some(id)) = (due, self.seat.place.id) {
            self.seat.core.alarms.set(due, id);
        }
        if self.run.outcome.is_some() {
            self.seat.dismiss_waiters();
        }
        tracing::debug!("execution leaves the memory");
        Wait::Left
    }
}

/// Whoever takes over finds what was committed, and nothing else was acknowledged.
fn given_up(error: &EngineError) {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "the execution is given up by this process"
    );
}

/// How long an execution stays in memory with nothing to do: loading it costs more than
/// a short sleep.
const LINGER: std::time::Duration = std::time::Duration::from_millis(20);
