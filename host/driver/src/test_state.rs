//! The loop around the test of one state.

use sandstep_asl::{Task, TestResult, TestRun, TestStep, Timestamp};

use crate::{
    Clock, Driver,
    real::RealTime,
    runner::{TaskCall, run_task},
    timeline::{Happening, Timeline},
    virtual_time::VirtualTime,
};

impl Driver {
    /// Has a test of one state come to its end. `start` begins it, at the time that the
    /// clock shows.
    ///
    /// Dropping the future stops a running task at once.
    ///
    /// # Errors
    ///
    /// What `start` refuses.
    pub async fn test<E>(
        &self,
        start: impl FnOnce(Timestamp) -> Result<TestRun, E>,
    ) -> Result<TestResult, E> {
        match self.clock {
            Clock::Real => self.test_on(RealTime::starting_now(), start).await,
            Clock::Virtual(now) => {
                let timeline = VirtualTime::starting_at(now, self.records_per_moment);
                self.test_on(timeline, start).await
            }
        }
    }

    async fn test_on<T: Timeline, E>(
        &self,
        mut timeline: T,
        start: impl FnOnce(Timestamp) -> Result<TestRun, E>,
    ) -> Result<TestResult, E> {
        let mut run = start(timeline.now())?;
        loop {
            match run.poll() {
                TestStep::Done(result) => return Ok(*result),
                TestStep::Run(task) => self.start_task(&mut run, *task, &mut timeline).await,
                TestStep::Yield => {
                    tokio::task::yield_now().await;
                    run.handle_timeout(timeline.now());
                }
                TestStep::Wait(due) => match timeline.next(Some(due)).await {
                    Happening::TaskEnded(id, outcome) => {
                        run.handle_task(id, outcome, timeline.now());
                    }
                    Happening::TimeCame => run.handle_timeout(timeline.now()),
                },
            }
        }
    }

    async fn start_task(&self, run: &mut TestRun, task: Task, timeline: &mut impl Timeline) {
        let id = task.id;
        let now = timeline.now();
        run.handle_started(id, now);
        let call = TaskCall {
            task,
            execution_arn: run.execution_arn().clone(),
            resumed: false,
            virtual_now: timeline.virtual_now(),
        };
        let future = run_task(&*self.runner, call);
        if let Some(outcome) = timeline.start(id, now, future).await {
            run.handle_task(id, outcome, timeline.now());
        }
    }
}
