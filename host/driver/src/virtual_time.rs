//! Time that passes only when there is nothing else to do.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    panic::AssertUnwindSafe,
};

use futures_util::FutureExt;
use sandstep_asl::{EventId, TaskId, TaskOutcome, Timestamp};
use tokio::time::Instant;

use crate::{
    runner::{TaskFuture, lost},
    timeline::{Happening, Timeline},
    wall::Reading,
};

/// How many records an execution makes in one moment at most. A Map has at most
/// 131,072 items, since its input has 256 KiB; this leaves 76 records for each.
pub(crate) const RECORDS_PER_MOMENT: u64 = 10_000_000;

/// How many it may make in a moment once it made too many: what is due before
/// a loop's timeout must not make the loop last as many times as long.
const RECORDS_WHILE_LOOPING: u64 = 1024;

/// A clock that jumps to the next thing to happen.
///
/// Tasks run one after the other, each to its end, and report when the virtual
/// time that they say they took has passed; so the order of everything depends
/// on nothing but the input.
pub(crate) struct VirtualTime {
    now: Timestamp,
    /// How many records may be made before time passes in any case.
    records_left: u64,
    records_per_moment: u64,
    /// When tasks end, in the order of time and then of scheduling.
    ends: BinaryHeap<Reverse<(Timestamp, EventId)>>,
    /// Without those that were cancelled.
    outcomes: HashMap<EventId, (TaskId, TaskOutcome)>,
}

impl VirtualTime {
    pub(crate) fn starting_at(now: Timestamp, records_per_moment: u64) -> Self {
        Self {
            now,
            records_left: records_per_moment,
            records_per_moment,
            ends: BinaryHeap::new(),
            outcomes: HashMap::new(),
        }
    }

    /// When the next task ends, leaving out those that were cancelled.
    fn next_end(&mut self) -> Option<(Timestamp, EventId)> {
        while let Some(&Reverse((at, scheduled))) = self.ends.peek() {
            if self.outcomes.contains_key(&scheduled) {
                return Some((at, scheduled));
            }
            self.ends.pop();
        }
        None
    }
}

impl Timeline for VirtualTime {
    fn beginning(&self) -> Reading {
        Reading {
            wall: self.now,
            instant: Instant::now(),
        }
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn virtual_now(&self) -> Option<Timestamp> {
        Some(self.now)
    }

    fn must_pass(&mut self) -> bool {
        self.records_left = self.records_left.saturating_sub(1);
        self.records_left == 0
    }

    async fn start(
        &mut self,
        id: TaskId,
        began: Timestamp,
        task: TaskFuture,
    ) -> Option<TaskOutcome> {
        let Ok(report) = AssertUnwindSafe(task).catch_unwind().await else {
            return Some(lost("it panicked"));
        };
        if report.virtual_duration.is_zero() {
            return Some(report.outcome);
        }
        self.outcomes.insert(id.scheduled(), (id, report.outcome));
        let end = began + report.virtual_duration;
        self.ends.push(Reverse((end, id.scheduled())));
        None
    }

    fn ended(&mut self) -> Option<(TaskId, TaskOutcome)> {
        None
    }

    fn in_flight(&self) -> usize {
        self.outcomes.len()
    }

    fn cancel(&mut self, id: TaskId) {
        self.outcomes.remove(&id.scheduled());
    }

    async fn next(&mut self, due: Option<Timestamp>) -> Happening {
        self.records_left = match self.records_left {
            0 => RECORDS_WHILE_LOOPING,
            _ => self.records_per_moment,
        };
        match (self.next_end(), due) {
            // A deadline that falls on the end of its task has come.
            (Some((at, scheduled)), due) if due.is_none_or(|due| at < due) => {
                self.now = self.now.max(at);
                let (id, outcome) = self
                    .outcomes
                    .remove(&scheduled)
                    .expect("next_end leaves out what was cancelled");
                Happening::TaskEnded(id, outcome)
            }
            (_, Some(due)) => {
                self.now = self.now.max(due);
                Happening::TimeCame
            }
            (_, None) => std::future::pending().await,
        }
    }
}
