//! Numbers and chance.

use sandstep_json::Value;

use super::Complaint;
use super::arguments::Arguments;
use crate::Draw;

pub(super) fn add(arguments: &Arguments) -> Result<Value, Complaint> {
    Ok((arguments.small_integer(0)? + arguments.small_integer(1)?).into())
}

/// Draws from `start` to `end` - 1. With a seed the number depends on the seed alone.
pub(super) fn random(arguments: &Arguments, draw: Draw<'_>) -> Result<Value, Complaint> {
    let (start, end) = (arguments.small_integer(0)?, arguments.small_integer(1)?);
    if start >= end {
        return Err(format!("the start {start} is not less than the end {end}"));
    }
    let bits = match arguments.any(2) {
        Value::Null => draw(),
        _ => scramble(arguments.integer(2)? as u64),
    };
    // The high half of a product spreads 64 bits evenly over the range.
    let offset = (u128::from(bits) * u128::from(start.abs_diff(end))) >> 64;
    Ok((start + offset as i64).into())
}

/// The finalizer of SplitMix64: neighbouring seeds give unrelated bits.
fn scramble(seed: u64) -> u64 {
    let mut bits = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A UUID of version 4 (RFC 9562, 5.4).
pub(super) fn uuid(draw: Draw<'_>) -> String {
    let high = draw() & !0xf000 | 0x4000;
    let low = draw() & !(0b11 << 62) | 0b10 << 62;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}
