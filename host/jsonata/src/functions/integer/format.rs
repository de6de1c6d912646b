//! `$formatInteger`

use super::letters::to_letters;
use super::picture::{Case, DigitPattern, Form, Grouping, IntegerPicture};
use super::roman::to_roman;
use super::words::to_words;
use crate::Fault;
use crate::functions::number_text::integer_text;
use crate::functions::room;

/// Writes an integer, a fraction being dropped towards −∞, as the picture says, in at most `most`
/// bytes.
pub(crate) fn format_integer(value: f64, picture: &str, most: usize) -> Result<String, Fault> {
    format_with(value.floor(), &IntegerPicture::parse(picture)?, most)
}

/// As [`format_integer`], with a picture that has been read.
pub(in super::super) fn format_with(
    value: f64,
    picture: &IntegerPicture,
    most: usize,
) -> Result<String, Fault> {
    let magnitude = value.abs();
    let mut text = match &picture.form {
        Form::Letters(case) => in_case(to_letters(magnitude), *case),
        Form::Roman(case) => in_case(to_roman(magnitude, most)?, *case),
        Form::Words(case) => in_case(to_words(magnitude, picture.ordinal), *case),
        Form::Digits(pattern) => in_digits(magnitude, pattern, picture.ordinal, most)?,
    };
    if value < 0.0 {
        text.insert(0, '-');
    }
    Ok(text)
}

fn in_case(text: String, case: Case) -> String {
    match case {
        Case::Upper => text.to_uppercase(),
        Case::Lower => text.to_lowercase(),
        Case::Title => text,
    }
}

fn in_digits(
    magnitude: f64,
    pattern: &DigitPattern,
    ordinal: bool,
    most: usize,
) -> Result<String, Fault> {
    let digits = integer_text(magnitude);
    let width = digits.len().max(pattern.mandatory);
    // A sign after each digit at the most, and each takes up to four bytes.
    room::check(width.saturating_mul(8), most)?;
    let digits = "0".repeat(width - digits.len()) + &digits;
    let mut text = grouped(&digits, pattern);
    if ordinal {
        text.push_str(suffix(&digits));
    }
    Ok(text)
}

/// Writes the digits in the pattern's script, with its grouping signs.
fn grouped(digits: &str, pattern: &DigitPattern) -> String {
    let mut text = String::with_capacity(digits.len());
    for (index, digit) in digits.bytes().enumerate() {
        let to_the_right = digits.len() - index;
        if index > 0 {
            text.extend(pattern.grouping.sign_before(to_the_right));
        }
        let code = u32::from(pattern.zero) + u32::from(digit - b'0');
        text.push(char::from_u32(code).expect("a script has ten digits"));
    }
    text
}

impl Grouping {
    /// The sign that stands before the last so many digits.
    fn sign_before(&self, digits: usize) -> Option<char> {
        match self {
            Grouping::Regular { every, sign } => digits.is_multiple_of(*every).then_some(*sign),
            Grouping::AsShown(signs) => {
                let found = signs.binary_search_by_key(&digits, |(place, _)| *place);
                Some(signs[found.ok()?].1)
            }
        }
    }
}

/// What makes an ordinal of a number in digits.
fn suffix(digits: &str) -> &'static str {
    if digits.len() > 1 && digits[..digits.len() - 1].ends_with('1') {
        return "th";
    }
    match digits.bytes().last() {
        Some(b'1') => "st",
        Some(b'2') => "nd",
        Some(b'3') => "rd",
        _ => "th",
    }
}
