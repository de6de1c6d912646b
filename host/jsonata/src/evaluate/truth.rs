//! What counts as true.

use sandstep_json::Value;

use crate::Fault;
use crate::functions::number_text::number_text;
use crate::item::{Item, Items};
use crate::limits::Meter;

/// Whether an item counts as true, as `$boolean` says; undefined does not.
///
/// Of arrays and objects, those without anything in them count as false, and arrays of nothing
/// but what counts as false. Fails with D1001 for numbers out of range.
pub(crate) fn truth(item: &Item, meter: &mut Meter) -> Result<bool, Fault> {
    match item {
        Item::Undefined | Item::Builtin(_) | Item::Function(_) => Ok(false),
        Item::Tuples(tuples) => Ok(!tuples.is_empty()),
        Item::Record(record) => Ok(!record.members.is_empty()),
        Item::Number(number) => Ok(finite(*number)? && *number != 0.0 && !number.is_nan()),
        Item::List(list) => any(Items::Items(&list.items), meter),
        Item::Value(value) => match value {
            Value::Null => Ok(false),
            Value::Bool(bool) => Ok(*bool),
            Value::Number(number) => Ok(number.as_f64() != 0.0),
            Value::String(text) => Ok(!text.is_empty()),
            Value::Array(array) => any(Items::Values(array), meter),
            Value::Object(object) => Ok(!object.is_empty()),
        },
    }
}

fn any(items: Items<'_>, meter: &mut Meter) -> Result<bool, Fault> {
    for item in items.iter() {
        meter.spend(1)?;
        if truth(&item, meter)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Fails with D1001 where a number is beyond the range of a double.
pub(crate) fn finite(number: f64) -> Result<bool, Fault> {
    if number.is_infinite() {
        return Err(Fault::new(
            "D1001",
            format!("number out of range: {}", number_text(number)),
        ));
    }
    Ok(true)
}
