//! Time that passes only when there is nothing else to do.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use sandstep_asl::{TaskId, TaskOutcome, Timestamp};

use crate::{
    runner::TaskFuture,
    timeline::{Happening, Timeline},
};

/// A clock that jumps to the next thing to happen.
///
/// Tasks run one after the other, each to its end, and report when the virtual
/// time that they say they took has passed; so the order of everything depends
/// on nothing but the input.
pub(crate) struct VirtualTime {
    now: Timestamp,
    /// When tasks end, in the order of time and then of starting.
    ends: BinaryHeap<Reverse<(Timestamp, u64)>>,
    outcomes: HashMap<u64, (TaskId, TaskOutcome)>,
    started: u64,
}

impl VirtualTime {
    pub(crate) fn starting_at(now: Timestamp) -> Self {
        Self {
            now,
            ends: BinaryHeap::new(),
            outcomes: HashMap::new(),
            started: 0,
        }
    }

    /// When the next task ends, leaving out those that were cancelled.
    fn next_end(&mut self) -> Option<(Timestamp, u64)> {
        while let Some(&Reverse((at, number))) = self.ends.peek() {
            if self.outcomes.contains_key(&number) {
                return Some((at, number));
            }
            self.ends.pop();
        }
        None
    }
}

impl Timeline for VirtualTime {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn virtual_now(&self) -> Option<Timestamp> {
        Some(self.now)
    }

    async fn start(&mut self, id: TaskId, task: TaskFuture) -> Option<TaskOutcome> {
        let report = task.await;
        if report.virtual_duration.is_zero() {
            return Some(report.outcome);
        }
        self.started += 1;
        self.outcomes.insert(self.started, (id, report.outcome));
        self.ends
            .push(Reverse((self.now + report.virtual_duration, self.started)));
        None
    }

    fn cancel(&mut self, id: TaskId) {
        self.outcomes.retain(|_, (task, _)| *task != id);
    }

    async fn next(&mut self, due: Option<Timestamp>) -> Happening {
        match (self.next_end(), due) {
            // A deadline that falls on the end of its task has come.
            (Some((at, number)), due) if due.is_none_or(|due| at < due) => {
                self.now = self.now.max(at);
                let (id, outcome) = self
                    .outcomes
                    .remove(&number)
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
