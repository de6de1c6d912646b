//! Functions of strings.

use sandstep_json::Value;

use super::Complaint;
use super::arguments::Arguments;

/// Splits at any of the delimiters' characters and leaves empty parts out (recorded).
pub(super) fn split(arguments: &Arguments) -> Result<Value, Complaint> {
    let (text, delimiters) = (arguments.string(0)?, arguments.string(1)?);
    let parts = text
        .split(|char| delimiters.contains(char))
        .filter(|part| !part.is_empty());
    Ok(Value::Array(parts.collect()))
}
