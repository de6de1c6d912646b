//! `$toMillis`

use std::collections::BTreeMap;

use super::MAX_MILLIS;
use super::calendar::{DAY, DAYS, DateTime, MONTHS, Month};
use super::format::component;
use super::iso;
use super::picture::{self, Marker, Part, Presentation, no_name};
use super::zone::Offset;
use crate::Fault;
use crate::functions::integer::{
    DigitPattern, Form, Grouping, IntegerPicture, capture, parse_with,
};
use crate::functions::regex::{Effort, Flags, Regex};

/// Reads a time as the picture says, in ISO 8601 without one; `None` if the text is no such time.
///
/// What the picture lacks before its largest component is taken from `now`, and behind the smallest
/// it is the beginning. Fails with D3110 for what is not ISO 8601, D3136 where the picture lacks a
/// component between others or gives a week, and as `$fromMillis` does for a picture that is none.
pub(crate) fn to_millis(
    text: &str,
    picture: Option<&str>,
    now: i64,
    effort: &mut Effort,
) -> Result<Option<f64>, Fault> {
    let Some(picture) = picture else {
        return iso::parse(text).map(|millis| Some(millis as f64));
    };
    let parts = picture::parse(picture)?;
    let Some(found) = read(text, &parts, effort)? else {
        return Ok(None);
    };
    let now = DateTime::from_millis(now.clamp(-MAX_MILLIS, MAX_MILLIS));
    let time = found.complete(&now)?;
    Ok(time.and_then(|time| time.millis()))
}

/// Matches the text with the picture as a regular expression, a group for each part, and reads what
/// the groups captured.
fn read(text: &str, parts: &[Part], effort: &mut Effort) -> Result<Option<Components>, Fault> {
    let captures: Result<String, Fault> = parts
        .iter()
        .map(|part| Ok(format!("({})", part.capture()?)))
        .collect();
    let flags = Flags {
        ignore_case: true,
        multiline: false,
    };
    let regex = Regex::parse(&format!("^{}$", captures?), flags)?;
    let Some(found) = regex.find_at(text, 0, effort)? else {
        return Ok(None);
    };
    let mut components = Components::default();
    for (part, span) in parts.iter().zip(found.groups) {
        if let (Part::Marker(marker), Some(span)) = (part, span) {
            components.read(marker, &text[span]);
        }
    }
    Ok((!components.0.is_empty()).then_some(components))
}

impl Part {
    fn capture(&self) -> Result<String, Fault> {
        match self {
            Part::Literal(text) => Ok(escaped(text)),
            Part::Marker(marker) => marker.capture(),
        }
    }
}

impl Marker {
    fn capture(&self) -> Result<String, Fault> {
        Ok(match &self.presentation {
            Presentation::Name(_) if matches!(self.component, 'M' | 'x' | 'F' | 'P') => {
                "[a-zA-Z]+".to_owned()
            }
            Presentation::Name(_) => return Err(no_name(self.component)),
            Presentation::Integer(_) if self.component == 'f' => "[0-9]+".to_owned(),
            Presentation::Integer(picture) => capture(picture, self.parse_width),
            Presentation::Zone { picture, .. } => {
                let prefix = if self.component == 'z' { "GMT" } else { "" };
                let minutes = separator(picture)
                    .map_or(String::new(), |sign| escaped(&sign.to_string()) + "[0-9]+");
                format!("{prefix}[-+][0-9]+{minutes}")
            }
        })
    }

    /// The component's value; for an offset, its milliseconds.
    fn value(&self, text: &str) -> Option<f64> {
        match &self.presentation {
            Presentation::Name(_) => self.named(text),
            Presentation::Integer(_) if self.component == 'f' => format!("0.{text}")
                .parse()
                .ok()
                .map(|second: f64| second * 1000.0),
            Presentation::Integer(picture) => parse_with(text, picture),
            Presentation::Zone { picture, .. } => {
                let text = text.trim_start_matches(|char: char| char.is_ascii_alphabetic());
                Some(offset(text, separator(picture))?.millis() as f64)
            }
        }
    }

    fn named(&self, text: &str) -> Option<f64> {
        let (names, first): (&[&str], usize) = match self.component {
            'F' => (&DAYS, 1),
            'P' => (&["am", "pm"], 0),
            _ => (&MONTHS, 1),
        };
        let cut = |name: &'static str| match self.max_width {
            Some(max @ 1..) => &name[..max.min(name.len())],
            _ => name,
        };
        let place = names
            .iter()
            .position(|name| cut(name).eq_ignore_ascii_case(text))?;
        Some((place + first) as f64)
    }
}

