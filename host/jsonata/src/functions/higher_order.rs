//! Functions that call a function for each item of an array.

use crate::Fault;
use crate::builtin::{Arguments, Call, Definition};
use crate::evaluate::truth;
use crate::item::Item;

/// What a function is called with for one item: the item, and where it takes so many, its index
/// or key, and all that it comes from.
pub(super) fn arguments_for(
    call: &Call<'_, '_>,
    function: &Item,
    item: Item,
    place: impl FnOnce() -> Item,
    whole: &Item,
) -> Arguments {
    let arity = call.evaluator.arity(function);
    let mut arguments = Arguments::from_iter([item]);
    if arity >= 2 {
        arguments.push(place());
    }
    if arity >= 3 {
        arguments.push(whole.clone());
    }
    arguments
}

/// Calls a function for the item at an index.
fn call_for(
    call: &mut Call<'_, '_>,
    function: &Item,
    item: Item,
    index: usize,
    array: &Item,
) -> Result<Item, Fault> {
    call.meter().spend(1)?;
    let place = || Item::Number(index as f64);
    let arguments = arguments_for(call, function, item, place, array);
    call.invoke(function, arguments)
}

fn map(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (array, function) = (call.take(0), call.take(1));
    let Some(items) = array.items() else {
        return Ok(Item::Undefined);
    };
    let mut results = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let result = call_for(call, &function, item, index, &array)?;
        if !result.is_undefined() {
            call.meter().make_items(1)?;
            results.push(result);
        }
    }
    Item::sequence(results)
}

fn filter(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (array, function) = (call.take(0), call.take(1));
    let Some(items) = array.items() else {
        return Ok(Item::Undefined);
    };
    let mut kept = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let verdict = call_for(call, &function, item.clone(), index, &array)?;
        if truth(&verdict, call.meter())? {
            call.meter().make_items(1)?;
            kept.push(item);
        }
    }
    Item::sequence(kept)
}

/// The one item for which a function is true.
fn single(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (array, function) = (call.take(0), call.take(1));
    let Some(items) = array.items() else {
        return Ok(Item::Undefined);
    };
    let mut found = None;
    for (index, item) in items.iter().enumerate() {
        if !function.is_undefined() {
            let verdict = call_for(call, &function, item.clone(), index, &array)?;
            if !truth(&verdict, call.meter())? {
                continue;
            }
        }
        if found.replace(item).is_some() {
            return Err(not_single("D3138", "matched more"));
        }
    }
    found.ok_or_else(|| not_single("D3139", "matched 0"))
}

fn not_single(code: &'static str, what: &str) -> Fault {
    let message =
        format!("the $single() function expected exactly 1 matching result. Instead it {what}.");
    Fault::new(code, message)
}

fn reduce(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (array, function, initial) = (call.take(0), call.take(1), call.take(2));
    let Some(items) = array.items() else {
        return Ok(Item::Undefined);
    };
    let arity = call.evaluator.arity(&function);
    if arity < 2 {
        let message = "the second argument of the reduce function must be a function with at \
                       least two arguments";
        return Err(Fault::new("D3050", message));
    }
    let mut items = items.iter().enumerate();
    let mut result = match initial.is_undefined() {
        true => items.next().map(|(_, item)| item).unwrap_or_default(),
        false => initial,
    };
    for (index, item) in items {
        call.meter().spend(1)?;
        let mut arguments = Arguments::from_iter([result, item]);
        if arity >= 3 {
            arguments.push(Item::Number(index as f64));
        }
        if arity >= 4 {
            arguments.push(array.clone());
        }
        result = call.invoke(&function, arguments)?;
    }
    Ok(result)
}

pub(crate) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "map",
        signature: "<af>",
        arity: 2,
        run: map,
    },
    Definition {
        name: "filter",
        signature: "<af>",
        arity: 2,
        run: filter,
    },
    Definition {
        name: "single",
        signature: "<af?>",
        arity: 2,
        run: single,
    },
    Definition {
        name: "reduce",
        signature: "<afj?:j>",
        arity: 3,
        run: reduce,
    },
];
