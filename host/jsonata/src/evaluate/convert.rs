//! From items to JSON.

use sandstep_json::{Array, Number, ObjectBuilder, Text, Value};

use crate::Fault;
use crate::functions::number_text::number_text;
use crate::item::{Item, List, Record};
use crate::limits::Meter;

/// What an array or object takes up without its content, in items.
const CONTAINER: usize = 4;

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
        let message = format!("number out of range: {}", number_text(number));
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

/// Pays for what a container does with a child when it is made: it looks its text through, to know
/// how long the whole is.
pub(crate) fn pay_for_child(key: &str, value: &Value, meter: &mut Meter) -> Result<(), Fault> {
    const BYTES_A_STEP: usize = 128;
    let text = value.as_str().unwrap_or_default();
    meter.spend((key.len() + text.len()) / BYTES_A_STEP)
}

/// An undefined item of an array is `null`, as JavaScript writes it.
fn list_value(list: &List, meter: &mut Meter) -> Result<Value, Fault> {
    meter.make_items(list.items.len() + CONTAINER)?;
    let values: Result<Vec<Value>, Fault> = list
        .items
        .iter()
        .map(|item| {
            let value = to_value(item.clone(), meter)?.unwrap_or(Value::Null);
            pay_for_child("", &value, meter)?;
            Ok(value)
        })
        .collect();
    Ok(Value::Array(Array::from(values?)))
}

/// An object; a record only where a member is not JSON. Undefined members are left out. Of two
/// members with one key, the last value wins at the first one's place.
///
/// Fails with D1001 for numbers that JSON cannot write and with D1011 for too deep a nesting.
pub(crate) fn object(members: Vec<(Text, Item)>, meter: &mut Meter) -> Result<Item, Fault> {
    meter.make_items(2 * members.len() + CONTAINER)?;
    if members.iter().any(|(_, item)| item.holds_function()) {
        return Record::item(members);
    }
    let mut object = ObjectBuilder::with_capacity(members.len());
    for (key, item) in members {
        if let Some(value) = to_value(item, meter)? {
            pay_for_child(&key, &value, meter)?;
            object.insert(key, value);
        }
    }
    Item::checked(Value::Object(object.build()))
}
