//! What runs tasks.

use std::{
    fmt,
    future::{Future, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    time::Duration,
};

use sandstep_asl::{Task, TaskOutcome, Timestamp};
use sandstep_json::Text;

/// Runs the tasks of executions: the functions, and whatever else a Task state
/// can name.
pub trait TaskRunner: Send + Sync + 'static {
    /// Runs one task. Dropping the future stops the task at once.
    ///
    /// The future is polled in place first; only a task that does not end
    /// there is given a thread of its own. So it should not block, and should
    /// yield after about a millisecond of work.
    fn run(&self, call: TaskCall) -> TaskFuture;

    /// Nobody waits any more for a task whose service does a job for it (`.sync`), and
    /// that is durable: whatever job was started may be stopped. The task is as it was
    /// run last, or was to be run: it may have its [`Task::job`], or have started one that
    /// was not heard of. Only durable executions say so, and not where their process
    /// ends first.
    fn abandon(&self, _call: TaskCall) {}
}

/// What a [`TaskRunner`] answers with.
pub type TaskFuture = Pin<Box<dyn Future<Output = TaskReport> + Send>>;

/// A task with what its runner needs to know of the execution.
#[derive(Clone, Debug)]
pub struct TaskCall {
    /// The task.
    pub task: Task,
    /// The execution that it belongs to.
    pub execution_arn: Text,
    /// Whether an earlier process may have run this attempt of the task, in part or as a
    /// whole: its execution was restored, and nothing says how the task ended. The
    /// same [`Task::entered`] names it then as now.
    pub resumed: bool,
    /// The time for the task, where the clock is virtual: it stands still while
    /// a task runs.
    pub virtual_now: Option<Timestamp>,
}

/// How a task ended.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskReport {
    /// Its result or its error.
    pub outcome: TaskOutcome,
    /// How long it is said to have taken where the clock is virtual. A real
    /// clock is not asked to wait for it.
    pub virtual_duration: Duration,
}

impl From<TaskOutcome> for TaskReport {
    /// A task that took no virtual time.
    fn from(outcome: TaskOutcome) -> Self {
        Self {
            outcome,
            virtual_duration: Duration::ZERO,
        }
    }
}

/// Has a task run. A runner that panics costs its task, as a future does that
/// panics; what the log should say, the panic itself has told.
#[inline]
pub(crate) fn run_task(runner: &dyn TaskRunner, call: TaskCall) -> TaskFuture {
    catch_unwind(AssertUnwindSafe(|| runner.run(call)))
        .unwrap_or_else(|_| Box::pin(ready(lost("it panicked").into())))
}

/// The outcome of a task whose future gave none: one that panics costs its task,
/// not the execution's other work.
pub(crate) fn lost(reason: impl fmt::Display) -> TaskOutcome {
    TaskOutcome::failed(
        "Sandstep.InternalError",
        format!("the task's runner ended without an outcome: {reason}"),
    )
}
