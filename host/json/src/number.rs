//! Numbers that remember how they were written.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::scan;

/// A JSON number, which keeps its text: `1`, `1.0` and `1e0` are three different numbers.
/// Only `-0` becomes `0`, as on the service, which reads it as an integer.
///
/// The service passes numbers on as they were written, so equality (`==`) and hashing
/// are those of the text. [`Number::numeric_cmp`] compares what the texts stand for.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(Repr);

/// `Int` holds exactly the numbers whose text is that of an `i64`; all others, like `1.0`,
/// are `Text`. Derived equality relies on it.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Int(i64),
    Text(Arc<str>),
}

/// A text that is not a JSON number, or a float that JSON cannot write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON number")]
pub struct InvalidNumber;

impl Number {
    /// Takes over a text that the scanner has found to be a number.
    pub(crate) fn from_scanned(text: &str) -> Self {
        match written_int(text) {
            Some(int) => Self(Repr::Int(int)),
            None => Self(Repr::Text(text.into())),
        }
    }

    /// The number as it was written.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.0 {
            Repr::Int(int) => Cow::Owned(int.to_string()),
            Repr::Text(text) => Cow::Borrowed(text),
        }
    }

    /// The length of [`Number::text`] in bytes.
    pub(crate) fn text_len(&self) -> usize {
        match &self.0 {
            Repr::Int(int) => int_len(*int),
            Repr::Text(text) => text.len(),
        }
    }

    /// The integer, where the number is written as one (no fraction, no exponent)
    /// and an `i64` holds it.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Int(int) => Some(*int),
            Repr::Text(text) => text.parse().ok(),
        }
    }

    /// The integer, where the number is written as one and a `u64` holds it.
    pub fn as_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::Int(int) => u64::try_from(*int).ok(),
            Repr::Text(text) => text.parse().ok(),
        }
    }

    /// The integer that the number stands for however it is written: `1.0` and `10e-1`
    /// are 1. `None` for fractions and beyond `i64`.
    pub fn to_integer(&self) -> Option<i64> {
        match &self.0 {
            Repr::Int(int) => Some(*int),
            Repr::Text(text) => Decimal::of(text).to_integer(),
        }
    }

    /// The nearest `f64`; infinite beyond its range.
    pub fn as_f64(&self) -> f64 {
        match &self.0 {
            Repr::Int(int) => *int as f64,
            Repr::Text(text) => short_decimal(text)
                .unwrap_or_else(|| text.parse().expect("a JSON number is a Rust float literal")),
        }
    }

    /// Compares what the numbers stand for, exactly, at any size and precision:
    /// `1` equals `1.00`, and `9007199254740993` is greater than `9007199254740992.0`.
    pub fn numeric_cmp(&self, other: &Number) -> Ordering {
        if let (Repr::Int(a), Repr::Int(b)) = (&self.0, &other.0) {
            return a.cmp(b);
        }
        let (a, b) = (self.text(), other.text());
        Decimal::of(&a).cmp(&Decimal::of(&b))
    }
}

/// The float of a number with few digits and no exponent, such as `-12.50`.
///
/// Its digits as an integer and the power of ten below them are both floats without an error, so their
/// quotient is the nearest float. This takes a fifth of the general parser's time, and prices are
/// read again wherever an expression computes with them.
fn short_decimal(text: &str) -> Option<f64> {
    const POWERS: [f64; 16] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ];
    let bytes = text.as_bytes();
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    if digits.len() > 16 {
        return None;
    }
    let mut whole = 0u64;
    let mut point = None;
    for (place, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => whole = whole * 10 + u64::from(byte - b'0'),
            b'.' => point = Some(place),
            _ => return None,
        }
    }
    let places = point.map_or(0, |point| digits.len() - 1 - point);
    if point.is_none() && digits.len() > 15 {
        return None;
    }
    let magnitude = whole as f64 / POWERS[places];
    Some(if bytes[0] == b'-' {
        -magnitude
    } else {
        magnitude
    })
}

