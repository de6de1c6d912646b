//! The catalog of a store in memory.

use super::{MemoryStore, Model};
use crate::{
    answer::Answer,
    catalog::{Catalog, CatalogQuery, Entry, Key, check_removal, check_version},
    error::Result,
};

impl Catalog for MemoryStore {
    fn get(&self, key: &Key) -> Answer<Option<Entry>> {
        Answer::ready(Ok(self.model().entries.get(key).cloned()))
    }

    fn put(&self, key: Key, expected: u64, value: Vec<u8>) -> Answer<u64> {
        Answer::ready(self.model().put(key, expected, value))
    }

    fn delete(&self, key: Key, expected: u64) -> Answer<()> {
        Answer::ready(self.model().delete(&key, expected))
    }

    fn list(&self, query: CatalogQuery) -> Answer<Vec<(String, Entry)>> {
        Answer::ready(Ok(self.model().entries_of(&query)))
    }
}

impl Model {
    fn version_of(&self, key: &Key) -> u64 {
        self.entries.get(key).map_or(0, |entry| entry.version)
    }

    fn put(&mut self, key: Key, expected: u64, value: Vec<u8>) -> Result<u64> {
        check_version(expected, self.version_of(&key))?;
        self.last_version += 1;
        let version = self.last_version;
        self.entries.insert(key, Entry { version, value });
        Ok(version)
    }

    fn delete(&mut self, key: &Key, expected: u64) -> Result<()> {
        check_removal(expected, self.version_of(key))?;
        self.entries.remove(key);
        Ok(())
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
