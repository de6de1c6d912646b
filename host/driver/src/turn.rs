//! How long one execution works before others are let run.

use std::time::{Duration, Instant};

/// How many records an execution may make before its driver lets others run
/// and looks at the clock: a machine may loop without ever waiting.
const RECORDS_PER_TURN: u32 = 1024;

/// How long a turn may take. A state's expressions may take a second, so that
/// counting records is not enough.
const TURN: Duration = Duration::from_millis(10);

/// After how many records a turn's time is looked at, which costs as much as a
/// quarter of a record.
const RECORDS_PER_LOOK: u32 = 16;

/// A task that ends at once counts as this many records. It may have taken two
/// milliseconds, so that a turn's time is looked at once in four of them.
pub(crate) const TASK_WEIGHT: u32 = RECORDS_PER_LOOK / 4;

/// Counts what an execution does between two occasions for others to run.
pub(crate) struct Turn {
    work: u32,
    began: Instant,
}

impl Turn {
    pub(crate) fn starting_at(began: Instant) -> Self {
        Self { work: 0, began }
    }

    /// Others ran in the meantime.
    pub(crate) fn begin(&mut self) {
        *self = Self::starting_at(Instant::now());
    }

    /// Counts work, and tells whether others should run now.
    pub(crate) fn is_over_after(&mut self, work: u32) -> bool {
        let looks = self.work / RECORDS_PER_LOOK;
        self.work += work;
        let is_time_to_look = self.work / RECORDS_PER_LOOK > looks;
        self.work >= RECORDS_PER_TURN || is_time_to_look && self.began.elapsed() >= TURN
    }
}
