//! Integers and texts as bytes.

use sandstep_journal::Digest;
use sandstep_json::Text;

use sandstep_asl::{EventId, Timestamp};

/// Why bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damaged {
    /// They end too early.
    #[error("the record ends too early")]
    CutOff,
    /// They go on after their end.
    #[error("the record goes on after its end")]
    Surplus,
    /// They were written by a newer version, or are none of ours.
    #[error("the record has the format {0}, which is not known here")]
    Format(u8),
    /// A tag names nothing.
    #[error("the record has the unknown {what} {tag}")]
    Unknown {
        /// What was to be named.
        what: &'static str,
        /// The tag.
        tag: u8,
    },
    /// A text is not UTF-8, or a number is none.
    #[error("the record has an ill-formed {0}")]
    IllFormed(&'static str),
    /// The record mentions a blob that the reader has not been given.
    #[error("the payload {0} is missing")]
    Missing(Digest),
}

/// How many bytes most records, payloads and outcomes fit in: growing to them byte by byte
/// would be several allocations.
const USUAL: usize = 128;

/// Takes bytes down.
#[derive(Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    /// Begins anew, with room for what is usual.
    pub(super) fn begin(&mut self) {
        self.0.clear();
        self.0.reserve(USUAL);
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn flag(&mut self, flag: bool) {
        self.byte(u8::from(flag));
    }

    /// Seven bits a byte, the lowest first.
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.byte(number as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8);
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    /// Numbers near zero are short, whatever their sign.
    pub(super) fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)) as u64);
    }

    pub(super) fn event_id(&mut self, id: EventId) {
        self.number(id.0);
    }

    pub(super) fn timestamp(&mut self, timestamp: Timestamp) {
        self.signed(timestamp.as_millis());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(super) fn option<T>(&mut self, option: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(option.is_some());
        if let Some(value) = option {
            write(self, value);
        }
    }
}

/// Reads what a [`Writer`] took down.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn byte(&mut self) -> Result<u8, Damaged> {
        let (first, rest) = self.0.split_first().ok_or(Damaged::CutOff)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn flag(&mut self) -> Result<bool, Damaged> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            tag => Err(Damaged::Unknown { what: "flag", tag }),
        }
    }

    pub(super) fn number(&mut self) -> Result<u64, Damaged> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            // The tenth byte has room for one bit.
            if shift == 63 && bits > 1 {
                break;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damaged::IllFormed("number"))
    }

    pub(super) fn index(&mut self) -> Result<usize, Damaged> {
        usize::try_from(self.number()?).map_err(|_| Damaged::IllFormed("number"))
    }

    /// How many things follow, each of at least one byte: never more than there are bytes.
    pub(super) fn count(&mut self) -> Result<usize, Damaged> {
        let count = self.index()?;
        if count > self.0.len() {
            return Err(Damaged::CutOff);
        }
        Ok(count)
    }

    pub(super) fn signed(&mut self) -> Result<i64, Damaged> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub(super) fn event_id(&mut self) -> Result<EventId, Damaged> {
        self.number().map(EventId)
    }

    pub(super) fn timestamp(&mut self) -> Result<Timestamp, Damaged> {
        self.signed().map(Timestamp::from_millis)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let (first, rest) = self.0.split_first_chunk().ok_or(Damaged::CutOff)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Damaged> {
        let count = self.count()?;
        let (bytes, rest) = self.0.split_at(count);
        self.0 = rest;
        Ok(bytes)
    }

    pub(super) fn str(&mut self) -> Result<&'a str, Damaged> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Damaged::IllFormed("text"))
    }

    pub(super) fn text(&mut self) -> Result<Text, Damaged> {
        self.str().map(Text::from)
    }

    pub(super) fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Damaged>,
    ) -> Result<Option<T>, Damaged> {
        if self.flag()? {
            return read(self).map(Some);
        }
        Ok(None)
    }

    /// Nothing may be left.
    pub(super) fn end(self) -> Result<(), Damaged> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Damaged::Surplus)
    }
}
