//! Values inside serde structures.
//!
//! They are meant for serde_json: numbers beyond `i64` and with fractions pass through its
//! `RawValue`, which keeps their text and which other formats do not know.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::{Array, MAX_DEPTH, Number, Object, Text, Value};

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_i64() {
            Some(int) => serializer.serialize_i64(int),
            None => raw(&self.text())
                .map_err(S::Error::custom)?
                .serialize(serializer),
        }
    }
}

fn raw(text: &str) -> serde_json::Result<Box<RawValue>> {
    RawValue::from_string(text.to_owned())
}

impl Serialize for Array {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        check_depth::<S>(self.extent().depth)?;
        serializer.collect_seq(self)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        check_depth::<S>(self.extent().depth)?;
        serializer.collect_map(self)
    }
}

/// Serializing recurses, so a value beyond [`MAX_DEPTH`] is an error here.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(bool) => serializer.serialize_bool(*bool),
            Value::Number(number) => number.serialize(serializer),
            Value::String(text) => text.serialize(serializer),
            Value::Array(array) => array.serialize(serializer),
            Value::Object(object) => object.serialize(serializer),
        }
    }
}

fn check_depth<S: Serializer>(depth: usize) -> Result<(), S::Error> {
    if depth > MAX_DEPTH {
        return Err(S::Error::custom(format_args!(
            "nested deeper than {MAX_DEPTH} levels"
        )));
    }
    Ok(())
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Text::from)
    }
}

/// Reads from serde_json's deserializers alone; others do not know its `RawValue`.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Value::parse(raw.get()).map_err(D::Error::custom)
    }
}
