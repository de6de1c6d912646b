//! The loop around one execution.

use std::{future::Future, pin::pin, sync::Arc};

use futures_util::future::{Either, select};
use sandstep_asl::{
    Execution, Inspection, Outcome, Pattern, Record, Start, StateMachine, Task, TaskId,
    TaskOutcome, Timestamp,
};

use crate::{
    real::RealTime,
    runner::{TaskCall, TaskRunner, run_task},
    timeline::{Happening, Timeline},
    turn::{TASK_WEIGHT, Turn},
    virtual_time::{RECORDS_PER_MOMENT, VirtualTime},
};

/// Runs executions in memory.
#[derive(Clone)]
pub struct Driver {
    pub(crate) runner: Arc<dyn TaskRunner>,
    pub(crate) clock: Clock,
    pub(crate) records_per_moment: u64,
}

/// Whose time an execution has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The world's.
    Real,
    /// Its own, from this moment on: waiting takes no time, and the same input
    /// gives the same history.
    Virtual(Timestamp),
}

/// Follows an execution.
pub trait Watcher {
    /// Takes a record, before the tasks that follow from it start.
    fn append(&mut self, record: Record);

    /// Whether it is told inspections, which cost the execution a little.
    fn wants_inspections(&self) -> bool {
        false
    }

    /// Takes what the execution computed or decided.
    fn inspect(&mut self, _inspection: Inspection) {}
}

/// Takes records alone.
struct Appender<A>(A);

impl<A: FnMut(Record)> Watcher for Appender<A> {
    fn append(&mut self, record: Record) {
        (self.0)(record);
    }
}

/// Asks for an execution to be aborted.
#[derive(Clone, Debug, Default)]
pub struct StopRequest {
    /// The error to report.
    pub error: Option<String>,
    /// The cause to report.
    pub cause: Option<String>,
}

impl Driver {
    /// A driver whose tasks are run by `runner`.
    pub fn new(runner: Arc<dyn TaskRunner>, clock: Clock) -> Self {
        Self {
            runner,
            clock,
            records_per_moment: RECORDS_PER_MOMENT,
        }
    }

    /// How many records an execution may make in one moment of virtual time,
    /// 10,000,000 unless said. Beyond it, time passes although there is
    /// something to do: a loop that never waits comes to its timeout, as it
    /// does on the real clock. Without any timeout it goes on for ever on both.
    #[must_use]
    pub fn with_records_per_moment(mut self, records: u64) -> Self {
        self.records_per_moment = records;
        self
    }

    /// Runs an execution to its end.
    ///
    /// Each record is given to `append` before the tasks that follow from it
    /// start. When `stop` is ready, the execution is aborted. Dropping the
    /// future stops the running tasks at once.
    pub fn run(
        &self,
        machine: Arc<StateMachine>,
        start: Start,
        append: impl FnMut(Record),
        stop: impl Future<Output = StopRequest>,
    ) -> impl Future<Output = Outcome> {
        self.run_watched(machine, start, Appender(append), stop)
    }

    /// Runs an execution as [`run`](Self::run) does, for a watcher that may
    /// also be told what the execution computes and decides.
    pub async fn run_watched(
        &self,
        machine: Arc<StateMachine>,
        start: Start,
        watcher: impl Watcher,
        stop: impl Future<Output = StopRequest>,
    ) -> Outcome {
        match self.clock {
            Clock::Real => {
                pin!(self.drive(RealTime::starting_now(), machine, start, watcher, stop)).await
            }
            Clock::Virtual(now) => {
                let timeline = VirtualTime::starting_at(now, self.records_per_moment);
                self.drive(timeline, machine, start, watcher, stop).await
            }
        }
    }

    async fn drive<T: Timeline>(
        &self,
        timeline: T,
        machine: Arc<StateMachine>,
        start: Start,
        watcher: impl Watcher,
        stop: impl Future<Output = StopRequest>,
    ) -> Outcome {
        let beginning = timeline.beginning();
        let mut drive = Drive {
            runner: &*self.runner,
            execution: Execution::start(machine, start, beginning.wall),
            timeline,
            watcher,
            turn: Turn::starting_at(beginning.instant.into_std()),
        };
        if drive.watcher.wants_inspections() {
            drive.execution.inspect();
        }
        let request = {
            let ended = pin!(drive.run());
            match select(ended, pin!(stop)).await {
                Either::Left((outcome, _)) => return outcome,
                Either::Right((request, _)) => request,
            }
        };
        drive.stop(request)
    }
}

