//! Moments that texts name, at full precision.

use jiff::SignedDuration;
use jiff::civil::{DateTime, date};

/// Where Unix time begins, on a clock of UTC.
pub(crate) const EPOCH: DateTime = date(1970, 1, 1).at(0, 0, 0, 0);

/// A moment from the year 0 to the year 9999, wherever its clock stands.
///
/// A `jiff::Timestamp` would end a day before the year 9999 does: it leaves room for every
/// offset, which these moments have behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    since_epoch: SignedDuration,
}

impl Moment {
    /// The moment that a text names in the States Language's profile of ISO 8601: RFC 3339
    /// with capital `T` and `Z` and at most nine digits of a second ("Timestamps").
    ///
    /// Stricter than jiff, which also reads `20160314 01:59Z`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (clock, offset) = text.split_at_checked(clock_length(text)?)?;
        let clock: DateTime = clock.parse().ok()?;
        Some(Self {
            since_epoch: clock.duration_since(EPOCH) - parse_offset(offset)?,
        })
    }

    /// Milliseconds since the Unix epoch; what is finer is cut off.
    pub(crate) fn as_millis(self) -> i64 {
        let millis = i64::try_from(self.since_epoch.as_millis());
        millis.expect("ten thousand years are 2^49 milliseconds")
    }
}

/// How much of a text is a date, a time and the fraction of a second.
fn clock_length(text: &str) -> Option<usize> {
    let example = b"0000-00-00T00:00:00";
    let (clock, rest) = text.as_bytes().split_at_checked(example.len())?;
    has_shape(clock, example).then(|| text.len() - after_fraction(rest).len())
}

fn after_fraction(text: &[u8]) -> &[u8] {
    let Some(digits) = text.strip_prefix(b".") else {
        return text;
    };
    let count = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if count == 0 { text } else { &digits[count..] }
}

/// How far a clock is ahead of UTC.
fn parse_offset(text: &str) -> Option<SignedDuration> {
    if text == "Z" {
        return Some(SignedDuration::ZERO);
    }
    let is_behind = has_shape(text.as_bytes(), b"-00:00");
    if !is_behind && !has_shape(text.as_bytes(), b"+00:00") {
        return None;
    }
    let (hours, minutes): (i64, i64) = (text[1..3].parse().ok()?, text[4..6].parse().ok()?);
    let size = SignedDuration::from_mins(hours * 60 + minutes);
    (hours < 24 && minutes < 60).then_some(if is_behind { -size } else { size })
}

/// Whether a text looks like an example, in which `0` stands for any digit.
fn has_shape(text: &[u8], example: &[u8]) -> bool {
    let matches = |byte: &u8, example: &u8| match example {
        b'0' => byte.is_ascii_digit(),
        _ => byte == example,
    };
    text.len() == example.len()
        && text
            .iter()
            .zip(example)
            .all(|(byte, example)| matches(byte, example))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_has_a_date_a_time_and_an_offset() {
        for text in [
            "2016-03-14T01:59:00Z",
            "2016-03-14T01:59:00.123456789Z",
            "2012-10-09T19:00:55+01:00",
            "2012-10-09T19:00:55.5-11:30",
            "2012-10-09T19:00:55-00:00",
        ] {
            assert!(Moment::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "2012-10-09T19:00:55",
            "2016-13-05T21:29:29Z",
            "2016-12-05T25:29:29Z",
            "05-12-2016T21:29:29Z",
            "2023-02-24",
            "2023-02-24 12:15:56.832957",
            "2012-10-09t19:00:55z",
            "2012-10-09T19:00:55.Z",
            "2012-10-09T19:00:55+01",
            "2012-10-09T19:00:55+24:00",
            "2012-10-09T19:00:55-01:60",
            "2012-10-09T19:00:55.1234567890Z",
            "2012-10-09T19:00:55é",
            "2012-10-09T24:00:00Z",
            "20121009T190055Z",
            "2012-10-09T19:00:55Z[UTC]",
        ] {
            assert!(Moment::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_same_moment_in_two_zones_is_equal() {
        assert_eq!(
            Moment::parse("2012-10-09T19:00:55+01:00"),
            Moment::parse("2012-10-09T18:00:55.000Z")
        );
    }

    #[test]
    fn every_year_of_four_digits_is_whole() {
        for (text, seconds) in [
            ("0000-01-01T00:00:00+23:59", -62_167_305_540),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("1970-01-01T00:00:00Z", 0),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("9999-12-31T23:59:59-23:59", 253_402_387_139),
        ] {
            let moment = Moment::parse(text).expect(text);
            assert_eq!(moment.as_millis(), seconds * 1000, "{text}");
        }
    }

    #[test]
    fn later_moments_are_greater() {
        let moments = [
            "0000-01-01T00:00:00+23:59",
            "1969-12-31T23:59:59.999999999Z",
            "1970-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999998Z",
            "9999-12-31T23:59:59.999999999Z",
            "9999-12-31T23:59:59.999999999-23:59",
        ];
        let moments = moments.map(|text| Moment::parse(text).expect(text));
        assert!(moments.is_sorted_by(|one, next| one < next), "{moments:?}");
    }
}
