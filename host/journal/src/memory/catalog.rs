//! The catalog of a store in memory.

use super::{MemoryStore, Model};
use crate::{
    answer::Answer,
    catalog::{Catalog, CatalogQuery, Change, Entry, Key},
    error::Result,
};

impl Catalog for MemoryStore {
    fn get(&self, key: &Key) -> Answer<Option<Entry>> {
        Answer::ready(Ok(self.model().entries.get(key).cloned()))
    }

    fn put(&self, key: Key, expected: u64, value: Vec<u8>) -> Answer<u64> {
        let change = Change::Put {
            key,
            expected,
            value,
        };
        self.change(vec![change])
    }

    fn delete(&self, key: Key, expected: u64) -> Answer<()> {
        let change = Change::Delete { key, expected };
        Answer::ready(self.model().change(vec![change]).map(drop))
    }

    fn change(&self, changes: Vec<Change>) -> Answer<u64> {
        Answer::ready(self.model().change(changes))
    }

    fn list(&self, query: CatalogQuery) -> Answer<Vec<(String, Entry)>> {
        Answer::ready(Ok(self.model().entries_of(&query)))
    }
}

impl Model {
    fn version_of(&self, key: &Key) -> u64 {
        self.entries.get(key).map_or(0, |entry| entry.version)
    }

    fn change(&mut self, changes: Vec<Change>) -> Result<u64> {
        for change in &changes {
            change.check(self.version_of(change.key()))?;
        }
        self.last_version += 1;
        let version = self.last_version;
        for change in changes {
            match change {
                Change::Put { key, value, .. } => {
                    self.entries.insert(key, Entry { version, value });
                }
                Change::Delete { key, .. } => {
                    self.entries.remove(&key);
                }
            }
        }
        Ok(version)
    }

    fn entries_of(&self, query: &CatalogQuery) -> Vec<(String, Entry)> {
        let after = |name: &String| query.after.as_ref().is_none_or(|after| name > after);
        self.entries
            .iter()
            .filter(|(key, _)| key.kind == query.kind)
            .filter(|(key, _)| key.name.starts_with(&query.prefix) && after(&key.name))
            .take(query.limit)
            .map(|(key, entry)| (key.name.clone(), entry.clone()))
            .collect()
    }
}
