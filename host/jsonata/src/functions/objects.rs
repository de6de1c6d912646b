//! Functions of objects.

use std::collections::HashSet;

use sandstep_json::{Text, Value};

use super::higher_order::arguments_for;
use crate::Fault;
use crate::builtin::{Call, Definition};
use crate::evaluate::{convert, navigate, truth};
use crate::item::Item;
use crate::limits::Meter;

/// The keys of an object, or of all objects of an array, each once.
fn keys(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let item = call.take(0);
    let mut found = Keys::default();
    found.add(&item, call.meter())?;
    Item::sequence(found.list.into_iter().map(Item::text).collect())
}

#[derive(Default)]
struct Keys {
    list: Vec<Text>,
    known: HashSet<Text>,
}

impl Keys {
    fn add(&mut self, item: &Item, meter: &mut Meter) -> Result<(), Fault> {
        if let Some(items) = item.items() {
            meter.spend(items.len())?;
            return items.iter().try_for_each(|item| self.add(&item, meter));
        }
        let members = item.members().unwrap_or_default();
        meter.make_items(2 * members.len())?;
        for (key, _) in members {
            if self.known.insert(key.clone()) {
                self.list.push(key);
            }
        }
        Ok(())
    }
}

fn lookup(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (item, key) = (call.take(0), call.take(1));
    match key.as_str() {
        Some(key) => navigate::lookup(&item, key, call.meter()),
        None => Ok(Item::Undefined),
    }
}

/// An object as an array of objects with one member each.
fn spread(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let item = call.take(0);
    if !item.is_array() && item.members().is_none() {
        return Ok(item);
    }
    let mut spread = Vec::new();
    spread_into(&item, &mut spread, call.meter())?;
    // The reference joins what it makes of an array's items to an array, whatever their number.
    match item.items().is_some_and(|items| items.len() > 0) {
        true => Item::array(spread),
        false => Item::sequence(spread),
    }
}

fn spread_into(item: &Item, spread: &mut Vec<Item>, meter: &mut Meter) -> Result<(), Fault> {
    if let Some(items) = item.items() {
        meter.spend(items.len())?;
        return items
            .iter()
            .try_for_each(|item| spread_into(&item, spread, meter));
    }
    let Some(members) = item.members() else {
        return navigate::append(spread, item.clone(), meter);
    };
    for member in members {
        meter.make_items(4)?;
        spread.push(convert::object(vec![member], meter)?);
    }
    Ok(())
}

/// One object with the members of all objects of an array; of two with one key, the last counts.
fn merge(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let array = call.take(0);
    let Some(objects) = array.items() else {
        return Ok(Item::Undefined);
    };
    let mut members = Vec::new();
    for object in objects.iter() {
        let own = object.members().unwrap_or_default();
        call.meter().make_items(2 * own.len() + 1)?;
        members.extend(own);
    }
    convert::object(members, call.meter())
}

/// What a function gives for each member of an object.
fn each(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (object, function) = (call.take(0), call.take(1));
    let mut results = Vec::new();
    for (key, value) in object.members().unwrap_or_default() {
        call.meter().make_items(1)?;
        let arguments = arguments_for(call, &function, value, || Item::text(key), &object);
        let result = call.invoke(&function, arguments)?;
        if !result.is_undefined() {
            results.push(result);
        }
    }
    Item::sequence(results)
}

/// The members of an object for which a function is true; undefined where there are none.
fn sift(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (object, function) = (call.take(0), call.take(1));
    let mut kept = Vec::new();
    for (key, value) in object.members().unwrap_or_default() {
        call.meter().make_items(2)?;
        let name = || Item::text(key.clone());
        let arguments = arguments_for(call, &function, value.clone(), name, &object);
        let verdict = call.invoke(&function, arguments)?;
        if truth(&verdict, call.meter())? {
            kept.push((key, value));
        }
    }
    if kept.is_empty() {
        return Ok(Item::Undefined);
    }
    convert::object(kept, call.meter())
}

fn clone(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    match call.take(0) {
        Item::Undefined => Ok(Item::Undefined),
        item => call
            .evaluator
            .copy(item)
            .map(|value: Value| Item::Value(value)),
    }
}

pub(crate) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "keys",
        signature: "<x-:a<s>>",
        arity: 1,
        run: keys,
    },
    Definition {
        name: "lookup",
        signature: "<x-s:x>",
        arity: 2,
        run: lookup,
    },
    Definition {
        name: "spread",
        signature: "<x-:a<o>>",
        arity: 1,
        run: spread,
    },
    Definition {
        name: "merge",
        signature: "<a<o>:o>",
        arity: 1,
        run: merge,
    },
    Definition {
        name: "each",
        signature: "<o-f:a>",
        arity: 2,
        run: each,
    },
    Definition {
        name: "sift",
        signature: "<o-f?:o>",
        arity: 2,
        run: sift,
    },
    Definition {
        name: "clone",
        signature: "<(oa)-:o>",
        arity: 1,
        run: clone,
    },
];
