//! Arrays.

use std::ops::Deref;
use std::sync::Arc;

use crate::Value;
use crate::extent::{Extent, Measure};
use crate::teardown;

/// A JSON array whose clones share its elements.
///
/// Reads as a slice of values. A change copies the array's own level if it is shared
/// and happens in place if it is not.
#[derive(Clone)]
pub struct Array(Arc<Items>);

#[derive(Clone)]
struct Items {
    values: Vec<Value>,
    extent: Extent,
}

impl Items {
    fn new(values: Vec<Value>) -> Self {
        let extent = measure(&values);
        Self { values, extent }
    }
}

impl Drop for Items {
    fn drop(&mut self) {
        if teardown::needs_release(self.extent.depth) {
            teardown::release(std::mem::take(&mut self.values));
        }
    }
}

fn measure(values: &[Value]) -> Extent {
    let mut extent = Extent::EMPTY;
    for (index, value) in values.iter().enumerate() {
        extent.add(index, 0, value);
    }
    extent
}

impl Array {
    /// An array without elements.
    pub fn new() -> Self {
        Self::from(Vec::new())
    }

    /// An array of elements whose extent is known.
    pub(crate) fn measured(values: Vec<Value>, extent: Extent) -> Self {
        Self(Arc::new(Items { values, extent }))
    }

    /// The elements.
    pub fn as_slice(&self) -> &[Value] {
        &self.0.values
    }

    /// Adds an element at the end.
    pub fn push(&mut self, value: Value) {
        let items = Arc::make_mut(&mut self.0);
        items.extent.add(items.values.len(), 0, &value);
        items.values.push(value);
    }

    /// Puts a value in the place of another and returns that other, or `None`,
    /// with the array unchanged, if there is no such index.
    pub fn replace(&mut self, index: usize, value: Value) -> Option<Value> {
        let mut old = None;
        self.update(index, |previous| {
            old = Some(previous);
            value
        });
        old
    }

    /// Puts `change(old)` in the place of `old` and tells whether there was such an index.
    ///
    /// The closure owns the only reference to `old` if the array was not shared, so
    /// it can change it in place.
    pub fn update(&mut self, index: usize, change: impl FnOnce(Value) -> Value) -> bool {
        if index >= self.len() {
            return false;
        }
        let items = Arc::make_mut(&mut self.0);
        let slot = &mut items.values[index];
        let old = Measure::of(slot);
        *slot = change(std::mem::take(slot));
        let new = Measure::of(slot);
        items.extent = items
            .extent
            .replaced(old, new)
            .unwrap_or_else(|| measure(&items.values));
        true
    }

    /// The elements as a vector; nothing is copied if the array is not shared.
    pub fn into_vec(self) -> Vec<Value> {
        match Arc::try_unwrap(self.0) {
            Ok(mut items) => std::mem::take(&mut items.values),
            Err(shared) => shared.values.clone(),
        }
    }

    pub(crate) fn extent(&self) -> Extent {
        self.0.extent
    }

    pub(crate) fn same_place(&self, other: &Array) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The elements, if this was the last reference to them.
    pub(crate) fn into_unshared_items(self) -> Vec<Value> {
        // Not `try_unwrap`: of two threads that drop the last two references,
        // one must get the elements.
        Arc::into_inner(self.0)
            .map(|mut items| std::mem::take(&mut items.values))
            .unwrap_or_default()
    }
}

impl Default for Array {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Array {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        self.as_slice()
    }
}

impl From<Vec<Value>> for Array {
    fn from(values: Vec<Value>) -> Self {
        Self(Arc::new(Items::new(values)))
    }
}

impl<V: Into<Value>> FromIterator<V> for Array {
    fn from_iter<I: IntoIterator<Item = V>>(values: I) -> Self {
        Self::from(values.into_iter().map(Into::into).collect::<Vec<Value>>())
    }
}

impl<V: Into<Value>, const N: usize> From<[V; N]> for Array {
    fn from(values: [V; N]) -> Self {
        values.into_iter().collect()
    }
}

impl IntoIterator for Array {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_vec().into_iter()
    }
}

impl<'a> IntoIterator for &'a Array {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.as_slice().iter()
    }
}
