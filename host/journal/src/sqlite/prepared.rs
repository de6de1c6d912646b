//! Starts and commits as the rows take them. Their callers prepare them, so that the
//! one thread that writes need not.

use super::names;
use crate::{
    blob::Blob,
    execution::{Advance, Batch, ExecutionId, Millis, NewExecution, QueueChange, Standing},
};

/// An execution that is to begin.
pub(super) struct PreparedStart {
    pub(super) arn: String,
    /// What stands for the ARN in the index of names.
    pub(super) hash: i64,
    pub(super) groups: Vec<String>,
    pub(super) started: Millis,
    pub(super) head: Vec<u8>,
    pub(super) first: PreparedAdvance,
}

impl PreparedStart {
    pub(super) fn new(new: NewExecution) -> Self {
        Self {
            hash: names::hash(&new.arn),
            arn: new.arn,
            groups: new.groups,
            started: new.started,
            head: new.head,
            first: PreparedAdvance::new(new.first),
        }
    }
}

/// A commit.
pub(super) struct PreparedBatch {
    pub(super) execution: ExecutionId,
    pub(super) expected: u64,
    pub(super) advance: PreparedAdvance,
}

impl PreparedBatch {
    pub(super) fn new(batch: &Batch) -> Self {
        Self {
            execution: batch.execution,
            expected: batch.expected,
            advance: PreparedAdvance::new(batch.advance.clone()),
        }
    }
}

/// How far an execution got.
pub(super) struct PreparedAdvance {
    /// The records as they are kept; empty where there are none.
    pub(super) records: Vec<u8>,
    /// How many of the records are events.
    pub(super) events: u64,
    pub(super) blobs: Vec<Blob>,
    pub(super) standing: Standing,
    pub(super) enqueued: Vec<QueueChange>,
    pub(super) dequeued: Vec<QueueChange>,
}

impl PreparedAdvance {
    fn new(advance: Advance) -> Self {
        Self {
            events: advance.records.events(),
            records: advance.records.into_bytes(),
            blobs: advance.blobs,
            standing: advance.standing,
            enqueued: advance.enqueued,
            dequeued: advance.dequeued,
        }
    }
}
