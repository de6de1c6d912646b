//! The world's time; tasks run side by side.

use std::{
    collections::HashMap,
    future::{pending, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    task::Poll,
};

use sandstep_asl::{TaskId, TaskOutcome, Timestamp};
use tokio::{
    task::{AbortHandle, Id, JoinError, JoinSet},
    time::Instant,
};

use crate::{
    runner::{TaskFuture, TaskReport, lost},
    timeline::{Happening, Timeline},
    wall::{Reading, WallClock, nap},
};

/// Tasks that do not end at once run on the runtime's threads; dropping this
/// stops them.
pub(crate) struct RealTime {
    clock: WallClock,
    /// Made for the first task that does not end at once: most executions have
    /// none.
    in_flight: Option<InFlight>,
}

#[derive(Default)]
struct InFlight {
    running: JoinSet<TaskReport>,
    handles: HashMap<TaskId, AbortHandle>,
    ids: HashMap<Id, TaskId>,
}

impl RealTime {
    pub(crate) fn starting_now() -> Self {
        Self::starting_at(Reading::now())
    }

    pub(crate) fn starting_at(beginning: Reading) -> Self {
        Self {
            clock: WallClock::starting_at(beginning),
            in_flight: None,
        }
    }
}

impl Timeline for RealTime {
    fn beginning(&self) -> Reading {
        self.clock.anchor()
    }

    fn now(&self) -> Timestamp {
        self.clock.at(Instant::now())
    }

    fn virtual_now(&self) -> Option<Timestamp> {
        None
    }

    fn must_pass(&mut self) -> bool {
        false
    }

    async fn start(
        &mut self,
        id: TaskId,
        _began: Timestamp,
        mut task: TaskFuture,
    ) -> Option<TaskOutcome> {
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
        self.in_flight.get_or_insert_default().spawn(id, task);
        None
    }

    fn ended(&mut self) -> Option<(TaskId, TaskOutcome)> {
        let in_flight = self.in_flight.as_mut()?;
        loop {
            let ended = in_flight.running.try_join_next_with_id()?;
            if let Some(ended) = in_flight.ended(ended) {
                return Some(ended);
            }
        }
    }

    fn in_flight(&self) -> usize {
        let in_flight = self.in_flight.as_ref();
        in_flight.map_or(0, |in_flight| in_flight.handles.len())
    }

    fn cancel(&mut self, id: TaskId) {
        if let Some(in_flight) = &mut self.in_flight {
            in_flight.cancel(id);
        }
    }

    async fn next(&mut self, due: Option<Timestamp>) -> Happening {
        loop {
            let now = self.now();
            let ended = tokio::select! {
                Some(ended) = next_end(&mut self.in_flight) => Some(ended),
                () = sleep_towards(due, now) => None,
            };
            self.clock.follow(Reading::now());
            if let Some((id, outcome)) = ended {
                return Happening::TaskEnded(id, outcome);
            }
            if due.is_some_and(|due| due <= self.now()) {
                return Happening::TimeCame;
            }
        }
    }
}

/// The next task to end, if any is in flight.
async fn next_end(in_flight: &mut Option<InFlight>) -> Option<(TaskId, TaskOutcome)> {
    let in_flight = in_flight.as_mut()?;
    loop {
        let ended = in_flight.running.join_next_with_id().await?;
        if let Some(ended) = in_flight.ended(ended) {
            return Some(ended);
        }
    }
}

impl InFlight {
    fn spawn(&mut self, id: TaskId, task: TaskFuture) {
        let handle = self.running.spawn(task);
        self.ids.insert(handle.id(), id);
        self.handles.insert(id, handle);
    }

    fn cancel(&mut self, id: TaskId) {
        if let Some(handle) = self.handles.remove(&id) {
            self.ids.remove(&handle.id());
            handle.abort();
        }
    }

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

async fn sleep_towards(due: Option<Timestamp>, now: Timestamp) {
    match due {
        Some(due) => tokio::time::sleep(nap(due, now)).await,
        None => pending().await,
    }
}
