//! The built-in functions. Each file holds a subject; those whose functions are called from
//! expressions end in the table of what they define.

use crate::builtin::Definition;

mod aggregates;
mod arrays;
mod calls;
mod chance;
mod date_time;
mod digest;
mod encode;
mod format_number;
mod higher_order;
mod integer;
mod json_text;
mod logic;
mod matching;
pub(crate) mod number_text;
mod numeric;
mod objects;
pub(crate) mod regex;
mod room;
mod search;
pub(crate) mod string;
mod strings;

/// The tables of all subjects.
pub(crate) const TABLES: &[&[Definition]] = &[
    aggregates::DEFINITIONS,
    arrays::DEFINITIONS,
    chance::DEFINITIONS,
    date_time::DEFINITIONS,
    digest::DEFINITIONS,
    encode::DEFINITIONS,
    format_number::DEFINITIONS,
    higher_order::DEFINITIONS,
    integer::DEFINITIONS,
    json_text::DEFINITIONS,
    logic::DEFINITIONS,
    numeric::DEFINITIONS,
    objects::DEFINITIONS,
    search::DEFINITIONS,
    string::DEFINITIONS,
    strings::DEFINITIONS,
];
