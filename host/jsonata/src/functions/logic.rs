//! Truth, types and errors.

use sandstep_json::Value;

use crate::Fault;
use crate::builtin::{Call, Definition};
use crate::evaluate::truth;
use crate::item::Item;

fn boolean(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let item = call.take(0);
    if item.is_undefined() {
        return Ok(item);
    }
    truth(&item, call.meter()).map(Item::bool)
}

fn not(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let item = call.take(0);
    if item.is_undefined() {
        return Ok(item);
    }
    truth(&item, call.meter()).map(|truth| Item::bool(!truth))
}

fn exists(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    Ok(Item::bool(!call.argument(0).is_undefined()))
}

fn type_name(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    Ok(Item::from(match call.argument(0) {
        Item::Undefined | Item::Tuples(_) => return Ok(Item::Undefined),
        Item::Value(Value::Null) => "null",
        Item::Value(value) => value.type_name(),
        Item::Number(_) => "number",
        Item::List(_) => "array",
        Item::Record(_) => "object",
        Item::Builtin(_) | Item::Function(_) => "function",
    }))
}

fn error(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let message = call.text(0).filter(|message| !message.is_empty());
    Err(Fault::new(
        "D3137",
        message.unwrap_or("$error() function evaluated"),
    ))
}

fn assert(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    if call.argument(0).as_bool() == Some(true) {
        return Ok(Item::Undefined);
    }
    let message = call.text(1).filter(|message| !message.is_empty());
    Err(Fault::new(
        "D3141",
        message.unwrap_or("$assert() statement failed"),
    ))
}

pub(crate) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "boolean",
        signature: "<x-:b>",
        arity: 1,
        run: boolean,
    },
    Definition {
        name: "not",
        signature: "<x-:b>",
        arity: 1,
        run: not,
    },
    Definition {
        name: "exists",
        signature: "<x:b>",
        arity: 1,
        run: exists,
    },
    Definition {
        name: "type",
        signature: "<x:s>",
        arity: 1,
        run: type_name,
    },
    Definition {
        name: "error",
        signature: "<s?:x>",
        arity: 1,
        run: error,
    },
    Definition {
        name: "assert",
        signature: "<bs?:x>",
        arity: 2,
        run: assert,
    },
];
