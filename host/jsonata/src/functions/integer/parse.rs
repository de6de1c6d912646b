//! `$parseInteger`

use super::letters::from_letters;
use super::picture::{Case, DigitPattern, Form, Grouping, IntegerPicture};
use super::roman::from_roman;
use super::words::{from_words, vocabulary};
use crate::Fault;

/// Reads an integer as the picture says; `None` if the text is not one.
///
/// As in the reference, a number in digits ends where they end, and neither their number nor how they
/// are grouped is held against the text.
pub(crate) fn parse_integer(text: &str, picture: &str) -> Result<Option<f64>, Fault> {
    Ok(parse_with(text, &IntegerPicture::parse(picture)?))
}

/// As [`parse_integer`], with a picture that has been read.
pub(in super::super) fn parse_with(text: &str, picture: &IntegerPicture) -> Option<f64> {
    match &picture.form {
        Form::Letters(Case::Upper) => from_letters(text),
        Form::Letters(_) => from_letters(&text.to_uppercase()),
        Form::Roman(Case::Upper) => from_roman(text),
        Form::Roman(_) => from_roman(&text.to_uppercase()),
        Form::Words(_) => from_words(&text.to_lowercase()),
        Form::Digits(pattern) => from_digits(text, pattern, picture.ordinal),
    }
}

fn from_digits(text: &str, pattern: &DigitPattern, ordinal: bool) -> Option<f64> {
    let text = match ordinal {
        // The suffix is of two letters.
        true => text.get(..text.len().checked_sub(2)?)?,
        false => text,
    };
    let text = text.trim_start();
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1.0, text),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = text.chars().filter(|char| !pattern.grouping.has(*char));
    let digits: String = digits
        .map_while(|char| ascii_digit(char, pattern.zero))
        .collect();
    digits.parse().ok().map(|magnitude: f64| sign * magnitude)
}

impl Grouping {
    fn has(&self, char: char) -> bool {
        match self {
            Grouping::Regular { sign, .. } => *sign == char,
            Grouping::AsShown(signs) => signs.iter().any(|(_, sign)| *sign == char),
        }
    }
}

/// The digit of a script as an ASCII one.
fn ascii_digit(char: char, zero: char) -> Option<char> {
    let digit = u32::from(char).checked_sub(u32::from(zero))?;
    char::from_digit(digit, 10)
}

/// A regular expression for what the picture writes, for use within a larger text. `width` fixes the
/// number of digits, for numbers that follow each other without anything between.
pub(in super::super) fn capture(picture: &IntegerPicture, width: Option<usize>) -> String {
    match &picture.form {
        Form::Letters(_) => "[A-Z]+".to_owned(),
        Form::Roman(_) => "[MDCLXVI]+".to_owned(),
        Form::Words(_) => {
            let words: Vec<_> = vocabulary().map(|(word, _)| word).collect();
            format!("(?:{}|and|[\\-, ])+", words.join("|"))
        }
        Form::Digits(pattern) => {
            let digit = digit_class(pattern.zero);
            let count = width.map_or("+".to_owned(), |width| format!("{{{width}}}"));
            let suffix = if picture.ordinal {
                "(?:th|st|nd|rd)"
            } else {
                ""
            };
            format!("{digit}{count}{suffix}")
        }
    }
}

fn digit_class(zero: char) -> String {
    let nine = char::from_u32(u32::from(zero) + 9).expect("a script has ten digits");
    format!("[{zero}-{nine}]")
}
