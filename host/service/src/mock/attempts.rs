//! Which invocations of a state a mocked answer is for: `0`, or `1-3`.

use std::fmt;
use std::str::FromStr;

/// Invocations of a state, counted from 0, the last one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttemptRange {
    first: u64,
    last: u64,
}

/// Why a text names no invocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRange {
    /// It is neither a number nor two of them.
    Malformed,
    /// It ends before it begins.
    Backwards,
}

impl AttemptRange {
    /// Every invocation.
    pub const ALL: Self = Self {
        first: 0,
        last: u64::MAX,
    };

    /// A single invocation.
    pub fn one(invocation: u64) -> Self {
        Self {
            first: invocation,
            last: invocation,
        }
    }

    /// Whether an invocation is among them.
    pub fn contains(self, invocation: u64) -> bool {
        (self.first..=self.last).contains(&invocation)
    }

    /// Whether an invocation is in both.
    pub fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// The first of them.
    pub fn first(self) -> u64 {
        self.first
    }

    /// The last of them.
    pub fn last(self) -> u64 {
        self.last
    }
}

impl FromStr for AttemptRange {
    type Err = BadRange;

    fn from_str(text: &str) -> Result<Self, BadRange> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (number(first)?, number(last)?);
        match first <= last {
            true => Ok(Self { first, last }),
            false => Err(BadRange::Backwards),
        }
    }
}

/// Digits alone: `u64` would read `+1` as well.
fn number(text: &str) -> Result<u64, BadRange> {
    let is_number = text.bytes().all(|letter| letter.is_ascii_digit());
    let number = text.parse().map_err(|_| BadRange::Malformed)?;
    is_number.then_some(number).ok_or(BadRange::Malformed)
}

impl fmt::Display for AttemptRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => write!(f, "{}", self.first),
            false => write!(f, "{}-{}", self.first, self.last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invocations_are_a_number_or_two() {
        for (text, expected) in [
            ("0", Ok((0, 0))),
            ("1-3", Ok((1, 3))),
            ("2-2", Ok((2, 2))),
            ("3-1", Err(BadRange::Backwards)),
            ("", Err(BadRange::Malformed)),
            ("-1", Err(BadRange::Malformed)),
            ("+1", Err(BadRange::Malformed)),
            ("1-2-3", Err(BadRange::Malformed)),
            ("99999999999999999999", Err(BadRange::Malformed)),
        ] {
            let range = text.parse::<AttemptRange>();
            assert_eq!(
                range.map(|range| (range.first, range.last)),
                expected,
                "{text}"
            );
        }
    }
}
