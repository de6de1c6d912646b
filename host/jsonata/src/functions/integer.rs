//! Integers written as a picture says: `$formatInteger`, `$parseInteger` and the integers in dates
//! (XPath and XQuery Functions and Operators 3.1, section 4.6, "Formatting integers").

mod format;
mod letters;
mod parse;
mod picture;
mod roman;
mod words;

use super::calls::{made, reads};
use crate::builtin::Definition;
use crate::item::Item;
use format::format_integer;
pub(super) use format::format_with;
use parse::parse_integer;
pub(super) use parse::{capture, parse_with};
pub(super) use picture::{Case, DigitPattern, Form, Grouping, IntegerPicture};

pub(crate) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "formatInteger",
        signature: "<n-s:s>",
        arity: 2,
        run: |call| {
            let picture = call.take(1);
            let (Some(value), Some(picture)) = (call.number(0), reads(call, &picture)?) else {
                return Ok(Item::Undefined);
            };
            let most = call.meter().memory_left();
            made(call, format_integer(value, picture, most)?)
        },
    },
    Definition {
        name: "parseInteger",
        signature: "<s-s:n>",
        arity: 2,
        run: |call| {
            let (text, picture) = (call.take(0), call.take(1));
            let (Some(text), Some(picture)) = (reads(call, &text)?, reads(call, &picture)?) else {
                return Ok(Item::Undefined);
            };
            // Each word is looked up among all.
            call.meter().spend(text.len())?;
            Ok(parse_integer(text, picture)?.into())
        },
    },
];

#[cfg(test)]
mod tests;
