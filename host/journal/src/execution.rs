//! An execution as a store sees it, and the rules of changing one.

use crate::{
    blob::Blob,
    error::{Error, Result},
    records::Records,
};

/// Names an execution inside its store. Ids grow in the order of starting and
/// are never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExecutionId(pub i64);

/// Milliseconds since the Unix epoch.
pub type Millis = i64;

/// How an execution stands, in the words of the Step Functions API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It goes on.
    Running,
    /// It ended well.
    Succeeded,
    /// It ended with an error.
    Failed,
    /// Its time was up.
    TimedOut,
    /// It was stopped.
    Aborted,
    /// It ended, and its parent will redrive it.
    PendingRedrive,
}

impl Status {
    /// Every status there is.
    pub const ALL: [Self; 6] = [
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::TimedOut,
        Self::Aborted,
        Self::PendingRedrive,
    ];
}

/// One record of an execution: bytes that only the caller understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whether it is an event of the history. Events are numbered from 1, in
    /// the order of appending; other records have no number.
    pub event: bool,
    /// The record.
    pub bytes: Vec<u8>,
}

/// A task that waits for somebody to ask for it, such as an activity's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiting {
    /// What it waits in: an activity's ARN.
    pub queue: String,
    /// Since when; the longest waiting is served first.
    pub since: Millis,
    /// Whose task it is.
    pub execution: ExecutionId,
    /// The event that scheduled the task.
    pub event: u64,
}

/// A task that begins or ends to wait in a [`Waiting`] queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueChange {
    /// What it waits in.
    pub queue: String,
    /// Since when.
    pub since: Millis,
    /// The event that scheduled the task.
    pub event: u64,
}

impl From<Waiting> for QueueChange {
    /// What would begin or end this waiting.
    fn from(waiting: Waiting) -> Self {
        Self {
            queue: waiting.queue,
            since: waiting.since,
            event: waiting.event,
        }
    }
}

/// An execution that is to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewExecution {
    /// Its name in the world: the ARN. At most one execution has it.
    pub arn: String,
    /// What it is listed under: the ARNs of its state machine, of the version or
    /// alias that it was started through, of its map run.
    pub groups: Vec<String>,
    /// When it started.
    pub started: Millis,
    /// What never changes, for the caller: the definition's digest, the input.
    pub head: Vec<u8>,
    /// What it did up to its first wait.
    pub first: Advance,
}

/// How far an execution got: everything between two waits, one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advance {
    /// What is appended.
    pub records: Records,
    /// Payloads that the records or the head mention for the first time. The
    /// store keeps each digest once, for as long as an execution mentions it.
    pub blobs: Vec<Blob>,
    /// Where the execution stands afterwards.
    pub standing: Standing,
    /// Tasks that wait from now on.
    pub enqueued: Vec<QueueChange>,
    /// Tasks that wait no longer, those that were enqueued just now included; one that
    /// did not wait is no error.
    pub dequeued: Vec<QueueChange>,
}

/// Where an execution stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It runs.
    Running {
        /// When somebody who does not hold it in memory must look at it. One with
        /// a task in flight in this process is due at once, at 0: whoever takes
        /// over has to start the task again.
        due: Option<Millis>,
    },
    /// It has ended.
    Ended {
        /// How: any status but `Running`.
        status: Status,
        /// When.
        at: Millis,
        /// What is to be known of the end, for the caller: output, error, cause.
        result: Vec<u8>,
    },
}

impl Standing {
    /// The status that goes with it.
    pub fn status(&self) -> Status {
        match self {
            Self::Running { .. } => Status::Running,
            Self::Ended { status, .. } => *status,
        }
    }

    /// When the execution is due; one that has ended never is.
    pub fn due(&self) -> Option<Millis> {
        match self {
            Self::Running { due } => *due,
            Self::Ended { .. } => None,
        }
    }

    /// When the execution ended, if it has.
    pub fn ended(&self) -> Option<Millis> {
        match self {
            Self::Running { .. } => None,
            Self::Ended { at, .. } => Some(*at),
        }
    }
}

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Whose.
    pub execution: ExecutionId,
    /// The version that the caller had seen.
    pub expected: u64,
    /// What happened.
    pub advance: Advance,
}

/// What changes of an execution, as far as the rules go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// How many commits it has had.
    pub(crate) version: u64,
    /// How many events its history has.
    pub(crate) events: u64,
    /// How often it was redriven.
    pub(crate) redrives: u32,
    pub(crate) status: Status,
}

impl Progress {
    /// Before the first commit.
    pub(crate) const NEW: Self = Self {
        version: 0,
        events: 0,
        redrives: 0,
        status: Status::Running,
    };

    /// Where a commit leads that appends so many events, if it may be made: it must have
    /// seen the last one. Running again after an end is a redrive.
    pub(crate) fn advanced(&self, expected: u64, events: u64, status: Status) -> Result<Self> {
        if expected != self.version {
            return Err(Error::Conflict {
                expected,
                found: self.version,
            });
        }
        let redriven = self.status != Status::Running && status == Status::Running;
        Ok(Self {
            version: self.version + 1,
            events: self.events + events,
            redrives: self.redrives + u32::from(redriven),
            status,
        })
    }
}

/// Lets through only what the current owner writes.
pub(crate) fn check_epoch(epoch: u64, current: u64) -> Result<()> {
    if epoch == current {
        return Ok(());
    }
    Err(Error::ClaimLost { epoch })
}

/// What a store tells of an execution without its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its name inside the store.
    pub id: ExecutionId,
    /// Its name in the world.
    pub arn: String,
    /// When it started.
    pub started: Millis,
    /// As [`NewExecution::head`] was.
    pub head: Vec<u8>,
    /// How many commits it has had: what the next one must expect.
    pub version: u64,
    /// How many events its history has.
    pub events: u64,
    /// How often it ran again after an end.
    pub redrives: u32,
    /// Where it stands.
    pub standing: Standing,
}

/// What became of a start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// It began; the next commit expects version 1.
    New(ExecutionId),
    /// An execution has that name already. Nothing was written; the caller
    /// decides whether the two starts are the same.
    Exists(Box<Summary>),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first() -> Progress {
        Progress::NEW.advanced(0, 3, Status::Running).unwrap()
    }

    #[test]
    fn a_commit_that_has_not_seen_the_last_one_is_refused() {
        for expected in [0, 2] {
            let refused = first().advanced(expected, 1, Status::Running);
            let Err(Error::Conflict { found, .. }) = refused else {
                panic!("{refused:?}");
            };
            assert_eq!(found, 1);
        }
    }

    #[test]
    fn events_are_counted_and_notes_are_not() {
        let mut records = Records::default();
        for event in [true, false, true] {
            records.push(event, b"");
        }
        let second = first().advanced(1, records.events(), Status::Running);
        let second = second.unwrap();
        assert_eq!((second.version, second.events), (2, 5));
    }

    #[test]
    fn running_again_after_an_end_is_a_redrive() {
        let ended = first().advanced(1, 2, Status::Failed).unwrap();
        let again = ended.advanced(2, 1, Status::Running).unwrap();
        let on = again.advanced(3, 1, Status::Running).unwrap();
        assert_eq!((ended.redrives, again.redrives, on.redrives), (0, 1, 1));
    }

    #[test]
    fn only_the_current_epoch_may_write() {
        assert!(check_epoch(2, 2).is_ok());
        for epoch in [1, 3] {
            let refused = check_epoch(epoch, 2).unwrap_err();
            assert!(matches!(refused, Error::ClaimLost { .. }), "{refused}");
        }
    }
}
