//! Integers written as a picture says: `$formatInteger`, `$parseInteger` and the integers in dates
//! (XPath and XQuery Functions and Operators 3.1, section 4.6, "Formatting integers").

mod format;
mod letters;
mod parse;
mod picture;
mod roman;
mod words;

pub(crate) use format::format_integer;
pub(super) use format::format_with;
pub(crate) use parse::parse_integer;
pub(super) use parse::{capture, parse_with};
pub(super) use picture::{Case, DigitPattern, Form, Grouping, IntegerPicture};

#[cfg(test)]
mod tests;