/// One execution on its way.
struct Drive<'a, T, W> {
    runner: &'a dyn TaskRunner,
    timeline: T,
    execution: Execution,
    watcher: W,
    turn: Turn,
}

/// Nobody can reach an execution that is kept in memory alone, so that a task
/// which waits for its token would wait for ever.
fn nobody_answers() -> TaskOutcome {
    TaskOutcome::failed(
        "Sandstep.UnsupportedResource",
        "Nobody can send the task's token back to an execution that is in memory alone: run its \
         state machine with `sandstep serve`.",
    )
}

impl<T: Timeline, W: Watcher> Drive<'_, T, W> {
    async fn run(&mut self) -> Outcome {
        loop {
            self.append_records().await;
            self.cancel_tasks();
            if let Some(outcome) = self.execution.outcome() {
                return outcome.clone();
            }
            if self.start_task().await {
                continue;
            }
            self.wait(self.execution.poll_timeout()).await;
            self.turn.begin();
        }
    }

    /// Waits until a task ends or `due` has come, and tells the execution.
    async fn wait(&mut self, due: Option<Timestamp>) {
        match self.timeline.next(due).await {
            Happening::TaskEnded(id, outcome) => self.report(id, outcome),
            Happening::TimeCame => self.execution.handle_timeout(self.timeline.now()),
        }
    }

    /// Appends what the execution has decided.
    async fn append_records(&mut self) {
        while let Some(record) = self.execution.poll_record() {
            self.watcher.append(record);
            self.tell_inspections();
            if self.timeline.must_pass()
                && let Some(due) = self.execution.poll_timeout()
            {
                self.wait(Some(due)).await;
            }
            if self.turn.is_over_after(1) {
                self.let_others_run().await;
            }
        }
    }

    fn tell_inspections(&mut self) {
        if self.watcher.wants_inspections() {
            while let Some(inspection) = self.execution.poll_inspection() {
                self.watcher.inspect(inspection);
            }
        }
    }

    /// On the real clock, an endless loop of states gets no further than its
    /// time limit.
    async fn let_others_run(&mut self) {
        tokio::task::yield_now().await;
        self.turn.begin();
        // Virtual time does not pass while others run.
        if self.timeline.virtual_now().is_none() {
            self.execution.handle_timeout(self.timeline.now());
        }
    }

    fn cancel_tasks(&mut self) {
        while let Some(id) = self.execution.poll_cancelled() {
            self.timeline.cancel(id);
        }
    }

    /// Starts the next task, if there is one to start.
    async fn start_task(&mut self) -> bool {
        let Some(task) = self.execution.poll_task() else {
            return false;
        };
        let id = task.id;
        // Its timeouts count from here, however long its input took to make.
        let now = self.timeline.now();
        self.execution.handle_started(id, now);
        // The start itself may be the last event that the history allows.
        if self.execution.outcome().is_some() {
            return true;
        }
        let future = run_task(self.runner, self.call(task));
        if let Some(outcome) = self.timeline.start(id, now, future).await {
            self.report(id, outcome);
        }
        if self.turn.is_over_after(TASK_WEIGHT) {
            self.let_others_run().await;
        }
        true
    }

    fn report(&mut self, id: TaskId, outcome: TaskOutcome) {
        let outcome = match outcome {
            TaskOutcome::Accepted(_) if self.waits_for_token(id) => nobody_answers(),
            outcome => outcome,
        };
        self.execution.handle_task(id, outcome, self.timeline.now());
    }

    fn waits_for_token(&self, id: TaskId) -> bool {
        let resource = self.execution.resource_of(id);
        resource.is_some_and(|resource| resource.pattern() == Pattern::WaitForTaskToken)
    }

    #[inline]
    fn call(&self, task: Task) -> TaskCall {
        TaskCall {
            task,
            execution_arn: self.execution.arn().clone(),
            resumed: false,
            virtual_now: self.timeline.virtual_now(),
        }
    }

    /// Aborts the execution, unless it has ended in the meantime.
    fn stop(mut self, request: StopRequest) -> Outcome {
        let now = self.timeline.now();
        self.execution
            .handle_stop(request.error, request.cause, now);
        while let Some(record) = self.execution.poll_record() {
            self.watcher.append(record);
        }
        self.tell_inspections();
        self.execution
            .outcome()
            .cloned()
            .expect("a stopped execution has an outcome")
    }
}
