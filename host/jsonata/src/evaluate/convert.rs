//! From items to JSON.

use sandstep_json::{Array, Number, ObjectBuilder, Text, Value};

use crate::Fault;
use crate::functions::number_text::number_text;
use crate::item::{Item, List, Record};
use crate::limits::Meter;

/// The JSON of an item; `None` if it is undefined.
///
/// Fails with D1001 for numbers that JSON cannot write and with T1013 for functions.
pub(crate) fn to_value(item: Item, meter: &mut Meter) -> Result<Option<Value>, Fault> {
    match item {
        Item::Undefined => Ok(None),
        Item::Value(value) => Ok(Some(value)),
        Item::Number(number) => number_value(number).map(Some),
        Item::List(list) => list_value(&list, meter).map(Some),
        Item::Builtin(_) | Item::Function(_) | Item::Record(_) | Item::Tuples(_) => {
            Err(Fault::new("T1013", "a function is no JSON value"))
        }
    }
}

/// A number in the notation of JavaScript, whose integers have no fraction.
pub(crate) fn number_value(number: f64) -> Result<Value, Fault> {
    if let Some(int) = exact_integer(number) {
        return Ok(Value::from(int));
    }
    if !number.is_finite() {
        let message = format!("number out of range: {number}");
        return Err(Fault::new("D1001", message));
    }
    let number: Number = number_text(number)
        .parse()
        .expect("JavaScript writes finite numbers as JSON does");
    Ok(Value::Number(number))
}

/// The integer, where it is one that a float holds exactly.
fn exact_integer(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.trunc() == number && number.abs() <= EXACT).then_some(number as i64)
}

/// An undefined item of an array is `null`, as JavaScript writes it.
fn list_value(list: &List, meter: &mut Meter) -> Result<Value, Fault> {
    meter.make_items(list.items.len())?;
    let values: Result<Vec<Value>, Fault> = list
        .items
        .iter()
        .map(|item| Ok(to_value(item.clone(), meter)?.unwrap_or(Value::Null)))
        .collect();
    Ok(Value::Array(Array::from(values?)))
}

/// An object; a record only where a member is not JSON. Undefined members are left out. Of two
/// members with one key, the last value wins at the first one's place.
///
/// Fails with D1001 for numbers that JSON cannot write and with D1011 for too deep a nesting.
pub(crate) fn object(members: Vec<(Text, Item)>, meter: &mut Meter) -> Result<Item, Fault> {
    meter.make_items(2 * members.len())?;
    if members.iter().any(|(_, item)| item.holds_function()) {
        return Record::item(members);
    }
    let mut object = ObjectBuilder::with_capacity(members.len());
    for (key, item) in members {
        if let Some(value) = to_value(item, meter)? {
            object.insert(key, value);
        }
    }
    Item::checked(Value::Object(object.build()))
}
