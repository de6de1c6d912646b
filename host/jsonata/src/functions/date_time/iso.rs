//! ISO 8601.

use super::calendar::{DAY, Month};
use super::zone::Offset;
use crate::Fault;

/// Reads `YYYY[-MM[-DD]][Thh:mm:ss[.fff…]][Z|±hh:mm|±hhmm]`; what is missing is the beginning, and
/// UTC. A day that its month does not have is one of the next month, as in ECMAScript; digits beyond
/// milliseconds are dropped.
///
/// Fails with D3110 for anything else.
pub(super) fn parse(text: &str) -> Result<i64, Fault> {
    read(text).ok_or_else(|| Fault::new("D3110", format!("{text:?} is not an ISO 8601 timestamp")))
}

fn read(text: &str) -> Option<i64> {
    let mut rest = text;
    let year = digits(&mut rest, 4)?;
    let number = after(&mut rest, '-', |rest| digits(rest, 2))?.unwrap_or(1);
    let day = after(&mut rest, '-', |rest| digits(rest, 2))?.unwrap_or(1);
    let time = after(&mut rest, 'T', time)?;
    let offset = offset(rest)?;
    let valid = (1..=12).contains(&number) && (1..=31).contains(&day);
    // Only a time has an offset; a date alone is in UTC.
    if !valid || time.is_none() && !offset.is_utc() {
        return None;
    }
    let days = Month { year, number }.first_day() + day - 1;
    Some(days * DAY + time.unwrap_or(0) - offset.millis())
}

/// Reads something if it is introduced by this character.
fn after<T>(
    rest: &mut &str,
    mark: char,
    read: impl Fn(&mut &str) -> Option<T>,
) -> Option<Option<T>> {
    match rest.strip_prefix(mark) {
        Some(behind) => {
            *rest = behind;
            read(rest).map(Some)
        }
        None => Some(None),
    }
}

/// `hh:mm:ss` and a fraction, in milliseconds. Midnight may be the day's end.
fn time(rest: &mut &str) -> Option<i64> {
    let hour = digits(rest, 2)?;
    let minute = after(rest, ':', |rest| digits(rest, 2))??;
    let second = after(rest, ':', |rest| digits(rest, 2))??;
    let fraction = after(rest, '.', fraction)?.unwrap_or(0);
    let time = ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
    (minute < 60 && second < 60 && time <= DAY).then_some(time)
}

/// The first three digits of a fraction.
fn fraction(rest: &mut &str) -> Option<i64> {
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    let millis = format!("{:0<3}", &rest[..count.min(3)]);
    *rest = &rest[count..];
    if count == 0 {
        None
    } else {
        millis.parse().ok()
    }
}

fn offset(text: &str) -> Option<Offset> {
    if matches!(text, "" | "Z") {
        return Some(Offset::default());
    }
    if !text.starts_with(['+', '-']) {
        return None;
    }
    let offset = Offset::parse(text).ok()?;
    (offset.hours() < 24 && text.ends_with(|char: char| char.is_ascii_digit())).then_some(offset)
}

fn digits(rest: &mut &str, count: usize) -> Option<i64> {
    let (digits, behind) = rest.split_at_checked(count)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    *rest = behind;
    digits.parse().ok()
}
