//! Durations and sizes as a person writes them: `"3 s"`, `"128 MB"`.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// A duration: a number and `ms`, `s`, `min`, `h` or `d`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Time(pub(crate) Duration);

/// A size: a number and `B`, `KB`, `MB` or `GB`, each 1,024 times the one
/// before, as Lambda counts them. `KiB`, `MiB` and `GiB` mean the same. At
/// most 4 GB, all that a component can address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) usize);

impl Time {
    /// Reads `"3 s"`; `None` where the text is something else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (number, unit) = split(text)?;
        let seconds = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "min" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        Some(Self(Duration::try_from_secs_f64(number * seconds).ok()?))
    }
}

impl Size {
    /// 4 GB in bytes.
    const MOST: f64 = (1u64 << 32) as f64;

    /// Reads `"128 MB"`; `None` where the text is something else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (number, unit) = split(text)?;
        let shift = match unit {
            "B" => 0,
            "KB" | "KiB" => 10,
            "MB" | "MiB" => 20,
            "GB" | "GiB" => 30,
            _ => return None,
        };
        let bytes = number * f64::from(1u32 << shift);
        (bytes <= Self::MOST).then_some(Self(bytes as usize))
    }
}

/// The number, not negative, and the unit, with or without a space between.
fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim_start()))
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is not a duration; write a number and ms, s, min, h or d, such as \"3 s\""
            ))
        })
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is not a size up to 4 GB; write a number and B, KB, MB or GB, such as \
                 \"128 MB\""
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit_make_a_duration() {
        for (text, millis) in [
            ("3 s", 3000),
            ("250ms", 250),
            ("1.5 min", 90_000),
            ("1 h", 3_600_000),
            ("2 d", 172_800_000),
        ] {
            assert_eq!(
                Time::parse(text),
                Some(Time(Duration::from_millis(millis))),
                "{text}"
            );
        }
        for text in ["3", "s", "-1 s", "3 seconds", "1.2.3 s", ""] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_are_lambdas() {
        assert_eq!(Size::parse("128 MB"), Some(Size(134_217_728)));
        assert_eq!(Size::parse("64KiB"), Some(Size(65_536)));
        assert_eq!(Size::parse("0.5 GB"), Some(Size(1 << 29)));
        assert_eq!(Size::parse("4 GB"), Some(Size(1 << 32)));
        assert_eq!(Size::parse("64 kB"), None);
        assert_eq!(Size::parse("4.1 GB"), None);
        assert_eq!(Size::parse("5000 GB"), None);
    }
}
