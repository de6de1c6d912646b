//! The records of one commit as bytes: for each its length and whether it is an
//! event, then the record.

use crate::{error::StorageError, execution::Record};

/// How many bytes the records of most commits fit in.
const USUAL: usize = 256;

/// Records in the order of appending, in one piece of memory as a store keeps them.
///
/// A record's head is one varint (LEB128): twice its length, and one more if it is an
/// event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    bytes: Vec<u8>,
    events: u64,
}

impl Records {
    /// Appends a record of these bytes. Events are numbered, as [`Record::event`] says.
    pub fn push(&mut self, event: bool, record: &[u8]) {
        if self.bytes.capacity() == 0 {
            self.bytes.reserve(USUAL);
        }
        let head = (record.len() as u64) << 1 | u64::from(event);
        push_varint(&mut self.bytes, head);
        self.bytes.extend_from_slice(record);
        self.events += u64::from(event);
    }

    /// How many of the records are events.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The records and their heads.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The records and their heads.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Each for itself.
    pub fn to_vec(&self) -> Vec<Record> {
        read(&self.bytes).expect("whatever is pushed can be read")
    }
}

impl FromIterator<Record> for Records {
    fn from_iter<I: IntoIterator<Item = Record>>(all: I) -> Self {
        let mut records = Self::default();
        for record in all {
            records.push(record.event, &record.bytes);
        }
        records
    }
}

fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// The records that these bytes are of.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Record>, StorageError> {
    let damaged = || StorageError::Corrupt("the records of a commit are damaged".into());
    let mut records = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let head = take_varint(&mut rest).ok_or_else(damaged)?;
        let length = usize::try_from(head >> 1).map_err(|_| damaged())?;
        let (record, after) = rest.split_at_checked(length).ok_or_else(damaged)?;
        records.push(Record {
            event: head & 1 == 1,
            bytes: record.to_vec(),
        });
        rest = after;
    }
    Ok(records)
}

fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..u64::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(event: bool, length: usize) -> Record {
        let bytes = vec![b'x'; length];
        Record { event, bytes }
    }

    #[test]
    fn records_come_back_as_they_were() {
        let lengths = [0, 1, 63, 64, 8191, 8192, 70_000];
        let all: Vec<Record> = lengths
            .into_iter()
            .map(|length| record(length % 2 == 0, length))
            .collect();
        let records: Records = all.iter().cloned().collect();
        assert_eq!(records.to_vec(), all);
        assert_eq!(records.events(), 4);
    }

    #[test]
    fn bytes_that_are_no_records_are_refused() {
        for bytes in [&[0xff; 12][..], &[0x08, 1], &[0x80]] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
    }
}