/// Parses the text of a number if it is that of an `i64`.
fn written_int(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    // Nineteen digits may overflow; `parse` finds out.
    let plausible = digits.len() <= 19 && digits.bytes().all(|b| b.is_ascii_digit());
    plausible.then(|| text.parse().ok())?
}

fn int_len(int: i64) -> usize {
    let digits = int.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
    digits + usize::from(int < 0)
}

/// A number as sign × 0.d₁d₂d₃… × 10^exponent, where d₁ and the last digit are not zero.
struct Decimal<'a> {
    negative: bool,
    /// The digits before and after the point, trimmed at the outer ends.
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl<'a> Decimal<'a> {
    /// Reads the text of a JSON number.
    fn of(text: &'a str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        Self {
            negative,
            whole,
            fraction,
            exponent: saturating_int(exponent),
        }
        .normalized()
    }

    fn normalized(mut self) -> Self {
        self.whole = self.whole.trim_start_matches('0');
        self.fraction = self.fraction.trim_end_matches('0');
        let mut places = self.whole.len() as i64;
        if self.whole.is_empty() {
            let significant = self.fraction.trim_start_matches('0');
            places = -((self.fraction.len() - significant.len()) as i64);
            self.fraction = significant;
        }
        if self.fraction.is_empty() {
            self.whole = self.whole.trim_end_matches('0');
        }
        self.exponent = self.exponent.saturating_add(places);
        self
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        self.whole.bytes().chain(self.fraction.bytes())
    }

    fn digit_count(&self) -> i64 {
        (self.whole.len() + self.fraction.len()) as i64
    }

    fn is_zero(&self) -> bool {
        self.digit_count() == 0
    }

    /// -1, 0 or 1.
    fn sign(&self) -> i8 {
        match (self.is_zero(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    fn to_integer(&self) -> Option<i64> {
        if self.is_zero() {
            return Some(0);
        }
        if self.digit_count() > self.exponent || self.exponent > 19 {
            return None;
        }
        let padding = (self.exponent - self.digit_count()) as u32;
        let digits = self
            .digits()
            .fold(0i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
        let magnitude = digits * 10i128.pow(padding);
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }

    fn cmp(&self, other: &Decimal<'_>) -> Ordering {
        let by_sign = self.sign().cmp(&other.sign());
        if by_sign.is_ne() || self.is_zero() {
            return by_sign;
        }
        let by_size = self
            .exponent
            .cmp(&other.exponent)
            .then_with(|| self.digits().cmp(other.digits()));
        if self.negative {
            by_size.reverse()
        } else {
            by_size
        }
    }
}

/// An exponent: beyond `i64` it is as good as infinite.
fn saturating_int(text: &str) -> i64 {
    let limit = if text.starts_with('-') {
        i64::MIN
    } else {
        i64::MAX
    };
    text.parse().unwrap_or(limit)
}

impl FromStr for Number {
    type Err = InvalidNumber;

    /// Reads a number in the grammar of RFC 8259, without spaces around it.
    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        if !scan::is_number(text) {
            return Err(InvalidNumber);
        }
        Ok(Self::from_scanned(text))
    }
}

impl From<i64> for Number {
    fn from(int: i64) -> Self {
        Self(Repr::Int(int))
    }
}

impl From<u64> for Number {
    fn from(int: u64) -> Self {
        match i64::try_from(int) {
            Ok(int) => int.into(),
            Err(_) => Self(Repr::Text(int.to_string().into())),
        }
    }
}

impl TryFrom<f64> for Number {
    type Error = InvalidNumber;

    /// Writes the shortest text that reads back as the same float, with a fraction or
    /// an exponent (`1.0`, `1e21`). Fails for NaN and infinities.
    fn try_from(float: f64) -> Result<Self, InvalidNumber> {
        if !float.is_finite() {
            return Err(InvalidNumber);
        }
        Ok(Self(Repr::Text(format!("{float:?}").into())))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Int(int) => int.fmt(f),
            Repr::Text(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
