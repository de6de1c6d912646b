//! Builds values from what the scanner reports.

use std::borrow::Cow;

use crate::scan::{Container, Listener, Scalar};
use crate::{Array, Number, Object, Text, Value};

/// Builds one [`Value`].
///
/// Finished children wait on one common stack until their container closes, so each
/// container is allocated once, at its size.
#[derive(Default)]
pub(crate) struct ValueBuilder {
    items: Vec<Value>,
    members: Vec<(Text, Value)>,
    /// For each open container, where its children begin on their stack.
    starts: Vec<Start>,
    keys: RecentKeys,
    root: Value,
}

/// Keys that came lately. The objects of a list name the same ones again and
/// again; they share them, and only the first costs an allocation.
#[derive(Default)]
struct RecentKeys([Option<Text>; RecentKeys::PLACES]);

impl RecentKeys {
    const PLACES: usize = 16;

    fn share(&mut self, key: Cow<'_, str>) -> Text {
        let place = &mut self.0[Self::place(key.as_bytes())];
        match place {
            Some(known) if **known == *key => known.clone(),
            _ => place.insert(key.into()).clone(),
        }
    }

    /// Keys of one record differ in length or at an end more often than not.
    fn place(key: &[u8]) -> usize {
        let end = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or_default());
        let mixed = key.len() + 7 * end(key.first()) + 3 * end(key.last());
        mixed % Self::PLACES
    }
}

enum Start {
    Array(usize),
    Object(usize),
}

impl ValueBuilder {
    /// The value, once the scanner is done.
    pub(crate) fn finish(self) -> Value {
        self.root
    }

    fn add(&mut self, value: Value) {
        match self.starts.last() {
            None => self.root = value,
            Some(Start::Array(_)) => self.items.push(value),
            Some(Start::Object(_)) => {
                self.members
                    .last_mut()
                    .expect("a key comes before its value")
                    .1 = value;
            }
        }
    }
}

impl Listener<'_> for ValueBuilder {
    fn scalar(&mut self, scalar: Scalar<'_>, _offset: usize) {
        self.add(scalar.into());
    }

    fn open(&mut self, container: Container, _offset: usize) {
        self.starts.push(match container {
            Container::Array => Start::Array(self.items.len()),
            Container::Object => Start::Object(self.members.len()),
        });
    }

    fn key(&mut self, key: Cow<'_, str>, _offset: usize) {
        let key = self.keys.share(key);
        self.members.push((key, Value::Null));
    }

    fn close(&mut self, _container: Container) {
        let value = match self.starts.pop().expect("closes what it opened") {
            Start::Array(start) => {
                Value::Array(Array::from(self.items.drain(start..).collect::<Vec<_>>()))
            }
            Start::Object(start) => {
                Value::Object(Object::from_members(self.members.drain(start..)))
            }
        };
        self.add(value);
    }
}

impl From<Scalar<'_>> for Value {
    fn from(scalar: Scalar<'_>) -> Self {
        match scalar {
            Scalar::Null => Value::Null,
            Scalar::Bool(bool) => Value::Bool(bool),
            Scalar::Number(text) => Value::Number(Number::from_scanned(text)),
            Scalar::String(text) => Value::String(text.into()),
        }
    }
}
