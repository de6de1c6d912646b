//! Timestamps in texts, at full precision.

use jiff::Timestamp;

/// The moment that a text names in the States Language's profile of ISO 8601: RFC 3339 with
/// capital `T` and `Z` and at most nine digits of a second ("Timestamps").
///
/// Stricter than jiff, which also reads `20160314 01:59Z`.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    is_rfc_3339(text.as_bytes())
        .then(|| text.parse().ok())
        .flatten()
}

fn is_rfc_3339(text: &[u8]) -> bool {
    let Some((moment, rest)) = text.split_at_checked("0000-00-00T00:00:00".len()) else {
        return false;
    };
    has_shape(moment, b"0000-00-00T00:00:00") && is_offset(after_fraction(rest))
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

fn is_offset(text: &[u8]) -> bool {
    text == b"Z" || has_shape(text, b"+00:00") || has_shape(text, b"-00:00")
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
        ] {
            assert!(parse(text).is_some(), "{text}");
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
            "20121009T190055Z",
            "2012-10-09T19:00:55Z[UTC]",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_same_moment_in_two_zones_is_equal() {
        assert_eq!(
            parse("2012-10-09T19:00:55+01:00"),
            parse("2012-10-09T18:00:55.000Z")
        );
    }
}
