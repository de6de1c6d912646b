//! `$random` and `$uuid`. Chance comes from the surroundings, or from a seed.

use crate::builtin::Definition;

/// A number from 0 to below 1, from random bits.
fn unit_interval(bits: u64) -> f64 {
    // A double holds 53 bits.
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

/// Bits that look random, the same for the same seed (SplitMix64's output function).
fn scrambled(seed: f64) -> u64 {
    // -0 and 0 are one number.
    let mut bits = (seed + 0.0).to_bits().wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A UUID of version 4 from 128 random bits (RFC 9562, section 5.4).
fn uuid(high: u64, low: u64) -> String {
    let high = high & !0xf000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

pub(crate) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "random",
        signature: "<n?:n>",
        arity: 1,
        run: |call| {
            let bits = match call.number(0) {
                Some(seed) => scrambled(seed),
                None => call.surroundings().draw(),
            };
            Ok(unit_interval(bits).into())
        },
    },
    Definition {
        name: "uuid",
        signature: "<:s>",
        arity: 0,
        run: |call| {
            let surroundings = call.surroundings();
            Ok(uuid(surroundings.draw(), surroundings.draw()).into())
        },
    },
];
