//! Time and the tasks in flight, real or virtual.

use sandstep_asl::{TaskId, TaskOutcome, Timestamp};

use crate::{runner::TaskFuture, wall::Reading};

/// What a driver waits on.
pub(crate) trait Timeline: Send {
    /// What the clocks said when it began: reading them again at once is not free.
    fn beginning(&self) -> Reading;

    fn now(&self) -> Timestamp;

    /// The time to tell tasks, where it is not everybody's.
    fn virtual_now(&self) -> Option<Timestamp>;

    /// Counts a record, and says whether time has to pass though more can be made.
    fn must_pass(&mut self) -> bool;

    /// Starts a task, which is said to have begun then; answers its outcome if it ended
    /// at once.
    fn start(
        &mut self,
        id: TaskId,
        began: Timestamp,
        task: TaskFuture,
    ) -> impl Future<Output = Option<TaskOutcome>> + Send;

    /// A task that has ended already, where tasks run side by side.
    fn ended(&mut self) -> Option<(TaskId, TaskOutcome)>;

    /// How many tasks are in flight.
    fn in_flight(&self) -> usize;

    /// Whether no task is in flight.
    fn is_idle(&self) -> bool {
        self.in_flight() == 0
    }

    /// Stops a task, unless it ended.
    fn cancel(&mut self, id: TaskId);

    /// Waits until a task ends or `due` has come.
    fn next(&mut self, due: Option<Timestamp>) -> impl Future<Output = Happening> + Send;
}

/// What a driver waited for.
pub(crate) enum Happening {
    TaskEnded(TaskId, TaskOutcome),
    TimeCame,
}
