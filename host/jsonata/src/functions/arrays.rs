//! Functions of arrays.

use crate::Fault;
use crate::builtin::{Arguments, Call, Definition};
use crate::evaluate::{compare_texts, deep_equal, merge_sort, truth, tuples};
use crate::item::{Item, Items, ListKind};

fn append(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (first, second) = (call.take(0), call.take(1));
    tuples::joined(first, second, call.meter())
}

fn reverse(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let array = call.take(0);
    let Some(items) = array.items().filter(|items| items.len() > 1) else {
        return Ok(array);
    };
    call.meter().make_items(items.len())?;
    let mut items = items.to_vec();
    items.reverse();
    Item::array(items)
}

fn shuffle(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let array = call.take(0);
    let Some(items) = array.items().filter(|items| items.len() > 1) else {
        return Ok(array);
    };
    call.meter().make_items(items.len())?;
    let mut items = items.to_vec();
    for place in (1..items.len()).rev() {
        let draw = call.surroundings().draw();
        items.swap(place, below(draw, place + 1));
    }
    Item::array(items)
}

/// A random place, from random bits: the upper half of their product with the number of places.
fn below(draw: u64, places: usize) -> usize {
    ((u128::from(draw) * places as u128) >> 64) as usize
}

fn distinct(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let array = call.take(0);
    let Some(items) = array.items().filter(|items| items.len() > 1) else {
        return Ok(array);
    };
    let mut kept: Vec<Item> = Vec::new();
    'items: for item in items.iter() {
        for known in &kept {
            if deep_equal(&item, known, call.meter())? {
                continue 'items;
            }
        }
        call.meter().make_items(1)?;
        kept.push(item);
    }
    match array.is_sequence() {
        true => Item::sequence(kept),
        false => Item::array(kept),
    }
}

fn zip(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let arrays = std::mem::take(&mut call.arguments);
    let length = |array: &Item| array.items().map_or(0, Items::len);
    let shortest = arrays.iter().map(length).min().unwrap_or(0);
    let mut zipped = Vec::new();
    for place in 0..shortest {
        call.meter().make_items(arrays.len() + 1)?;
        let items = arrays.iter().filter_map(|array| array.items()?.get(place));
        zipped.push(Item::array(items.collect())?);
    }
    Item::array(zipped)
}

/// Without a second argument, numbers or strings in their order; with one, so that it is not true
/// of two neighbours that the first belongs behind the second.
fn sort(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (array, comparator) = (call.take(0), call.take(1));
    let Some(items) = array.items().filter(|items| items.len() > 1) else {
        return Ok(array);
    };
    call.meter().make_items(2 * items.len())?;
    if comparator.is_undefined() {
        return sort_plain(call, items);
    }
    let sorted = merge_sort(items.to_vec(), &mut |left: &Item, right: &Item| {
        call.meter().spend(1)?;
        let arguments = Arguments::from_iter([left.clone(), right.clone()]);
        let verdict = call.invoke(&comparator, arguments)?;
        truth(&verdict, call.meter())
    })?;
    Item::array(sorted)
}

fn sort_plain(call: &mut Call<'_, '_>, items: Items<'_>) -> Result<Item, Fault> {
    if items.all(|item| item.as_number().is_some()) {
        let mut numbers: Vec<(f64, Item)> = items
            .iter()
            .filter_map(|item| Some((item.as_number()?, item)))
            .collect();
        numbers.sort_by(|left, right| left.0.total_cmp(&right.0));
        return Item::array(numbers.into_iter().map(|(_, item)| item).collect());
    }
    if !items.all(|item| item.as_str().is_some()) {
        let message = "the single argument form of the sort function can only be applied to an \
                       array of strings or an array of numbers";
        return Err(Fault::new("D3070", message));
    }
    let sorted = merge_sort(items.to_vec(), &mut |left: &Item, right: &Item| {
        let (left, right) = (left.as_str().unwrap_or(""), right.as_str().unwrap_or(""));
        call.meter().spend(1 + left.len().min(right.len()) / 16)?;
        Ok(compare_texts(left, right).is_gt())
    })?;
    Item::array(sorted)
}

/// In chunks of a size, of which the last may be shorter; Step Functions adds this function.
fn partition(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (array, size) = (call.take(0), call.number(1));
    let (Some(items), Some(size)) = (array.items(), size) else {
        return Ok(Item::Undefined);
    };
    let size = positive(size, "the second argument of the partition function")?;
    call.meter().make_items(2 * items.len())?;
    let items = items.to_vec();
    let chunks: Result<Vec<Item>, Fault> = items
        .chunks(size)
        .map(|chunk| Item::array(chunk.to_vec()))
        .collect();
    Item::array(chunks?)
}

fn positive(number: f64, what: &str) -> Result<usize, Fault> {
    if number >= 1.0 && number.fract() == 0.0 {
        return Ok(number as usize);
    }
    let message = format!("{what} must be a positive integer");
    Err(Fault::new("D3144", message))
}

/// From a number to another by a step, both ends among them; Step Functions adds this function.
fn range(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (Some(first), Some(last), Some(step)) = (call.number(0), call.number(1), call.number(2))
    else {
        return Ok(Item::Undefined);
    };
    if step == 0.0 || step.is_nan() {
        let message = "the third argument of the range function must not be zero";
        return Err(Fault::new("D3143", message));
    }
    let count = ((last - first) / step).floor() + 1.0;
    let count = if count >= 1.0 { count as usize } else { 0 };
    call.meter().make_items(count)?;
    let numbers = (0..count).map(|place| Item::Number(first + place as f64 * step));
    Item::list(numbers.collect(), ListKind::Sequence)
}

pub(crate) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "append",
        signature: "<xx:a>",
        arity: 2,
        run: append,
    },
    Definition {
        name: "reverse",
        signature: "<a:a>",
        arity: 1,
        run: reverse,
    },
    Definition {
        name: "shuffle",
        signature: "<a:a>",
        arity: 1,
        run: shuffle,
    },
    Definition {
        name: "distinct",
        signature: "<x:x>",
        arity: 1,
        run: distinct,
    },
    Definition {
        name: "zip",
        signature: "<a+>",
        arity: 0,
        run: zip,
    },
    Definition {
        name: "sort",
        signature: "<af?:a>",
        arity: 2,
        run: sort,
    },
    Definition {
        name: "partition",
        signature: "<an:a>",
        arity: 2,
        run: partition,
    },
    Definition {
        name: "range",
        signature: "<nnn:a>",
        arity: 3,
        run: range,
    },
];
