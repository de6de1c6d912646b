//! Builds values from what the scanner reports.

use std::borrow::Cow;
use std::iter;
use std::mem;

use smallvec::SmallVec;

use crate::escape::escaped_len;
use crate::extent::Extent;
use crate::scan::{Container, Listener, Scalar};
use crate::{Array, Number, Object, Text, Value};

/// Builds one [`Value`].
///
/// Finished children wait on one common stack until their container closes, so each
/// container is allocated once, at its size. A value is made where it is to be: one
/// that is read as a whole just after it was written in pieces, as moving it does,
/// makes the processor wait.
#[derive(Default)]
pub(crate) struct ValueBuilder {
    items: Vec<Value>,
    members: Vec<(Text, Value)>,
    open: SmallVec<[Open; 4]>,
    root: Value,
}

/// A container whose children are still coming.
struct Open {
    container: Container,
    /// Where its children begin on their stack.
    start: usize,
    /// What it measures so far, with a comma behind each child.
    extent: Extent,
}

impl ValueBuilder {
    /// The value, once the scanner is done.
    pub(crate) fn finish(&mut self) -> Value {
        mem::take(&mut self.root)
    }

    /// Adds a value that measures so much.
    #[inline(always)]
    fn add(&mut self, len: usize, depth: usize, value: impl FnOnce() -> Value) {
        let Some(parent) = self.open.last_mut() else {
            self.root = value();
            return;
        };
        // No text is shorter than its value's, so nothing overflows.
        parent.extent.len += len + 1;
        parent.extent.depth = parent.extent.depth.max(depth + 1);
        match parent.container {
            Container::Array => self.items.extend(iter::once_with(value)),
            Container::Object => {
                let member = self.members.last_mut();
                let (_, place) = member.expect("a key comes before its value");
                // Null owns nothing. To look for what is to be dropped before the value
                // is in its place, it would have to wait in another.
                mem::forget(mem::replace(place, value()));
            }
        }
    }
}

impl<'a> Listener<'a> for ValueBuilder {
    #[inline(always)]
    fn scalar(&mut self, scalar: Scalar<'a>, _offset: usize) {
        match scalar {
            Scalar::Null => self.add(4, 0, || Value::Null),
            Scalar::Bool(bool) => self.add(5 - usize::from(bool), 0, || Value::Bool(bool)),
            Scalar::Number(text) => {
                let number = Number::from_scanned(text);
                self.add(number.text_len(), 0, || Value::Number(number));
            }
            Scalar::String(text) => {
                let value = || Value::String(Text::copied(&text));
                self.add(string_len(&text), 0, value);
            }
        }
    }

    fn open(&mut self, container: Container, _offset: usize) {
        let start = match container {
            Container::Array => self.items.len(),
            Container::Object => self.members.len(),
        };
        self.open.push(Open {
            container,
            start,
            extent: Extent::EMPTY,
        });
    }

    #[inline(always)]
    fn key(&mut self, key: Cow<'a, str>, _offset: usize) {
        let object = self.open.last_mut().expect("a key stands in an object");
        object.extent.len += string_len(&key) + 1;
        let member = || (Text::copied(&key), Value::Null);
        self.members.extend(iter::once_with(member));
    }

    fn close(&mut self, _container: Container) {
        let closed = self.open.pop().expect("closes what it opened");
        match closed.container {
            Container::Array => {
                let items = self.items.split_off(closed.start);
                let extent = closed.extent.without_last_comma();
                let array = Array::measured(items, extent);
                self.add(extent.len, extent.depth, || Value::Array(array));
            }
            Container::Object => {
                let members = self.members.split_off(closed.start);
                let extent = closed.extent.without_last_comma();
                let object = Object::measured(members, extent);
                let Extent { len, depth } = object.extent();
                self.add(len, depth, || Value::Object(object));
            }
        }
    }
}

/// The length of a string's JSON text: one that was written without escapes needs none.
#[allow(
    clippy::ptr_arg,
    reason = "that it is borrowed says how it was written"
)]
fn string_len(text: &Cow<'_, str>) -> usize {
    match text {
        Cow::Borrowed(text) => text.len() + 2,
        Cow::Owned(text) => escaped_len(text),
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
