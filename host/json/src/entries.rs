//! The members of an object in order, and how one is found by its key.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::{Text, Value};

/// Up to so many members, looking at each key is faster than hashing, and copying
/// an object, which ResultPath does at every state, need not copy a table as well.
const FEW: usize = 12;

/// A list of members with different keys; more than [`FEW`] have a table of places.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    list: Vec<(Text, Value)>,
    places: Option<Box<Places>>,
}

/// Where each key stands in the list.
#[derive(Clone, Debug, Default)]
struct Places {
    /// Seeded at random, so that nobody can choose keys that collide.
    hasher: RandomState,
    table: HashTable<usize>,
}

impl Entries {
    pub(crate) fn with_capacity(members: usize) -> Self {
        let places = (members > FEW).then(|| Box::new(Places::with_capacity(members)));
        Self {
            list: Vec::with_capacity(members),
            places,
        }
    }

    /// Whether a list can be taken over as it is.
    pub(crate) fn are_few_and_distinct(list: &[(Text, Value)]) -> bool {
        let is_new = |(place, (key, _)): (usize, &(Text, Value))| {
            list[..place].iter().all(|(other, _)| other != key)
        };
        list.len() <= FEW && list.iter().enumerate().all(is_new)
    }

    /// Takes over a list that [`Entries::are_few_and_distinct`] approves of.
    pub(crate) fn of_few(list: Vec<(Text, Value)>) -> Self {
        Self { list, places: None }
    }

    pub(crate) fn as_slice(&self) -> &[(Text, Value)] {
        &self.list
    }

    pub(crate) fn place(&self, key: &str) -> Option<usize> {
        match &self.places {
            Some(places) => places.find(key, &self.list),
            None => self.list.iter().position(|(known, _)| known == key),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.place(key).map(|place| &self.list[place].1)
    }

    pub(crate) fn value_mut(&mut self, place: usize) -> &mut Value {
        &mut self.list[place].1
    }

    /// Sets a member: in its place if the key is known, or else at the end.
    pub(crate) fn insert(&mut self, key: Text, value: Value) {
        let known = match &mut self.places {
            Some(places) => places.find_or_add(&key, &self.list),
            None => self.place(&key),
        };
        match known {
            Some(place) => self.list[place].1 = value,
            None => self.append(key, value),
        }
    }

    fn append(&mut self, key: Text, value: Value) {
        self.list.push((key, value));
        if self.places.is_none() && self.list.len() > FEW {
            self.index();
        }
    }

    /// Takes a member out and closes the gap.
    pub(crate) fn remove(&mut self, key: &str) -> Option<Value> {
        let place = self.place(key)?;
        let (_, value) = self.list.remove(place);
        self.places = None;
        if self.list.len() > FEW {
            self.index();
        }
        Some(value)
    }

    pub(crate) fn into_values(self) -> impl Iterator<Item = Value> {
        self.list.into_iter().map(|(_, value)| value)
    }

    fn index(&mut self) {
        let mut places = Box::new(Places::with_capacity(self.list.len()));
        for place in 0..self.list.len() {
            places.find_or_add(&self.list[place].0, &self.list[..place]);
        }
        self.places = Some(places);
    }
}

impl Places {
    fn with_capacity(members: usize) -> Self {
        Self {
            hasher: RandomState::default(),
            table: HashTable::with_capacity(members),
        }
    }

    fn find(&self, key: &str, list: &[(Text, Value)]) -> Option<usize> {
        let hash = self.hasher.hash_one(key);
        self.table
            .find(hash, |place| list[*place].0 == *key)
            .copied()
    }

    /// Where a key stands in the list. A new one is noted to stand at its end.
    fn find_or_add(&mut self, key: &str, list: &[(Text, Value)]) -> Option<usize> {
        let hash = |key: &str| self.hasher.hash_one(key);
        let is_key = |place: &usize| list[*place].0 == *key;
        match self
            .table
            .entry(hash(key), is_key, |place| hash(&list[*place].0))
        {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(new) => {
                new.insert(list.len());
                None
            }
        }
    }
}
