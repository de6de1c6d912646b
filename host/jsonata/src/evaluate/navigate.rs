//! Ways from a value to those inside it.

use sandstep_json::Value;

use crate::Fault;
use crate::item::{Item, ListKind};
use crate::limits::Meter;

/// `$`: the input of a part of the expression.
pub(crate) fn context(input: &Item) -> Item {
    match input {
        Item::List(list) if list.kind == ListKind::Input => list.items[0].clone(),
        input => input.clone(),
    }
}

/// A member of an object; of an array, that of each of its items, in one sequence.
pub(crate) fn lookup(input: &Item, name: &str, meter: &mut Meter) -> Result<Item, Fault> {
    match input {
        Item::Value(Value::Object(object)) => Ok(object.get(name).cloned().into()),
        Item::Record(record) => Ok(record.get(name).cloned().unwrap_or_default()),
        Item::Value(Value::Array(_)) | Item::List(_) => {
            let mut found = Vec::new();
            lookup_each(input, name, &mut found, meter)?;
            Item::sequence(found)
        }
        _ => Ok(Item::Undefined),
    }
}

fn lookup_each(
    input: &Item,
    name: &str,
    found: &mut Vec<Item>,
    meter: &mut Meter,
) -> Result<(), Fault> {
    let Some(items) = input.items() else {
        return append(found, lookup(input, name, meter)?, meter);
    };
    meter.spend(items.len())?;
    items
        .iter()
        .try_for_each(|item| lookup_each(&item, name, found, meter))
}

/// Adds an item to a sequence: an array's items one by one, and undefined not at all.
pub(crate) fn append(list: &mut Vec<Item>, item: Item, meter: &mut Meter) -> Result<(), Fault> {
    if item.is_undefined() {
        return Ok(());
    }
    let Some(items) = item.items() else {
        meter.make_items(1)?;
        list.push(item);
        return Ok(());
    };
    meter.make_items(items.len())?;
    list.extend(items.iter());
    Ok(())
}

/// `*`: the values of all members, or all items.
pub(crate) fn wildcard(input: &Item, meter: &mut Meter) -> Result<Item, Fault> {
    let mut found = Vec::new();
    let mut kind = ListKind::Sequence;
    for value in children(&context(input)) {
        if value.is_array() {
            flatten(&value, &mut found, meter)?;
            // Joining arrays makes an array, which one item does not leave.
            kind = ListKind::Array;
        } else {
            append(&mut found, value, meter)?;
        }
    }
    Item::list(found, kind)
}

fn children(item: &Item) -> Vec<Item> {
    match item.items() {
        Some(items) => items.to_vec(),
        None => {
            let members = item.members().unwrap_or_default();
            members.into_iter().map(|(_, value)| value).collect()
        }
    }
}

fn flatten(item: &Item, found: &mut Vec<Item>, meter: &mut Meter) -> Result<(), Fault> {
    let Some(items) = item.items() else {
        return append(found, item.clone(), meter);
    };
    meter.spend(items.len())?;
    items
        .iter()
        .try_for_each(|item| flatten(&item, found, meter))
}

/// `**`: the value itself and all that is inside, but no arrays.
pub(crate) fn descendants(input: &Item, meter: &mut Meter) -> Result<Item, Fault> {
    let mut found = Vec::new();
    if !input.is_undefined() {
        descend(input, &mut found, meter)?;
    }
    Item::sequence(found)
}

fn descend(item: &Item, found: &mut Vec<Item>, meter: &mut Meter) -> Result<(), Fault> {
    meter.make_items(2)?;
    if !item.is_array() {
        found.push(item.clone());
    }
    children(item)
        .iter()
        .try_for_each(|child| descend(child, found, meter))
}
