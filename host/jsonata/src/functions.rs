//! The built-in functions. Each file holds a subject; those whose functions are called from
//! expressions end in the table of what they define.

use crate::builtin::Definition;

mod aggregates;
mod arrays;
pub(crate) mod date_time;
pub(crate) mod format_number;
mod higher_order;
pub(crate) mod integer;
mod logic;
pub(crate) mod number_text;
pub(crate) mod numeric;
mod objects;
pub(crate) mod regex;
mod room;

/// The tables of all subjects.
pub(crate) const TABLES: &[&[Definition]] = &[
    aggregates::DEFINITIONS,
    arrays::DEFINITIONS,
    higher_order::DEFINITIONS,
    logic::DEFINITIONS,
    objects::DEFINITIONS,
];