/// What stands between the hours and the minutes of an offset.
fn separator(picture: &IntegerPicture) -> Option<char> {
    match &picture.form {
        Form::Digits(DigitPattern {
            grouping: Grouping::Regular { sign, .. },
            ..
        }) => Some(*sign),
        _ => None,
    }
}

fn offset(text: &str, separator: Option<char>) -> Option<Offset> {
    let digits = text.get(1..)?;
    let (hours, minutes) = match separator {
        Some(separator) => digits.split_once(separator)?,
        None => digits.split_at(digits.len().min(2)),
    };
    Offset::from_parts(text, hours, minutes)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if ".*+?^${}()|[]\\".contains(char) {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}

/// What was read, by component.
#[derive(Default)]
struct Components(BTreeMap<char, f64>);

impl Components {
    fn read(&mut self, marker: &Marker, text: &str) {
        // `z` and `Z` are one component, written in two ways.
        let component = match marker.component {
            'z' => 'Z',
            component => component,
        };
        if let Some(value) = marker.value(text) {
            self.0.insert(component, value);
        }
    }

    fn has(&self, component: char) -> bool {
        self.0.contains_key(&component)
    }

    /// Whether one of the first was read and none of the others.
    fn is_of(&self, components: &str, others: &str) -> bool {
        let has = |component| self.has(component);
        components.chars().any(has) && !others.chars().any(has)
    }

    /// Chooses the components that make a date and a time, the largest first, and fills the gaps at
    /// both ends; `None` if a number is beyond all calendars.
    fn complete(&self, now: &DateTime) -> Result<Option<Completed>, Fault> {
        if self.is_of("Xxw", "YMWdD") || self.is_of("XW", "YMxwdD") {
            return Err(lacking());
        }
        let by_day_of_year = !self.is_of("YMD", "XxWwd") && self.is_of("Yd", "XMxWwD");
        let by_half_day = !self.is_of("Hmsf", "Ph") && self.is_of("Phmsf", "H");
        let date = if by_day_of_year { "Yd" } else { "YMD" };
        let time = if by_half_day { "Phmsf" } else { "Hmsf" };
        let filled = self.fill(&format!("{date}{time}"), now)?;
        let millis = self.0.get(&'Z').copied().unwrap_or(0.0);
        Ok(Completed::new(&filled, millis))
    }

    fn fill(&self, components: &str, now: &DateTime) -> Result<BTreeMap<char, f64>, Fault> {
        let mut filled = BTreeMap::new();
        let (mut started, mut ended) = (false, false);
        for name in components.chars() {
            let value = match self.0.get(&name) {
                Some(_) if ended => return Err(lacking()),
                Some(value) => {
                    started = true;
                    *value
                }
                None if started => {
                    ended = true;
                    if matches!(name, 'M' | 'D' | 'd') {
                        1.0
                    } else {
                        0.0
                    }
                }
                None => component(now, name).unwrap_or_default() as f64,
            };
            filled.insert(name, value);
        }
        Ok(filled)
    }
}

/// A date and a time. Components may be beyond their usual range: the 32nd of January is in February.
struct Completed {
    year: i64,
    /// From 0.
    month: i64,
    /// From 0, of the month, or of the year where that was given.
    day: i64,
    /// Since midnight, in UTC.
    millis: f64,
}

impl Completed {
    fn new(components: &BTreeMap<char, f64>, offset: f64) -> Option<Self> {
        let get = |name| components.get(&name).copied().unwrap_or(0.0);
        let hour = match components.get(&'h') {
            Some(hour) => hour % 12.0 + 12.0 * get('P'),
            None => get('H'),
        };
        let day = components.get(&'d').unwrap_or(&get('D')) - 1.0;
        Some(Self {
            year: integer(get('Y'))?,
            month: integer((get('M') - 1.0).max(0.0))?,
            day: integer(day)?,
            millis: ((hour * 60.0 + get('m')) * 60.0 + get('s')) * 1000.0 + get('f').trunc()
                - offset,
        })
    }

    fn millis(&self) -> Option<f64> {
        // ECMAScript's Date.UTC reads years of two digits as those of the last century.
        let year = match self.year {
            0..100 => self.year + 1900,
            year => year,
        };
        let first = Month { year, number: 1 }.shifted(self.month).first_day();
        let millis = ((first + self.day) * DAY) as f64 + self.millis;
        (millis.abs() <= MAX_MILLIS as f64).then_some(millis)
    }
}

/// An integer that the calendar can compute with.
fn integer(value: f64) -> Option<i64> {
    (value.abs() <= 1e9).then_some(value as i64)
}

fn lacking() -> Fault {
    Fault::new(
        "D3136",
        "the date/time picture lacks components that a timestamp needs",
    )
}
