//! What an execution decided since its last commit.

use sandstep_asl::{Record, Task};
use sandstep_journal::{self as journal, Advance, QueueChange, Standing};

use super::codec::Encoder;

/// Gathers records until they are committed.
pub(super) struct Batch {
    encoder: Encoder,
    records: Vec<journal::Record>,
    enqueued: Vec<QueueChange>,
    dequeued: Vec<QueueChange>,
    bytes: usize,
    events: u64,
}

impl Batch {
    pub(super) fn new(encoder: Encoder) -> Self {
        Self {
            encoder,
            records: Vec::new(),
            enqueued: Vec::new(),
            dequeued: Vec::new(),
            bytes: 0,
            events: 0,
        }
    }

    pub(super) fn push(&mut self, record: &Record) {
        let record = self.encoder.record(record);
        self.events += u64::from(record.event);
        self.bytes += record.bytes.len();
        self.records.push(record);
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
        self.bytes + self.encoder.blob_bytes()
    }

    /// How many of its records are events.
    pub(super) fn events(&self) -> u64 {
        self.events
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
        self.bytes = 0;
        self.events = 0;
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
