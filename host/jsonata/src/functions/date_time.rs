//! Dates and times: `$fromMillis` and `$toMillis`, with pictures (XPath and XQuery Functions and
//! Operators 3.1, section 9.8, "Formatting dates and times") or in ISO 8601.
//!
//! A time is a number of milliseconds since 1970 in UTC, as in ECMAScript within 8.64 × 10¹⁵ of it.

mod calendar;
mod format;
mod iso;
mod parse;
mod picture;
mod zone;

pub(crate) use format::from_millis;
pub(crate) use parse::to_millis;

/// The largest distance from 1970, in milliseconds (ECMA-262, "Time Values and Time Range").
const MAX_MILLIS: i64 = 8_640_000_000_000_000;

#[cfg(test)]
mod tests;
