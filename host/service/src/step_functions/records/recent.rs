//! What was looked at lately, within bounds.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;

/// Remembers values by name, and forgets the one that was not used for longest
/// when there are too many or they weigh too much together.
pub(crate) struct Recent<T> {
    by_name: HashMap<Arc<str>, Remembered<T>, RandomState>,
    /// Names by the time of their last use.
    by_use: BTreeMap<u64, Arc<str>>,
    bounds: Bounds,
    uses: u64,
    weight: usize,
    forgotten: u64,
    /// How many changes of a name are being made.
    changing: HashMap<String, usize>,
}

/// How much is remembered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) values: usize,
    /// Of all values together. A value beyond it is not remembered.
    pub(crate) weight: usize,
}

struct Remembered<T> {
    value: Arc<T>,
    weight: usize,
    used: u64,
}

/// How often anything had been forgotten on purpose. See [`Recent::remember`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(u64);

impl<T> Recent<T> {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            by_name: HashMap::default(),
            by_use: BTreeMap::new(),
            bounds,
            uses: 0,
            weight: 0,
            forgotten: 0,
            changing: HashMap::new(),
        }
    }

    pub(crate) fn find(&mut self, name: &str) -> Option<Arc<T>> {
        let there = self.by_name.get_mut(name)?;
        // Most often it is what was used last, which keeps its place.
        if there.used < self.uses {
            self.uses += 1;
            let name = self.by_use.remove(&there.used);
            self.by_use.extend(name.map(|name| (self.uses, name)));
            there.used = self.uses;
        }
        Some(Arc::clone(&there.value))
    }

    /// Before this, nothing of what was read could have become stale.
    pub(crate) fn moment(&self) -> Moment {
        Moment(self.forgotten)
    }

    /// Keeps a value in mind that was read after the moment. It is not kept if
    /// anything was forgotten since, as it may be what is stale; nor while it is
    /// being changed.
    pub(crate) fn remember(&mut self, name: &str, value: Arc<T>, weight: usize, read: Moment) {
        let is_stale = read != self.moment() || self.changing.contains_key(name);
        if is_stale || weight > self.bounds.weight {
            return;
        }
        self.remove(name);
        self.uses += 1;
        self.weight += weight;
        let name: Arc<str> = name.into();
        self.by_use.insert(self.uses, Arc::clone(&name));
        let used = self.uses;
        let remembered = Remembered {
            value,
            weight,
            used,
        };
        self.by_name.insert(name, remembered);
        self.shrink();
    }

    /// Puts a value out of mind that is about to change, until
    /// [`changed`](Self::changed): whoever has read what changes with it must not
    /// find the value of before.
    pub(crate) fn change(&mut self, name: &str) {
        *self.changing.entry(name.to_owned()).or_default() += 1;
        self.forget(name);
    }

    /// A change was made, or not.
    pub(crate) fn changed(&mut self, name: &str) {
        if let Some(changes) = self.changing.get_mut(name) {
            *changes -= 1;
            if *changes == 0 {
                self.changing.remove(name);
            }
        }
        self.forget(name);
    }

    fn forget(&mut self, name: &str) {
        self.forgotten += 1;
        self.remove(name);
    }

    fn shrink(&mut self) {
        while self.by_name.len() > self.bounds.values || self.weight > self.bounds.weight {
            let Some((_, name)) = self.by_use.pop_first() else {
                return;
            };
            self.remove(&name);
        }
    }

    fn remove(&mut self, name: &str) {
        if let Some(removed) = self.by_name.remove(name) {
            self.by_use.remove(&removed.used);
            self.weight -= removed.weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recent(values: usize, weight: usize) -> Recent<char> {
        Recent::new(Bounds { values, weight })
    }

    fn remember(recent: &mut Recent<char>, names: &str, weight: usize) {
        let read = recent.moment();
        for name in names.chars() {
            recent.remember(&name.to_string(), Arc::new(name), weight, read);
        }
    }

    fn remembered(recent: &Recent<char>) -> String {
        let names = recent.by_use.values();
        names.map(|name| &**name).collect()
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut recent = recent(3, 100);
        remember(&mut recent, "abc", 1);
        assert_eq!(recent.find("a").as_deref(), Some(&'a'));
        remember(&mut recent, "d", 1);
        assert_eq!(remembered(&recent), "cad");
        assert_eq!(recent.find("b"), None);
    }

    #[test]
    fn heavy_values_make_room_and_too_heavy_ones_are_not_kept() {
        let mut recent = recent(10, 10);
        remember(&mut recent, "ab", 4);
        remember(&mut recent, "c", 6);
        assert_eq!(remembered(&recent), "bc");
        remember(&mut recent, "d", 11);
        assert_eq!(remembered(&recent), "bc");
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let mut recent = recent(10, 10);
        let read = recent.moment();
        recent.forget("a");
        recent.remember("a", Arc::new('a'), 1, read);
        assert_eq!(recent.find("a"), None);
    }

    #[test]
    fn what_is_being_changed_is_not_remembered() {
        let mut recent = recent(10, 10);
        remember(&mut recent, "a", 1);
        recent.change("a");
        recent.change("a");
        for _ in 0..2 {
            assert_eq!(recent.find("a"), None);
            remember(&mut recent, "ab", 1);
            assert_eq!(remembered(&recent), "b");
            recent.changed("a");
        }
        remember(&mut recent, "a", 1);
        assert_eq!(recent.find("a").as_deref(), Some(&'a'));
    }

    #[test]
    fn the_same_name_is_remembered_once() {
        let mut recent = recent(10, 10);
        remember(&mut recent, "aaa", 4);
        assert_eq!((remembered(&recent).as_str(), recent.weight), ("a", 4));
        recent.forget("a");
        assert_eq!((recent.by_use.len(), recent.weight), (0, 0));
    }
}
