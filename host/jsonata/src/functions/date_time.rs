//! Dates and times: `$fromMillis` and `$toMillis`, with pictures (XPath and XQuery Functions and
//! Operators 3.1, section 9.8, "Formatting dates and times") or in ISO 8601.
//!
//! A time is a number of milliseconds since 1970 in UTC, as in ECMAScript within 8.64 × 10¹⁵ of it.

mod calendar;
mod format;
mod iso;
mod parse;
mod picture;
mod zone;

use super::calls::{made, reads};
use super::regex::Effort;
use crate::Fault;
use crate::builtin::{Call, Definition};
use crate::item::Item;
use format::from_millis;
use parse::to_millis;

/// The largest distance from 1970, in milliseconds (ECMA-262, "Time Values and Time Range").
const MAX_MILLIS: i64 = 8_640_000_000_000_000;

pub(crate) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "now",
        signature: "<s?s?:s>",
        arity: 2,
        run: |call| {
            let now = call.surroundings().now() as f64;
            formatted(call, now, 0)
        },
    },
    Definition {
        name: "millis",
        signature: "<:n>",
        arity: 0,
        run: |call| Ok((call.surroundings().now() as f64).into()),
    },
    Definition {
        name: "fromMillis",
        signature: "<n-s?s?:s>",
        arity: 3,
        run: |call| match call.number(0) {
            Some(millis) => formatted(call, millis, 1),
            None => Ok(Item::Undefined),
        },
    },
    Definition {
        name: "toMillis",
        signature: "<s-s?:n>",
        arity: 2,
        run: read,
    },
];

/// Writes a time with the picture and the zone that are arguments from `index` on.
fn formatted(call: &mut Call<'_, '_>, millis: f64, index: usize) -> Result<Item, Fault> {
    let (picture, zone) = (call.take(index), call.take(index + 1));
    let picture = reads(call, &picture)?;
    // Each component is some dozen times the work of looking at it.
    call.meter().spend(picture.map_or(0, str::len))?;
    let most = call.meter().memory_left();
    let text = from_millis(millis, picture, zone.as_str(), most)?;
    made(call, text)
}

fn read(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (text, picture) = (call.take(0), call.take(1));
    let Some(text) = reads(call, &text)? else {
        return Ok(Item::Undefined);
    };
    let picture = reads(call, &picture)?;
    // A picture becomes a regular expression some hundred times as long.
    let length = picture.map_or(0, str::len).saturating_mul(100);
    call.meter().spend(length)?;
    call.meter().allocate(length)?;
    let mut effort = Effort {
        steps: call.meter().steps_left(),
        memory: call.meter().memory_left(),
    };
    let now = call.surroundings().now();
    let millis = to_millis(text, picture, now, &mut effort);
    let spent = call.meter().steps_left() - effort.steps;
    call.meter().spend(spent as usize)?;
    Ok(millis?.into())
}

#[cfg(test)]
mod tests;
