//! Records as bytes.

use std::collections::HashSet;

use sandstep_asl::{Record, ThreadPath};
use sandstep_journal::{Blob, Digest, INLINE_LIMIT, Records};
use sandstep_json::Value;

use super::{FORMAT, bytes::Writer, event, note, value};

/// How many large payloads are recognised when they come again: a state's output is the
/// next one's input.
const RECENT: usize = 4;

/// Writes the records of one execution.
#[derive(Default)]
pub(in super::super) struct Encoder {
    /// The blobs that the store has, or will have with the next commit.
    mentioned: HashSet<Digest>,
    /// Those that are to go with the next commit.
    blobs: Vec<Blob>,
    /// Payloads whose digest is known, kept so that their addresses stay theirs.
    recent: Vec<(Value, Digest)>,
    /// Where a record and where a payload are written first: their lengths come before
    /// them.
    record: Writer,
    payload: Writer,
}

/// Where a payload is.
pub(super) mod place {
    pub(in super::super) const INLINE: u8 = 0;
    pub(in super::super) const APART: u8 = 1;
}

/// What a record has.
pub(super) mod part {
    pub(in super::super) const EVENT: u8 = 1;
    pub(in super::super) const NOTE: u8 = 2;
    pub(in super::super) const THREAD: u8 = 4;
}

impl Encoder {
    /// An encoder for an execution whose records mention these blobs already.
    pub(in super::super) fn after(mentioned: HashSet<Digest>) -> Self {
        Self {
            mentioned,
            ..Self::default()
        }
    }

    /// Appends a record to those of a commit.
    pub(in super::super) fn record(&mut self, record: &Record, records: &mut Records) {
        let mut writer = std::mem::take(&mut self.record);
        writer.begin();
        self.write(&mut writer, record);
        records.push(record.event.is_some(), &writer.0);
        self.record = writer;
    }

    fn write(&mut self, writer: &mut Writer, record: &Record) {
        writer.byte(FORMAT);
        writer.byte(parts(record));
        if record.thread.last().is_some() {
            write_path(writer, &record.thread);
        }
        if let Some(event) = &record.event {
            event::write(writer, self, event);
        }
        if let Some(note) = &record.note {
            note::write(writer, self, note);
        }
    }

    /// The blobs that were mentioned for the first time since this was last asked.
    pub(in super::super) fn take_blobs(&mut self) -> Vec<Blob> {
        std::mem::take(&mut self.blobs)
    }

    /// How many bytes those blobs have.
    pub(in super::super) fn blob_bytes(&self) -> usize {
        self.blobs.iter().map(|blob| blob.bytes().len()).sum()
    }

    /// Writes a payload, or where it is.
    pub(super) fn payload(&mut self, writer: &mut Writer, payload: &Value) {
        if let Some(digest) = self.known(payload) {
            return write_mention(writer, digest);
        }
        self.payload.begin();
        value::write(&mut self.payload, payload);
        if self.payload.0.len() <= INLINE_LIMIT {
            writer.byte(place::INLINE);
            return writer.bytes(&self.payload.0);
        }
        let blob = Blob::new(std::mem::take(&mut self.payload.0));
        write_mention(writer, blob.digest());
        self.remember(payload, blob);
    }

    fn known(&self, payload: &Value) -> Option<Digest> {
        let mut recent = self.recent.iter();
        let known = recent.find(|(value, _)| is_same(value, payload))?;
        Some(known.1)
    }

    fn remember(&mut self, payload: &Value, blob: Blob) {
        if self.recent.len() == RECENT {
            self.recent.remove(0);
        }
        self.recent.push((payload.clone(), blob.digest()));
        if self.mentioned.insert(blob.digest()) {
            self.blobs.push(blob);
        }
    }
}

fn parts(record: &Record) -> u8 {
    let part = |is_there, part| if is_there { part } else { 0 };
    part(record.event.is_some(), part::EVENT)
        | part(record.note.is_some(), part::NOTE)
        | part(record.thread.last().is_some(), part::THREAD)
}

fn write_path(writer: &mut Writer, path: &ThreadPath) {
    let mut steps = Vec::new();
    let mut path = path;
    while let (Some(parent), Some(step)) = (path.parent(), path.last()) {
        steps.push(step);
        path = parent;
    }
    writer.count(steps.len());
    for (started, index) in steps.into_iter().rev() {
        writer.event_id(started);
        writer.count(index);
    }
}

fn write_mention(writer: &mut Writer, digest: Digest) {
    writer.byte(place::APART);
    writer.0.extend_from_slice(&digest.0);
}

/// Whether two values are one in memory.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => one.address() == other.address(),
        (Value::Array(one), Value::Array(other)) => std::ptr::eq(one.as_slice(), other.as_slice()),
        _ => false,
    }
}
