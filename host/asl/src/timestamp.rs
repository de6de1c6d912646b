//! A moment in integer Unix milliseconds.

use std::{fmt, ops::Add, time::Duration};

use jiff::SignedDuration;

use crate::moment::{EPOCH, Moment};

/// A moment: whole milliseconds since 1970-01-01T00:00:00Z.
///
/// The interpreter never reads a clock; every moment it knows was an argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `millis` milliseconds after the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; zero if it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0).max(0) as u64)
    }

    /// The moment that a text in the States Language's profile of ISO 8601
    /// names (RFC 3339 with capital `T` and `Z`), or `None` where the text is
    /// not of that form. A fraction finer than a millisecond is cut off.
    pub fn parse(text: &str) -> Option<Self> {
        Moment::parse(text).map(|moment| Self(moment.as_millis()))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    /// Saturates at the last moment that a timestamp can name.
    fn add(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }
}

/// `2016-03-14T01:59:00.000Z`, as the context object shows a moment.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match EPOCH.checked_add(SignedDuration::from_millis(self.0)) {
            Ok(clock) => write!(f, "{clock:.3}Z"),
            Err(_) => write!(f, "{}ms", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_as_it_is_written() {
        for text in [
            "0000-01-01T00:00:00.000Z",
            "1969-12-31T23:59:59.999Z",
            "2016-03-14T01:59:00.000Z",
            "9999-12-31T23:59:59.999Z",
        ] {
            let moment = Timestamp::parse(text).expect(text);
            assert_eq!(moment.to_string(), text);
        }
        let beyond = Timestamp::parse("9999-12-31T23:59:59-00:01").expect("a timestamp");
        assert_eq!(beyond.to_string(), "253402300859000ms");
    }
}
