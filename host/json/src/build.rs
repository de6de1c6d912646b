//! Builds values from what the scanner reports.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::scan::{Container, Listener, Scalar};
use crate::{Array, Number, Object, Text, Value};

/// Builds one [`Value`].
///
/// Finished children wait on one common stack until their container closes, so each
/// container is allocated once, at its size. The stacks of a small text need no
/// allocation of their own.
#[derive(Default)]
pub(crate) struct ValueBuilder {
    items: SmallVec<[Value; 8]>,
    members: SmallVec<[(Text, Value); 8]>,
    /// For each open container, where its children begin on their stack.
    starts: SmallVec<[Start; 8]>,
    root: Value,
}

enum Start {
    Array(usize),
    Object(usize),
}

impl ValueBuilder {
    /// The value, once the scanner is done.
    pub(crate) fn finish(&mut self) -> Value {
        std::mem::take(&mut self.root)
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
        self.members.push((key.into(), Value::Null));
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
