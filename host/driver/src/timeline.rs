//! Time and the tasks in flight, real or virtual.

use sandstep_asl::{TaskId, TaskOutcome, Timestamp};

use crate::{runner::TaskFuture, wall::Reading};

/// What a driver waits on.
pub(crate) trait Timeline {
    /// What the clocks said when it began: reading them again at once is not free.
    fn beginning(&self) -> Reading;

    fn now(&self) -> Timestamp;

    /// The time to tell tasks, where it is not everybody's.
    fn virtual_now(&self) -> Option<Timestamp>;

    /// Counts a record, and says whether time has to pass though more can be made.
    fn must_pass(&mut self) -> bool;

    /// Starts a task; answers its outcome if it ended at once.
    async fn start(&mut self, id: TaskId, task: TaskFuture) -> Option<TaskOutcome>;

    /// Stops a task, unless it ended.
    fn cancel(&mut self, id: TaskId);

    /// Waits until a task ends or `due` has come.
    async fn next(&mut self, due: Option<Timestamp>) -> Happening;
}

/// What a driver waited for.
pub(crate) enum Happening {
    TaskEnded(TaskId, TaskOutcome),
    TimeCame,
}
