//! Names that follow from an execution: the same task always has the same.

use std::fmt::Write;

/// A 128-bit digest (FNV-1a). It tells tasks apart; it keeps no secrets.
#[derive(Clone, Copy)]
pub(crate) struct Identity(u128);

impl Identity {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

    /// The digest of a kind of name, an execution and one of its events.
    pub(crate) fn of(kind: &str, execution_arn: &str, event: u64) -> Self {
        let text = kind
            .bytes()
            .chain([0])
            .chain(execution_arn.bytes())
            .chain([0]);
        let digest = text
            .chain(event.to_le_bytes())
            .fold(Self::BASIS, |digest, byte| {
                (digest ^ u128::from(byte)).wrapping_mul(Self::PRIME)
            });
        Self(digest)
    }

    /// As a UUID of version 8, "vendor-specific" (RFC 9562, section 5.8).
    pub(crate) fn to_uuid(self) -> String {
        const VERSION: u128 = 8 << 76;
        const VARIANT: u128 = 2 << 62;
        let bits = self.0 & !(0xf << 76) & !(3 << 62) | VERSION | VARIANT;
        let hex = |shift: u32, digits: u32| (bits >> shift) & ((1 << (4 * digits)) - 1);
        let mut uuid = String::with_capacity(36);
        write!(
            uuid,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            hex(96, 8),
            hex(80, 4),
            hex(64, 4),
            hex(48, 4),
            hex(0, 12)
        )
        .expect("writing to a string never fails");
        uuid
    }

    /// A seed for a guest's randomness.
    pub(crate) fn to_seed(self) -> u64 {
        (self.0 >> 64) as u64 ^ self.0 as u64
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        let uuid = Identity::of("request", "arn", 7).to_uuid();
        let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "8");
        assert!(matches!(&uuid[19..20], "8" | "9" | "a" | "b"));
    }

    #[test]
    fn events_executions_and_kinds_are_told_apart() {
        let uuids: BTreeSet<String> = [("a", "x", 1), ("a", "x", 2), ("a", "y", 1), ("b", "x", 1)]
            .map(|(kind, arn, event)| Identity::of(kind, arn, event).to_uuid())
            .into();
        assert_eq!(uuids.len(), 4);
    }
}
