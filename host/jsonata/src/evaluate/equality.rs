//! Equality.

use sandstep_json::{Text, Value};

use crate::Fault;
use crate::item::{Item, Items};
use crate::limits::Meter;

/// Characters that are compared in one step.
const CHARACTERS_A_STEP: usize = 64;

/// Whether two items are the same: numbers by what they stand for, arrays item by item, objects
/// in any order, functions if they are one. Undefined equals undefined.
pub(crate) fn deep_equal(left: &Item, right: &Item, meter: &mut Meter) -> Result<bool, Fault> {
    meter.spend(1)?;
    if let (Some(left), Some(right)) = (left.as_number(), right.as_number()) {
        return Ok(left == right);
    }
    if let (Some(left), Some(right)) = (left.as_str(), right.as_str()) {
        meter.spend(left.len().min(right.len()) / CHARACTERS_A_STEP)?;
        return Ok(left == right);
    }
    if let (Some(left), Some(right)) = (left.items(), right.items()) {
        return equal_items(left, right, meter);
    }
    match (left, right) {
        (Item::Undefined, Item::Undefined) => Ok(true),
        (Item::Value(Value::Null), Item::Value(Value::Null)) => Ok(true),
        (Item::Value(Value::Bool(left)), Item::Value(Value::Bool(right))) => Ok(left == right),
        (Item::Builtin(left), Item::Builtin(right)) => Ok(std::ptr::eq(*left, *right)),
        (Item::Function(left), Item::Function(right)) => Ok(std::rc::Rc::ptr_eq(left, right)),
        _ => match (left.members(), right.members()) {
            (Some(left), Some(right)) => equal_members(&left, &right, meter),
            _ => Ok(false),
        },
    }
}

fn equal_items(left: Items<'_>, right: Items<'_>, meter: &mut Meter) -> Result<bool, Fault> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (left, right) in left.iter().zip(right.iter()) {
        if !deep_equal(&left, &right, meter)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_members(
    left: &[(Text, Item)],
    right: &[(Text, Item)],
    meter: &mut Meter,
) -> Result<bool, Fault> {
    if left.len() != right.len() {
        return Ok(false);
    }
    let mut sorted: Vec<&(Text, Item)> = right.iter().collect();
    sorted.sort_by(|left, right| left.0.cmp(&right.0));
    meter.spend(left.len())?;
    for (key, item) in left {
        let Ok(place) = sorted.binary_search_by(|member| member.0.cmp(key)) else {
            return Ok(false);
        };
        if !deep_equal(item, &sorted[place].1, meter)? {
            return Ok(false);
        }
    }
    Ok(true)
}
