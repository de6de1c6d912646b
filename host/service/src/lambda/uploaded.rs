//! The uploaded functions of an account, in its catalog.

use std::collections::BTreeSet;
use std::sync::Arc;

use sandstep_journal::{Catalog, CatalogQuery, Change, Digest, Entry, Key, Kind};

use super::api_error::ApiError;
use super::record::Record;

/// How many entries are read at a time.
const PAGE: usize = 100;

/// Reads and writes functions' records and components. A component is kept once,
/// however many functions have it, and as long as any has it.
///
/// Whoever writes does so alone: which components nobody has is found out by
/// looking at every record.
pub(crate) struct Uploaded {
    catalog: Arc<dyn Catalog>,
    /// What the ARNs of functions begin with.
    prefix: String,
}

/// A record as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) record: Record,
    version: u64,
}

/// How much an account has uploaded.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extent {
    pub(crate) functions: usize,
    /// The sizes of all packages together.
    pub(crate) bytes: u64,
}

impl Uploaded {
    pub(crate) fn new(catalog: Arc<dyn Catalog>, prefix: String) -> Self {
        Self { catalog, prefix }
    }

    pub(crate) fn arn(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn key(&self, name: &str) -> Key {
        Key {
            kind: Kind::Function,
            name: self.arn(name),
        }
    }

    pub(crate) async fn find(&self, name: &str) -> Result<Option<Stored>, ApiError> {
        let entry = self.catalog.get(&self.key(name)).await?;
        entry.map(|entry| Stored::of(&entry)).transpose()
    }

    /// The next functions behind a name, in the order of their names.
    pub(crate) async fn page(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Stored>, ApiError> {
        let query = CatalogQuery {
            kind: Kind::Function,
            prefix: self.prefix.clone(),
            after: after.map(|name| self.arn(name)),
            limit,
        };
        let entries = self.catalog.list(query).await?;
        entries.iter().map(|(_, entry)| Stored::of(entry)).collect()
    }

    /// Looks at every function.
    async fn each(&self, mut look: impl FnMut(&Record)) -> Result<(), ApiError> {
        let mut after: Option<String> = None;
        loop {
            let page = self.page(after.as_deref(), PAGE).await?;
            page.iter().for_each(|stored| look(&stored.record));
            match page.last() {
                Some(last) if page.len() == PAGE => after = Some(last.record.name.clone()),
                _ => return Ok(()),
            }
        }
    }

    pub(crate) async fn all(&self) -> Result<Vec<Stored>, ApiError> {
        let mut all: Vec<Stored> = Vec::new();
        loop {
            let after = all.last().map(|last| last.record.name.as_str());
            let page = self.page(after, PAGE).await?;
            let is_last = page.len() < PAGE;
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }

    pub(crate) async fn extent(&self) -> Result<Extent, ApiError> {
        let mut extent = Extent::default();
        self.each(|record| {
            extent.functions += 1;
            extent.bytes += record.release.package.size.unsigned_abs();
        })
        .await?;
        Ok(extent)
    }

    /// The bytes of a component; `None` where they are not those that were put
    /// there.
    pub(crate) async fn component(&self, digest: &str) -> Result<Option<Vec<u8>>, ApiError> {
        let entry = self.catalog.get(&code(digest)).await?;
        Ok(entry
            .map(|entry| entry.value)
            .filter(|bytes| Digest::of(bytes).to_string() == digest))
    }

    /// Writes the record of a function, in place of what was there, together
    /// with the component that it brings; removes what nobody has any more.
    pub(crate) async fn write(
        &self,
        before: Option<&Stored>,
        record: Record,
        component: Option<Vec<u8>>,
    ) -> Result<Stored, ApiError> {
        let mut changes = self.unused(before, Some(&record)).await?;
        if let Some(bytes) = component {
            changes.extend(self.code_change(&record, bytes).await?);
        }
        changes.push(Change::Put {
            key: self.key(&record.name),
            expected: before.map_or(0, |before| before.version),
            value: record.encode(),
        });
        let version = self.catalog.change(changes).await?;
        Ok(Stored { record, version })
    }

    pub(crate) async fn remove(&self, stored: &Stored) -> Result<(), ApiError> {
        let mut changes = self.unused(Some(stored), None).await?;
        changes.push(Change::Delete {
            key: self.key(&stored.record.name),
            expected: stored.version,
        });
        self.catalog.change(changes).await?;
        Ok(())
    }

    /// Puts a component there, unless it is.
    async fn code_change(
        &self,
        record: &Record,
        bytes: Vec<u8>,
    ) -> Result<Option<Change>, ApiError> {
        let key = code(&record.release.package.component);
        let is_there = self.catalog.get(&key).await?.is_some();
        Ok((!is_there).then_some(Change::Put {
            key,
            expected: 0,
            value: bytes,
        }))
    }

    /// Removes the components of a function that neither it nor any other one
    /// has from now on.
    async fn unused(
        &self,
        before: Option<&Stored>,
        after: Option<&Record>,
    ) -> Result<Vec<Change>, ApiError> {
        let Some(before) = before else {
            return Ok(Vec::new());
        };
        let had = before.record.components().into_iter().map(str::to_owned);
        let mut unused: BTreeSet<String> = had.collect();
        let mut keep = |record: &Record| {
            for component in record.components() {
                unused.remove(component);
            }
        };
        after.iter().for_each(|record| keep(record));
        self.each(|record| {
            if record.name != before.record.name {
                keep(record);
            }
        })
        .await?;
        let mut changes = Vec::new();
        for component in unused {
            let key = code(&component);
            if let Some(entry) = self.catalog.get(&key).await? {
                let expected = entry.version;
                changes.push(Change::Delete { key, expected });
            }
        }
        Ok(changes)
    }
}

impl Stored {
    fn of(entry: &Entry) -> Result<Self, ApiError> {
        let record = Record::decode(&entry.value).ok_or_else(|| {
            tracing::error!("a function's record cannot be read");
            ApiError::internal()
        })?;
        Ok(Self {
            record,
            version: entry.version,
        })
    }
}

fn code(digest: &str) -> Key {
    Key {
        kind: Kind::Code,
        name: digest.to_owned(),
    }
}
