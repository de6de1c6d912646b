//! The built-in functions, as plain functions of plain values.

pub(crate) mod date_time;
pub(crate) mod format_number;
pub(crate) mod integer;
pub(crate) mod number_text;
pub(crate) mod numeric;
pub(crate) mod regex;
mod room;
