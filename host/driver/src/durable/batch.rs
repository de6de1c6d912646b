//! What an execution decided since its last commit.

use sandstep_asl::{Record, Task};
use sandstep_journal::{Advance, QueueChange, Records, Standing};

use super::codec::Encoder;

/// Gathers records until they are committed.
pub(super) struct Batch {
    encoder: Encoder,
    records: Records,
    enqueued: Vec<QueueChange>,
    dequeued: Vec<QueueChange>,
}

impl Batch {
    pub(super) fn new(encoder: Encoder) -> Self {
        Self {
            encoder,
            records: Records::default(),
            enqueued: Vec::new(),
            dequeued: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, record: &Record) {
        self.encoder.record(record, &mut self.records);
    }

    /// A task waits for a worker from now on.
    pub(super) fn enqueue(&mut self, change: QueueChange) {
        self.enqueued.push(change);
    }

    /// A task waits for a worker no longer.
    pub(super) fn dequeue(&mut self, change: QueueChange) {
        self.dequeued.push(change);
    }

    /// How many bytes it holds, blobs included.
    pub(super) fn bytes(&self) -> usize {
        self.records.bytes().len() + self.encoder.blob_bytes()
    }

    /// How many of its records are events.
    pub(super) fn events(&self) -> u64 {
        self.records.events()
    }

    /// Whether a task begins to wait for a worker.
    pub(super) fn enqueues(&self) -> bool {
        !self.enqueued.is_empty()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.enqueued.is_empty() && self.dequeued.is_empty()
    }

    pub(super) fn encoder(&mut self) -> &mut Encoder {
        &mut self.encoder
    }

    /// Everything gathered, as one step that leads to this standing.
    pub(super) fn take(&mut self, standing: Standing) -> Advance {
        Advance {
            records: std::mem::take(&mut self.records),
            blobs: self.encoder.take_blobs(),
            standing,
            enqueued: std::mem::take(&mut self.enqueued),
            dequeued: std::mem::take(&mut self.dequeued),
        }
    }
}

/// How the store names the waiting of an activity's task.
pub(super) fn queue_change(task: &Task) -> QueueChange {
    QueueChange {
        queue: task.resource.to_string(),
        since: task.scheduled_at.as_millis(),
        event: task.id.scheduled().0,
    }
}
