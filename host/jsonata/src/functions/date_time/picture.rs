//! Pictures of dates and times.

use crate::Fault;
use crate::functions::integer::{Case, Form, IntegerPicture};

/// A piece of a picture.
#[derive(Debug)]
pub(super) enum Part {
    Literal(String),
    Marker(Marker),
}

/// What stands between brackets: one component of the time, and how it is written.
#[derive(Debug)]
pub(super) struct Marker {
    /// `Y` for the year, `M` for the month, …
    pub(super) component: char,
    pub(super) presentation: Presentation,
    /// The most characters a name may have.
    pub(super) max_width: Option<usize>,
    /// How many digits of a year are written, counted from the right; `None` for all.
    pub(super) year_digits: Option<usize>,
    /// How many digits are read, where the next component follows without anything between.
    pub(super) parse_width: Option<usize>,
}

#[derive(Debug)]
pub(super) enum Presentation {
    Name(Case),
    Integer(IntegerPicture),
    /// An offset from UTC.
    Zone {
        picture: IntegerPicture,
        /// Whether UTC itself is written `Z`.
        z_for_utc: bool,
    },
}

/// Reads a picture.
///
/// Fails with D3132 for unknown components, D3135 for a bracket that is not closed, and D3130 and
/// D3131 for integers as `$formatInteger` does.
pub(super) fn parse(picture: &str) -> Result<Vec<Part>, Fault> {
    let mut parts = Vec::new();
    let mut rest = picture;
    while let Some((literal, behind)) = rest.split_once('[') {
        push_literal(literal, &mut parts);
        rest = match behind.strip_prefix('[') {
            Some(behind) => {
                parts.push(Part::Literal("[".to_owned()));
                behind
            }
            None => push_marker(behind, &mut parts)?,
        };
    }
    push_literal(rest, &mut parts);
    Ok(parts)
}

fn push_literal(text: &str, parts: &mut Vec<Part>) {
    if !text.is_empty() {
        parts.push(Part::Literal(text.replace("]]", "]")));
    }
}

/// Reads a marker behind its opening bracket and returns what follows it.
fn push_marker<'a>(text: &'a str, parts: &mut Vec<Part>) -> Result<&'a str, Fault> {
    let (marker, rest) = text
        .split_once(']')
        .ok_or_else(|| Fault::new("D3135", "a '[' in a date/time picture lacks its ']'"))?;
    let marker = Marker::parse(marker)?;
    if let (Presentation::Integer(_), Some(Part::Marker(previous))) =
        (&marker.presentation, parts.last_mut())
    {
        previous.parse_width = previous.mandatory_digits();
    }
    parts.push(Part::Marker(marker));
    Ok(rest)
}

impl Marker {
    fn parse(text: &str) -> Result<Self, Fault> {
        let text: String = text.chars().filter(|char| !char.is_whitespace()).collect();
        let mut chars = text.chars();
        let component = chars.next().unwrap_or('\0');
        let default = default_presentation(component).ok_or_else(|| unknown(component))?;
        let (presentation, width) = match chars.as_str().rsplit_once(',') {
            Some((presentation, width)) => (presentation, Width::parse(width)),
            None => (chars.as_str(), Width::default()),
        };
        let presentation = match presentation {
            "" => default,
            presentation => presentation,
        };
        let mut marker = Self {
            component,
            presentation: Presentation::parse(component, presentation)?,
            max_width: width.max,
            year_digits: None,
            parse_width: None,
        };
        marker.widen(width);
        Ok(marker)
    }

    /// Applies the width to digits (section 9.8.4.4 for years).
    fn widen(&mut self, width: Width) {
        let Presentation::Integer(IntegerPicture {
            form: Form::Digits(pattern),
            ..
        }) = &mut self.presentation
        else {
            return;
        };
        pattern.mandatory = pattern.mandatory.max(width.min.unwrap_or(0));
        if self.component != 'Y' {
            return;
        }
        if let Some(max) = width.max {
            pattern.mandatory = max;
        }
        let shown = pattern.mandatory.saturating_add(pattern.optional);
        self.year_digits = width.max.or((shown >= 2).then_some(shown));
    }

    fn mandatory_digits(&self) -> Option<usize> {
        match &self.presentation {
            Presentation::Integer(IntegerPicture {
                form: Form::Digits(pattern),
                ..
            }) => Some(pattern.mandatory),
            _ => None,
        }
    }
}

impl Presentation {
    fn parse(component: char, text: &str) -> Result<Self, Fault> {
        if matches!(component, 'Z' | 'z') {
            let (picture, z_for_utc) = match text.strip_suffix('t') {
                Some(picture) if !picture.is_empty() => (picture, true),
                _ => (text, false),
            };
            return Ok(Presentation::Zone {
                picture: IntegerPicture::parse(picture)?,
                z_for_utc,
            });
        }
        Ok(match text {
            text if text.starts_with('n') => Presentation::Name(Case::Lower),
            text if text.starts_with("Nn") => Presentation::Name(Case::Title),
            text if text.starts_with('N') => Presentation::Name(Case::Upper),
            // Neither calendars nor halves of the day have numbers.
            _ if matches!(component, 'P' | 'C' | 'E') => Presentation::Name(Case::Lower),
            text => Presentation::Integer(integer(text)?),
        })
    }
}

/// Reads an integer's picture and the letter behind it, which may be `o` for ordinals; `a`, `c` and
/// `t` change nothing in English.
fn integer(text: &str) -> Result<IntegerPicture, Fault> {
    let without = text.strip_suffix(['a', 't', 'c', 'o']);
    let form = without.filter(|form| !form.is_empty()).unwrap_or(text);
    let ordinal = form.len() < text.len() && text.ends_with('o');
    let picture = IntegerPicture::parse(form)?;
    Ok(IntegerPicture {
        ordinal: picture.ordinal || ordinal,
        ..picture
    })
}

/// `,3-5`, `,*-3`, `,2`
#[derive(Clone, Copy, Default)]
struct Width {
    min: Option<usize>,
    max: Option<usize>,
}

impl Width {
    /// An end that is no number bounds nothing.
    fn parse(text: &str) -> Self {
        let (min, max) = text.split_once('-').unwrap_or((text, "*"));
        Self {
            min: min.parse().ok(),
            max: max.parse().ok(),
        }
    }
}

/// How a component is written where its marker does not say; `None` for what is no component.
fn default_presentation(component: char) -> Option<&'static str> {
    Some(match component {
        'Y' | 'M' | 'D' | 'd' | 'W' | 'w' | 'X' | 'x' | 'H' | 'h' | 'f' => "1",
        'F' | 'P' | 'C' | 'E' => "n",
        'm' | 's' => "01",
        'Z' | 'z' => "01:01",
        _ => return None,
    })
}

fn unknown(component: char) -> Fault {
    Fault::new(
        "D3132",
        format!("{component:?} is no component of a date/time picture"),
    )
}

/// The components whose integers and names have a meaning.
pub(super) fn no_name(component: char) -> Fault {
    Fault::new(
        "D3133",
        format!("months and days have names in a date/time picture, {component:?} has none"),
    )
}
