//! Objects.

use std::sync::Arc;

use crate::entries::Entries;
use crate::extent::{Extent, Measure, key_len};
use crate::teardown;
use crate::{Text, Value};

/// A JSON object whose clones share its members, in the order in which they were added.
///
/// Two objects are equal if they have the same members in whatever order. A change
/// copies the object's own level if it is shared and happens in place if it is not.
#[derive(Clone)]
pub struct Object(Arc<Members>);

#[derive(Clone)]
struct Members {
    entries: Entries,
    extent: Extent,
}

impl Members {
    fn new(entries: Entries) -> Self {
        let extent = measure(&entries);
        Self { entries, extent }
    }
}

impl Drop for Members {
    fn drop(&mut self) {
        if teardown::needs_release(self.extent.depth) {
            teardown::release(std::mem::take(&mut self.entries).into_values().collect());
        }
    }
}

fn measure(entries: &Entries) -> Extent {
    let mut extent = Extent::EMPTY;
    for (index, (key, value)) in entries.as_slice().iter().enumerate() {
        extent.add(index, key_len(key), value);
    }
    extent
}

impl Object {
    /// An object without members.
    pub fn new() -> Self {
        Self::from_entries(Entries::default())
    }

    /// An object of members that were measured as they came, equal keys included.
    pub(crate) fn measured(members: Vec<(Text, Value)>, extent: Extent) -> Self {
        if !Entries::are_few_and_distinct(&members) {
            return Self::from_iter(members);
        }
        let entries = Entries::of_few(members);
        Self(Arc::new(Members { entries, extent }))
    }

    fn from_entries(entries: Entries) -> Self {
        Self(Arc::new(Members::new(entries)))
    }

    /// The number of members.
    pub fn len(&self) -> usize {
        self.0.entries.as_slice().len()
    }

    /// The length of its compact JSON text in bytes, known without a walk.
    pub fn json_len(&self) -> usize {
        self.0.extent.len
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.0.entries.as_slice().is_empty()
    }

    /// The value of a member.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.entries.get(key)
    }

    /// Whether there is such a member.
    pub fn contains_key(&self, key: &str) -> bool {
        self.0.entries.place(key).is_some()
    }

    /// The members in order.
    pub fn iter(&self) -> ObjectIter<'_> {
        ObjectIter(self.0.entries.as_slice().iter())
    }

    /// The keys in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Text> + DoubleEndedIterator {
        self.iter().map(|(key, _)| key)
    }

    /// The values in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> + DoubleEndedIterator {
        self.iter().map(|(_, value)| value)
    }

    /// Sets a member and returns the value that it had. An existing key keeps its place,
    /// a new one comes last.
    pub fn insert(&mut self, key: impl Into<Text>, value: impl Into<Value>) -> Option<Value> {
        let (key, value) = (key.into(), value.into());
        if self.contains_key(&key) {
            return self.replace(&key, value);
        }
        let members = Arc::make_mut(&mut self.0);
        let siblings = members.entries.as_slice().len();
        members.extent.add(siblings, key_len(&key), &value);
        members.entries.insert(key, value);
        None
    }

    /// Sets an existing member and returns the value that it had, or `None`, with the
    /// object unchanged, if there is no such member.
    pub fn replace(&mut self, key: &str, value: Value) -> Option<Value> {
        let mut old = None;
        self.update(key, |previous| {
            old = Some(previous);
            value
        });
        old
    }

    /// Sets an existing member to `change(old)` and tells whether there was one.
    ///
    /// The closure owns the only reference to `old` if the object was not shared, so
    /// it can change it in place.
    pub fn update(&mut self, key: &str, change: impl FnOnce(Value) -> Value) -> bool {
        let Some(place) = self.0.entries.place(key) else {
            return false;
        };
        let members = Arc::make_mut(&mut self.0);
        let slot = members.entries.value_mut(place);
        let old = Measure::of(slot);
        *slot = change(std::mem::take(slot));
        let new = Measure::of(slot);
        members.extent = members
            .extent
            .replaced(old, new)
            .unwrap_or_else(|| measure(&members.entries));
        true
    }

    /// Removes a member and returns its value; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        if !self.contains_key(key) {
            return None;
        }
        let members = Arc::make_mut(&mut self.0);
        let old = members.entries.remove(key);
        members.extent = measure(&members.entries);
        old
    }

    /// A copy with one member set, which shares all other values with the original.
    pub fn with(&self, key: impl Into<Text>, value: impl Into<Value>) -> Object {
        let mut object = self.clone();
        object.insert(key, value);
        object
    }

    /// A copy without a member, which shares all other values with the original.
    pub fn without(&self, key: &str) -> Object {
        let mut object = self.clone();
        object.remove(key);
        object
    }

    /// Where the members lie in memory, as a number: the same for clones that share them, and
    /// different for any two objects that both exist and share nothing.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(crate) fn extent(&self) -> Extent {
        self.0.extent
    }

    pub(crate) fn same_place(&self, other: &Object) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The values, if this was the last reference to them.
    pub(crate) fn into_unshared_values(self) -> Vec<Value> {
        Arc::into_inner(self.0)
            .map(|mut members| std::mem::take(&mut members.entries).into_values().collect())
            .unwrap_or_default()
    }
}

/// Builds an object member by member, and measures it once at the end.
#[derive(Default)]
pub struct ObjectBuilder(Entries);

impl ObjectBuilder {
    /// A builder with room for so many members.
    pub fn with_capacity(members: usize) -> Self {
        Self(Entries::with_capacity(members))
    }

    /// Sets a member. An existing key keeps its place, a new one comes last.
    pub fn insert(&mut self, key: impl Into<Text>, value: impl Into<Value>) {
        self.0.insert(key.into(), value.into());
    }

    /// The object.
    pub fn build(self) -> Object {
        Object::from_entries(self.0)
    }
}

impl Default for Object {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Into<Text>, V: Into<Value>> FromIterator<(K, V)> for Object {
    /// Of two members with one key, the last value wins at the first one's place.
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        let members = members.into_iter();
        let mut builder = ObjectBuilder::with_capacity(members.size_hint().0);
        members.for_each(|(key, value)| builder.insert(key, value));
        builder.build()
    }
}

impl<K: Into<Text>, V: Into<Value>, const N: usize> From<[(K, V); N]> for Object {
    fn from(members: [(K, V); N]) -> Self {
        members.into_iter().collect()
    }
}

impl<K: Into<Text>, V: Into<Value>> Extend<(K, V)> for Object {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, members: I) {
        for (key, value) in members {
            self.insert(key, value);
        }
    }
}

/// The members of an [`Object`] in order.
#[derive(Clone)]
pub struct ObjectIter<'a>(std::slice::Iter<'a, (Text, Value)>);

impl<'a> Iterator for ObjectIter<'a> {
    type Item = (&'a Text, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, value)| (key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for ObjectIter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(key, value)| (key, value))
    }
}

impl ExactSizeIterator for ObjectIter<'_> {}

impl<'a> IntoIterator for &'a Object {
    type Item = (&'a Text, &'a Value);
    type IntoIter = ObjectIter<'a>;

    fn into_iter(self) -> ObjectIter<'a> {
        self.iter()
    }
}
