//! When the executions fall due that are not in memory.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use sandstep_asl::Timestamp;
use sandstep_journal::ExecutionId;
use tokio::sync::Notify;

use crate::wall::{SharedClock, nap};

/// How many executions are woken at a time.
const AT_A_TIME: usize = 256;

/// All that is kept of executions that wait for time.
#[derive(Default)]
pub(super) struct Alarms {
    due: Mutex<BTreeSet<(Timestamp, ExecutionId)>>,
    sooner: Notify,
}

impl Alarms {
    /// Sets the alarm of an execution.
    pub(super) fn set(&self, at: Timestamp, id: ExecutionId) {
        let mut due = self.due();
        due.insert((at, id));
        if due.first() == Some(&(at, id)) {
            self.sooner.notify_one();
        }
    }

    /// Takes back the alarm of an execution that somebody else woke.
    pub(super) fn clear(&self, at: Timestamp, id: ExecutionId) {
        self.due().remove(&(at, id));
    }

    /// Sleeps until some executions are due, and gives them; their alarms are gone.
    pub(super) async fn next(&self, clock: &SharedClock) -> Vec<ExecutionId> {
        loop {
            let now = clock.read().wall;
            let due = self.take_due(now);
            if !due.is_empty() {
                return due;
            }
            let first = self.due().first().map(|(at, _)| *at);
            match first {
                None => self.sooner.notified().await,
                Some(at) => tokio::select! {
                    () = self.sooner.notified() => {}
                    () = tokio::time::sleep(nap(at, now)) => {}
                },
            }
        }
    }

    fn take_due(&self, now: Timestamp) -> Vec<ExecutionId> {
        let mut alarms = self.due();
        let mut due = Vec::new();
        while due.len() < AT_A_TIME
            && let Some(&(at, id)) = alarms.first()
            && at <= now
        {
            alarms.pop_first();
            due.push(id);
        }
        due
    }

    fn due(&self) -> MutexGuard<'_, BTreeSet<(Timestamp, ExecutionId)>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
