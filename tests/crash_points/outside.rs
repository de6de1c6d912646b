//! The world outside, which remembers what crashes of the engine forget.

use std::{
    collections::HashMap,
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sandstep_asl::{EventId, Task};
use sandstep_driver::{TaskCall, TaskFuture, TaskReport, TaskRunner};
use sandstep_journal::Journal;
use sandstep_tests::script::Script;

/// One run of a task, by the event that scheduled it. A job that a task has started
/// is followed by a second one.
type Attempt = (EventId, bool);

fn attempt(task: &Task) -> Attempt {
    (task.id.scheduled(), task.job.is_some())
}

/// Whoever does the tasks of one execution. A task that is run again comes to what
/// it came to before, as one that minds its idempotency token does.
pub(crate) struct Outside {
    script: Script,
    /// What the disk has, whatever the engine thinks.
    store: Arc<dyn Journal>,
    done: Mutex<HashMap<Attempt, TaskReport>>,
    broken: Mutex<Option<String>>,
}

impl Outside {
    pub(crate) fn new(script: Script, store: Arc<dyn Journal>) -> Self {
        Self {
            script,
            store,
            done: Mutex::default(),
            broken: Mutex::default(),
        }
    }

    /// The first promise that was broken to a task.
    pub(crate) fn broken(&self) -> Option<String> {
        lock(&self.broken).clone()
    }

    fn run_now(&self, call: &TaskCall) -> TaskReport {
        if let Err(broken) = self.check(call) {
            lock(&self.broken).get_or_insert(broken);
        }
        let report = lock(&self.done).get(&attempt(&call.task)).cloned();
        report.unwrap_or_else(|| self.run_first(&call.task))
    }

    fn run_first(&self, task: &Task) -> TaskReport {
        let report = self.script.next(task).report(task);
        lock(&self.done).insert(attempt(task), report.clone());
        report
    }

    fn check(&self, call: &TaskCall) -> Result<(), String> {
        let event = call.task.id.scheduled();
        let found = self.store.find(&call.execution_arn).wait();
        let found = found.map_err(|error| error.to_string())?;
        if found.is_none_or(|summary| summary.events < event.0) {
            return Err(format!(
                "the task of event {} ran before it was committed",
                event.0
            ));
        }
        if lock(&self.done).contains_key(&attempt(&call.task)) && !call.resumed {
            return Err(format!(
                "the task of event {} was not told that it ran before",
                event.0
            ));
        }
        Ok(())
    }
}

/// The world outside as one engine sees it.
pub(crate) struct Connection(pub(crate) Arc<Outside>);

impl TaskRunner for Connection {
    fn run(&self, call: TaskCall) -> TaskFuture {
        Box::pin(ready(self.0.run_now(&call)))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
