//! Functions of JSON texts and objects.

use sandstep_json::Value;

use super::arguments::Arguments;
use super::{Complaint, MAX_OUTPUT};

/// A text of blanks alone is read as `null` (recorded).
pub(super) fn from_string(arguments: &Arguments) -> Result<Value, Complaint> {
    let text = arguments.string(0)?;
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    Value::parse(text).map_err(|error| format!("the text is not JSON: {error}"))
}

pub(super) fn to_string(arguments: &Arguments) -> Result<Value, Complaint> {
    let value = arguments.any(0);
    if value.json_len() > MAX_OUTPUT {
        return Err(format!("the text would be longer than {MAX_OUTPUT} bytes"));
    }
    Ok(value.to_json().into())
}

/// Merges the top level alone, the only way that the service offers.
pub(super) fn merge(arguments: &Arguments) -> Result<Value, Complaint> {
    let (base, over, is_deep) = (
        arguments.object(0)?,
        arguments.object(1)?,
        arguments.bool(2)?,
    );
    if is_deep {
        return Err("deep merging is not supported: argument 3 must be false".to_owned());
    }
    let mut merged = base.clone();
    merged.extend(over);
    Ok(merged.into())
}
