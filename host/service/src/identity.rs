//! Names that follow from an execution: the same task always has the same.

use std::fmt;
use std::ops::Deref;

/// A 128-bit digest, FNV-1a over words of eight bytes. It tells tasks apart; it
/// keeps no secrets.
#[derive(Clone, Copy)]
pub(crate) struct Identity(u128);

impl Identity {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

    /// What is common to all names within an execution.
    pub(crate) fn of(execution_arn: &str) -> Self {
        Self(Self::BASIS)
            .with(execution_arn.as_bytes())
            .with(&execution_arn.len().to_le_bytes())
    }

    /// The digest of a kind of name for one of the execution's events.
    pub(crate) fn event(self, kind: &str, event: u64) -> Self {
        self.with(kind.as_bytes())
            .with(&[0])
            .with(&event.to_le_bytes())
    }

    /// Adds some bytes, eight at a time: a byte at a time costs more than the
    /// rest of a task's way to its function.
    fn with(self, bytes: &[u8]) -> Self {
        let (words, rest) = bytes.as_chunks::<8>();
        let digest = words.iter().copied().fold(self, Self::with_word);
        if rest.is_empty() {
            return digest;
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        digest.with_word(last)
    }

    fn with_word(self, word: [u8; 8]) -> Self {
        let digest = self.0 ^ u128::from(u64::from_le_bytes(word));
        let digest = digest.wrapping_mul(Self::PRIME);
        Self(digest ^ (digest >> 64))
    }

    /// As a UUID of version 8, "vendor-specific" (RFC 9562, section 5.8).
    pub(crate) fn to_uuid(self) -> Uuid {
        Uuid::new(self.0, 8)
    }

    /// A seed for a guest's randomness.
    pub(crate) fn to_seed(self) -> u64 {
        (self.0 >> 64) as u64 ^ self.0 as u64
    }
}

/// The text of a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uuid([u8; 36]);

impl Uuid {
    /// A UUID of version 4 (RFC 9562, section 5.4) from as many random bits.
    pub fn random(bits: u128) -> Self {
        Self::new(bits, 4)
    }

    fn new(bits: u128, version: u128) -> Self {
        const VARIANT: u128 = 2 << 62;
        /// Where the two digits of each byte begin.
        const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
        let bits = bits & !(0xf << 76) & !(3 << 62) | version << 76 | VARIANT;
        let mut uuid = *b"00000000-0000-0000-0000-000000000000";
        for (place, byte) in PLACES.into_iter().zip(bits.to_be_bytes()) {
            uuid[place..place + 2].copy_from_slice(&DIGITS[usize::from(byte)]);
        }
        Self(uuid)
    }
}

/// The two hexadecimal digits of each byte.
static DIGITS: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [digits[byte >> 4], digits[byte & 0xf]];
        byte += 1;
    }
    pairs
};

impl Deref for Uuid {
    type Target = str;

    fn deref(&self) -> &str {
        std::str::from_utf8(&self.0).expect("digits and hyphens are UTF-8")
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        let uuid = Identity::of("arn").event("request", 7).to_uuid();
        let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "8");
        assert!(matches!(&uuid[19..20], "8" | "9" | "a" | "b"));
    }

    #[test]
    fn an_identity_stays_what_it_was() {
        let identity = Identity::of("arn:aws:states:us-east-1:123456789012:express:m:e:1");
        let request = identity.event("request", 7).to_uuid();
        assert_eq!(&*request, "b4770807-1a12-8121-b50c-16b3ca7159c9");
        assert_eq!(
            &*identity.event("task", 2).to_uuid(),
            "bc84ee31-6710-89d7-a1ae-905bd191137d"
        );
    }

    #[test]
    fn events_executions_and_kinds_are_told_apart() {
        let uuids: BTreeSet<Uuid> = [("a", "x", 1), ("a", "x", 2), ("a", "y", 1), ("b", "x", 1)]
            .map(|(kind, arn, event)| Identity::of(arn).event(kind, event).to_uuid())
            .into();
        assert_eq!(uuids.len(), 4);
    }
}
