//! Offsets from UTC.

use crate::Fault;

/// An offset from UTC in minutes; east is positive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Offset(i64);

impl Offset {
    /// Reads `+hhmm`, `-hhmm`, `hhmm`, or the same with a colon.
    ///
    /// Fails with D3134 for anything else.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let digits = text
            .strip_prefix(['+', '-'])
            .unwrap_or(text)
            .replacen(':', "", 1);
        let is_time = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let offset = is_time.then(|| Self::from_parts(text, &digits[..2], &digits[2..]));
        offset.flatten().ok_or_else(|| {
            Fault::new(
                "D3134",
                format!("a time zone is written ±hhmm, not {text:?}"),
            )
        })
    }

    /// The offset of so many hours and minutes, negative if the text begins with a minus sign.
    pub(super) fn from_parts(text: &str, hours: &str, minutes: &str) -> Option<Self> {
        let number = |text: &str| match text {
            "" => Some(0),
            text if text.len() <= 4 => text.parse::<i64>().ok(),
            _ => None,
        };
        let minutes = number(hours)? * 60 + number(minutes)?;
        Some(Self(if text.starts_with('-') {
            -minutes
        } else {
            minutes
        }))
    }

    pub(super) fn millis(self) -> i64 {
        self.0 * 60_000
    }

    pub(super) fn is_west(self) -> bool {
        self.0 < 0
    }

    pub(super) fn is_utc(self) -> bool {
        self.0 == 0
    }

    /// Without the sign.
    pub(super) fn hours(self) -> i64 {
        self.0.abs() / 60
    }

    /// 0 to 59
    pub(super) fn minutes(self) -> i64 {
        self.0.abs() % 60
    }
}
