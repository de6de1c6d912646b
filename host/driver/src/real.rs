//! The world's time; tasks run side by side.

use std::{
    collections::HashMap,
    future::{pending, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    task::Poll,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sandstep_asl::{TaskId, TaskOutcome, Timestamp};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

use crate::{
    runner::{TaskFuture, TaskReport, lost},
    timeline::{Happening, Timeline},
};

/// Tasks that do not end at once run on the runtime's threads; dropping this
/// stops them.
#[derive(Default)]
pub(crate) struct RealTime {
    running: JoinSet<TaskReport>,
    handles: HashMap<TaskId, AbortHandle>,
    ids: HashMap<Id, TaskId>,
}

impl Timeline for RealTime {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        Timestamp::default() + since
    }

    fn virtual_now(&self) -> Option<Timestamp> {
        None
    }

    async fn start(&mut self, id: TaskId, mut task: TaskFuture) -> Option<TaskOutcome> {
        // Most tasks end within their first poll. Spawning one costs more than
        // running it.
        let polled = poll_fn(|context| {
            let poll = AssertUnwindSafe(|| task.as_mut().poll(context));
            Poll::Ready(catch_unwind(poll))
        });
        match polled.await {
            Ok(Poll::Ready(report)) => return Some(report.outcome),
            Ok(Poll::Pending) => {}
            Err(_) => return Some(lost("it panicked")),
        }
        let handle = self.running.spawn(task);
        self.ids.insert(handle.id(), id);
        self.handles.insert(id, handle);
        None
    }

    fn cancel(&mut self, id: TaskId) {
        if let Some(handle) = self.handles.remove(&id) {
            self.ids.remove(&handle.id());
            handle.abort();
        }
    }

    async fn next(&mut self, due: Option<Timestamp>) -> Happening {
        loop {
            let now = self.now();
            tokio::select! {
                Some(ended) = self.running.join_next_with_id() => {
                    if let Some((id, outcome)) = self.ended(ended) {
                        return Happening::TaskEnded(id, outcome);
                    }
                }
                () = sleep_until(due, now) => return Happening::TimeCame,
            }
        }
    }
}

impl RealTime {
    /// Whose end that was, unless nobody waits for it.
    fn ended(
        &mut self,
        ended: Result<(Id, TaskReport), JoinError>,
    ) -> Option<(TaskId, TaskOutcome)> {
        let (id, outcome) = match ended {
            Ok((id, report)) => (id, report.outcome),
            Err(error) => (error.id(), lost(&error)),
        };
        let id = self.ids.remove(&id)?;
        self.handles.remove(&id);
        Some((id, outcome))
    }
}

async fn sleep_until(due: Option<Timestamp>, now: Timestamp) {
    match due {
        Some(due) => tokio::time::sleep(due.since(now)).await,
        None => pending().await,
    }
}
