//! `$fromMillis`

use super::MAX_MILLIS;
use super::calendar::{DAYS, DateTime, MONTHS};
use super::picture::{self, Marker, Part, Presentation, no_name};
use super::zone::Offset;
use crate::Fault;
use crate::functions::integer::{Case, DigitPattern, Form, Grouping, IntegerPicture, format_with};
use crate::functions::room;

/// ISO 8601 with milliseconds.
const ISO_8601: &str = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";

/// Writes a time as the picture says, in ISO 8601 without one, at an offset `±hhmm` from UTC, in at
/// most `most` bytes.
///
/// Fails with D1001 beyond the range of times, D3133 for names of what has none, D3134 for an offset
/// that is none or whose picture has more than four digits.
pub(crate) fn from_millis(
    millis: f64,
    picture: Option<&str>,
    zone: Option<&str>,
    most: usize,
) -> Result<String, Fault> {
    let offset = zone.map(Offset::parse).transpose()?.unwrap_or_default();
    let time = Time {
        local: DateTime::from_millis(in_range(millis)? + offset.millis()),
        offset,
    };
    let mut text = String::new();
    for part in picture::parse(picture.unwrap_or(ISO_8601))? {
        let left = most.saturating_sub(text.len());
        match part {
            Part::Literal(literal) => text.push_str(&literal),
            Part::Marker(marker) => text.push_str(&time.component(&marker, left)?),
        }
        room::check(text.len(), most)?;
    }
    Ok(text)
}

fn in_range(millis: f64) -> Result<i64, Fault> {
    // A saturating cast, and NaN becomes 0: no JSON number is NaN.
    let integer = millis as i64;
    if integer.unsigned_abs() <= MAX_MILLIS.unsigned_abs() {
        return Ok(integer);
    }
    Err(Fault::new(
        "D1001",
        format!("the time {millis} is out of range"),
    ))
}

/// A moment somewhere.
struct Time {
    local: DateTime,
    offset: Offset,
}

impl Time {
    fn component(&self, marker: &Marker, most: usize) -> Result<String, Fault> {
        match &marker.presentation {
            Presentation::Name(case) => self.name(marker, *case),
            Presentation::Integer(picture) => format_with(self.integer(marker), picture, most),
            Presentation::Zone { picture, z_for_utc } => {
                if *z_for_utc && self.offset.is_utc() {
                    return Ok("Z".to_owned());
                }
                let zone = self.zone(picture, most)?;
                let prefix = if marker.component == 'z' { "GMT" } else { "" };
                Ok(format!("{prefix}{zone}"))
            }
        }
    }

    fn name(&self, marker: &Marker, case: Case) -> Result<String, Fault> {
        let month_name = |number: i64| MONTHS[number as usize - 1];
        let name = match marker.component {
            'M' => month_name(self.local.month.number),
            'x' => month_name(self.local.week_of_month().0.number),
            'F' => DAYS[self.local.weekday() as usize - 1],
            'P' if self.local.hour() >= 12 => "pm",
            'P' => "am",
            'C' | 'E' => return Ok("ISO".to_owned()),
            component => return Err(no_name(component)),
        };
        let end = marker
            .max_width
            .map_or(name.len(), |max| max.min(name.len()));
        let name = &name[..end];
        Ok(match case {
            Case::Upper => name.to_uppercase(),
            Case::Lower => name.to_lowercase(),
            Case::Title => name.to_owned(),
        })
    }

    fn integer(&self, marker: &Marker) -> f64 {
        let value = component(&self.local, marker.component).unwrap_or_default() as f64;
        match marker.year_digits {
            // No year has as many digits as the largest power has zeros.
            Some(digits) => value % 10f64.powi(digits.min(300) as i32),
            None => value,
        }
    }

    /// Section 9.8.4.6: one or two digits show the hours, minutes only where there are some.
    fn zone(&self, picture: &IntegerPicture, most: usize) -> Result<String, Fault> {
        let sign = if self.offset.is_west() { '-' } else { '+' };
        let (hours, minutes) = (self.offset.hours(), self.offset.minutes());
        let both = (hours * 100 + minutes) as f64;
        let digits = match &picture.form {
            Form::Digits(DigitPattern {
                grouping: Grouping::Regular { .. },
                ..
            }) => format_with(both, picture, most)?,
            Form::Digits(pattern) => match pattern.mandatory {
                1 | 2 if minutes == 0 => format_with(hours as f64, picture, most)?,
                1 | 2 => format!("{}:{minutes:02}", format_with(hours as f64, picture, most)?),
                3 | 4 => format_with(both, picture, most)?,
                _ => return Err(too_many_digits()),
            },
            _ => return Err(too_many_digits()),
        };
        Ok(format!("{sign}{digits}"))
    }
}

/// A component that is an integer.
pub(super) fn component(time: &DateTime, component: char) -> Option<i64> {
    Some(match component {
        'Y' => time.month.year,
        'M' => time.month.number,
        'D' => time.day,
        'd' => time.day_of_year(),
        'F' => time.weekday(),
        'W' => time.week_of_year().1,
        'w' => time.week_of_month().1,
        // Beyond the specification: the year and the month that a week belongs to.
        'X' => time.week_of_year().0.year,
        'x' => time.week_of_month().0.number,
        'H' => time.hour(),
        'h' => (time.hour() + 11) % 12 + 1,
        'm' => time.minute(),
        's' => time.second(),
        'f' => time.millis % 1000,
        _ => return None,
    })
}

fn too_many_digits() -> Fault {
    Fault::new("D3134", "an offset from UTC has one to four digits")
}
