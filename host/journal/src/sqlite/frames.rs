//! The records of one commit as bytes: for each its length and whether it is an
//! event, then the record.

use crate::{error::StorageError, execution::Record};

/// All records, one after the other. A record's head is one varint (LEB128):
/// twice its length, and one more if it is an event.
pub(super) fn encode(records: &[Record]) -> Vec<u8> {
    let size: usize = records.iter().map(|record| record.bytes.len() + 3).sum();
    let mut bytes = Vec::with_capacity(size);
    for record in records {
        let head = (record.bytes.len() as u64) << 1 | u64::from(record.event);
        push_varint(&mut bytes, head);
        bytes.extend_from_slice(&record.bytes);
    }
    bytes
}

fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// The records that were encoded.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Record>, StorageError> {
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
        let records: Vec<Record> = lengths
            .into_iter()
            .map(|length| record(length % 2 == 0, length))
            .collect();
        let bytes = encode(&records);
        assert_eq!(decode(&bytes).unwrap(), records);
    }

    #[test]
    fn bytes_that_are_no_records_are_refused() {
        for bytes in [&[0xff; 12][..], &[0x08, 1], &[0x80]] {
            assert!(decode(bytes).is_err(), "{bytes:?}");
        }
    }
}
