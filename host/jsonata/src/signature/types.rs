//! The types that signatures tell apart.

use sandstep_json::Value;

use crate::item::Item;

/// A set of types, a bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    const NONE: Types = Types(0);
    pub(super) const ARRAY: Types = Types(1);
    pub(super) const STRING: Types = Types(1 << 1);
    pub(super) const NUMBER: Types = Types(1 << 2);
    pub(super) const BOOLEAN: Types = Types(1 << 3);
    pub(super) const NULL: Types = Types(1 << 4);
    pub(super) const FUNCTION: Types = Types(1 << 5);
    pub(super) const OBJECT: Types = Types(1 << 6);
    /// No value.
    pub(super) const MISSING: Types = Types(1 << 7);

    pub(super) fn of(letters: &str) -> Self {
        letters
            .chars()
            .map(Types::of_letter)
            .fold(Types::NONE, Types::or)
    }

    pub(super) fn of_letter(letter: char) -> Self {
        match letter {
            'a' => Types::ARRAY,
            's' => Types::STRING,
            'n' => Types::NUMBER,
            'b' => Types::BOOLEAN,
            'l' => Types::NULL,
            'f' => Types::FUNCTION,
            'o' => Types::OBJECT,
            'm' => Types::MISSING,
            _ => Types::NONE,
        }
    }

    pub(super) fn or(self, other: Types) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn includes(self, other: Types) -> bool {
        self.0 & other.0 != 0
    }
}

/// The type of an item; undefined counts as missing.
pub(super) fn type_of(item: &Item) -> Types {
    match item {
        Item::Undefined | Item::Tuples(_) => Types::MISSING,
        Item::Number(_) => Types::NUMBER,
        Item::List(_) => Types::ARRAY,
        Item::Record(_) => Types::OBJECT,
        Item::Builtin(_) | Item::Function(_) => Types::FUNCTION,
        Item::Value(value) => type_of_value(value),
    }
}

pub(super) fn type_of_value(value: &Value) -> Types {
    match value {
        Value::Null => Types::NULL,
        Value::Bool(_) => Types::BOOLEAN,
        Value::Number(_) => Types::NUMBER,
        Value::String(_) => Types::STRING,
        Value::Array(_) => Types::ARRAY,
        Value::Object(_) => Types::OBJECT,
    }
}
