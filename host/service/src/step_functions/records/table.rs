//! The records of one kind.

use std::fmt::Display;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard};

use sandstep_journal::{Catalog, CatalogQuery, Change, Entry, Error, Key, Kind, StorageError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Moment;
use super::recent::{Bounds, Recent};
use crate::step_functions::api_error::ApiError;

/// How much of each kind is remembered: about 32 MiB at most, and rarely that.
const REMEMBERED: Bounds = Bounds {
    values: 4_096,
    weight: 32 * 1024 * 1024,
};

/// How many entries are read at a time where all are wanted.
const AT_A_TIME: usize = 1_000;

/// Something that is kept in a catalog as JSON.
pub(crate) trait Record: Serialize + DeserializeOwned + Send + Sync + 'static {
    const KIND: Kind;

    /// About how many bytes of memory it takes.
    fn weight(&self) -> usize {
        1_024
    }
}

/// A record as it is kept.
#[derive(Debug)]
pub(crate) struct Kept<R> {
    /// The name it is kept under.
    pub(crate) name: String,
    /// What a change of it must expect.
    pub(crate) version: u64,
    pub(crate) record: R,
}

impl<R> Deref for Kept<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.record
    }
}

/// Stored records say how they are written, so that they can be written
/// otherwise one day.
#[derive(Serialize, Deserialize)]
struct Stored<R> {
    v: u32,
    record: R,
}

/// How records are written now.
const V: u32 = 1;

/// All records of a kind.
///
/// What was read lately is remembered. That is sound as long as one process
/// writes to a catalog, which every store of one process makes sure of.
pub(crate) struct Table<R> {
    catalog: Arc<dyn Catalog>,
    recent: Mutex<Recent<Kept<R>>>,
    kind: PhantomData<R>,
}

impl<R: Record> Table<R> {
    pub(crate) fn new(catalog: &Arc<dyn Catalog>) -> Self {
        Self {
            catalog: Arc::clone(catalog),
            recent: Mutex::new(Recent::new(REMEMBERED)),
            kind: PhantomData,
        }
    }

    /// The record of a name, as it was at some moment after the call.
    pub(crate) async fn find(&self, name: &str) -> Result<Option<Arc<Kept<R>>>, ApiError> {
        let read = {
            let mut recent = self.recent();
            if let Some(kept) = recent.find(name) {
                return Ok(Some(kept));
            }
            recent.moment()
        };
        let Some(entry) = self.catalog.get(&key::<R>(name)).await? else {
            return Ok(None);
        };
        let kept = Arc::new(kept::<R>(name.to_owned(), entry)?);
        let weight = kept.weight() + name.len();
        self.recent()
            .remember(name, Arc::clone(&kept), weight, read);
        Ok(Some(kept))
    }

    /// Up to so many records in the order of their names, of those whose name
    /// begins with the prefix and comes after another one.
    pub(crate) async fn list(
        &self,
        prefix: &str,
        after: Option<String>,
        most: usize,
    ) -> Result<Vec<Kept<R>>, ApiError> {
        let query = CatalogQuery {
            kind: R::KIND,
            prefix: prefix.to_owned(),
            after,
            limit: most,
        };
        let entries = self.catalog.list(query).await?;
        let kept = entries.into_iter().map(|(name, entry)| kept(name, entry));
        kept.collect()
    }

    /// All records whose name begins so.
    pub(crate) async fn all(&self, prefix: &str) -> Result<Vec<Kept<R>>, ApiError> {
        let mut all = Vec::new();
        self.visit(prefix, |kept| all.push(kept)).await?;
        Ok(all)
    }

    /// Looks at all records whose name begins so, in the order of their names,
    /// and answers how many there are. Only some are in memory at a time.
    pub(crate) async fn visit(
        &self,
        prefix: &str,
        mut look: impl FnMut(Kept<R>),
    ) -> Result<usize, ApiError> {
        let (mut after, mut count) = (None, 0);
        loop {
            let page = self.list(prefix, after, AT_A_TIME).await?;
            let Some(last) = page.last() else {
                return Ok(count);
            };
            after = Some(last.name.clone());
            count += page.len();
            page.into_iter().for_each(&mut look);
        }
    }

    /// Nothing is remembered of a name from before a change until after it.
    pub(crate) fn forget(&self, name: &str, moment: Moment) {
        match moment {
            Moment::Before => self.recent().change(name),
            Moment::After => self.recent().changed(name),
        }
    }

    fn recent(&self) -> MutexGuard<'_, Recent<Kept<R>>> {
        self.recent
            .lock()
            .expect("nothing panics while it holds this")
    }
}

/// The bytes that a record is kept as.
pub(crate) fn write<R: Record>(record: &R) -> Vec<u8> {
    serde_json::to_vec(&Stored { v: V, record }).expect("a record has no keys but texts")
}

fn kept<R: Record>(name: String, entry: Entry) -> Result<Kept<R>, ApiError> {
    let Entry { version, value } = entry;
    match serde_json::from_slice(&value) {
        Ok(Stored { v: V, record }) => Ok(Kept {
            name,
            version,
            record,
        }),
        Ok(Stored { v, .. }) => Err(unreadable::<R>(&name, format_args!("it has form {v}"))),
        Err(error) => Err(unreadable::<R>(&name, error)),
    }
}

fn unreadable<R: Record>(name: &str, why: impl Display) -> ApiError {
    let problem = format!("{:?} {name} cannot be read: {why}", R::KIND);
    Error::from(StorageError::Corrupt(problem)).into()
}

fn key<R: Record>(name: &str) -> Key {
    Key {
        kind: R::KIND,
        name: name.to_owned(),
    }
}

/// A new record; there must be none of this name.
pub(crate) fn add<R: Record>(name: &str, record: &R) -> Change {
    Change::Put {
        key: key::<R>(name),
        expected: 0,
        value: write(record),
    }
}

impl<R: Record> Kept<R> {
    /// Another record in the place of this one.
    pub(crate) fn replace(&self, record: &R) -> Change {
        Change::Put {
            key: key::<R>(&self.name),
            expected: self.version,
            value: write(record),
        }
    }

    pub(crate) fn remove(&self) -> Change {
        Change::Delete {
            key: key::<R>(&self.name),
            expected: self.version,
        }
    }
}
