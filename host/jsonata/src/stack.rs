//! Room for recursion.
//!
//! Expressions may recurse as deep as [`Limits`](crate::Limits) allow, wherever they are evaluated:
//! threads of an async runtime have two megabytes of stack, and a level takes some kilobytes where
//! the compiler does not optimise.

/// So much is left, in bytes, for what runs between two calls.
const RED_ZONE: usize = 128 << 10;

/// So much is added at a time, in bytes.
const SEGMENT: usize = 2 << 20;

/// Runs a function with room enough on the stack.
#[inline]
pub(crate) fn with_room<R>(run: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(RED_ZONE, SEGMENT, run)
}
