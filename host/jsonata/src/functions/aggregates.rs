//! Functions of all numbers of an array.

use crate::Fault;
use crate::builtin::{Call, Definition};
use crate::item::{Item, Items};

fn sum(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let numbers = call.argument(0).items();
    Ok(numbers.map(total).into())
}

fn total(numbers: Items<'_>) -> f64 {
    let mut total = 0.0;
    numbers.for_each_number(|number| total += number);
    total
}

fn count(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let items = call.argument(0).items();
    Ok(Item::Number(items.map_or(0, Items::len) as f64))
}

fn max(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    Ok(extreme(call, f64::max))
}

fn min(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    Ok(extreme(call, f64::min))
}

fn average(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let numbers = call.argument(0).items().filter(|items| items.len() > 0);
    let average = numbers.map(|numbers| total(numbers) / numbers.len() as f64);
    Ok(average.into())
}

fn extreme(call: &Call<'_, '_>, choose: fn(f64, f64) -> f64) -> Item {
    let mut extreme = None;
    if let Some(numbers) = call.argument(0).items() {
        numbers.for_each_number(|number| {
            extreme = Some(extreme.map_or(number, |known| choose(known, number)));
        });
    }
    extreme.into()
}

pub(crate) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "sum",
        signature: "<a<n>:n>",
        arity: 1,
        run: sum,
    },
    Definition {
        name: "count",
        signature: "<a:n>",
        arity: 1,
        run: count,
    },
    Definition {
        name: "max",
        signature: "<a<n>:n>",
        arity: 1,
        run: max,
    },
    Definition {
        name: "min",
        signature: "<a<n>:n>",
        arity: 1,
        run: min,
    },
    Definition {
        name: "average",
        signature: "<a<n>:n>",
        arity: 1,
        run: average,
    },
];
