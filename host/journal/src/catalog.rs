//! The trait that everything but executions is kept through.

use crate::{
    answer::Answer,
    error::{Error, Result},
};

/// Keeps definitions, functions and what belongs to them, as bytes under typed
/// keys. The promises of [`Journal`](crate::Journal) hold here as well.
///
/// Versions are drawn from one counter of the whole store and never used twice,
/// so an entry that was deleted and made again is not taken for the old one.
pub trait Catalog: Send + Sync {
    /// The entry under this key.
    fn get(&self, key: &Key) -> Answer<Option<Entry>>;

    /// Writes an entry in place of the version that the caller had seen; 0 means
    /// that there must be none. The answer is the new version.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if another version is there.
    fn put(&self, key: Key, expected: u64, value: Vec<u8>) -> Answer<u64>;

    /// Removes the version that the caller had seen.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if another version, or none, is there.
    fn delete(&self, key: Key, expected: u64) -> Answer<()>;

    /// Makes all of these changes, or none. The answer is the version that every
    /// entry has that was written.
    ///
    /// What a change expects is what is there before the first of them; of two
    /// changes of one key the later one stays.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] of the first change that may not be made, as
    /// [`Catalog::put`] and [`Catalog::delete`] say.
    fn change(&self, changes: Vec<Change>) -> Answer<u64>;

    /// A page of the entries of a kind, in the order of their names' bytes.
    fn list(&self, query: CatalogQuery) -> Answer<Vec<(String, Entry)>>;
}

/// Names an entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What sort of thing.
    pub kind: Kind,
    /// Which one; an ARN or a digest.
    pub name: String,
}

/// The sorts of things that a catalog holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A state machine as it is now.
    StateMachine,
    /// A definition that was current once, by its digest or revision.
    Revision,
    /// A published version of a state machine.
    Version,
    /// An alias.
    Alias,
    /// The tags of a resource.
    Tags,
    /// A function.
    Function,
    /// A function's code, by its digest.
    Code,
    /// An activity.
    Activity,
    /// A setting of the store's owner, such as the key that task tokens are
    /// signed with.
    Setting,
}

impl Kind {
    /// Every kind there is.
    pub const ALL: [Self; 9] = [
        Self::StateMachine,
        Self::Revision,
        Self::Version,
        Self::Alias,
        Self::Tags,
        Self::Function,
        Self::Code,
        Self::Activity,
        Self::Setting,
    ];
}

/// What is kept under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the next write must expect; never 0.
    pub version: u64,
    /// The bytes.
    pub value: Vec<u8>,
}

/// What happens to an entry, together with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is written, as [`Catalog::put`] does.
    Put {
        /// Which.
        key: Key,
        /// The version that the caller had seen; 0 means that there must be none.
        expected: u64,
        /// The bytes.
        value: Vec<u8>,
    },
    /// It is removed, as [`Catalog::delete`] does.
    Delete {
        /// Which.
        key: Key,
        /// The version that the caller had seen.
        expected: u64,
    },
}

impl Change {
    /// The entry that changes.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put { key, .. } | Self::Delete { key, .. } => key,
        }
    }

    /// Lets it through where the version that is there is the one it expects.
    pub(crate) fn check(&self, found: u64) -> Result<()> {
        match self {
            Self::Put { expected, .. } => check_version(*expected, found),
            Self::Delete { expected, .. } => check_removal(*expected, found),
        }
    }
}

/// Which entries are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogQuery {
    /// Of which kind.
    pub kind: Kind,
    /// Only those whose name begins so.
    pub prefix: String,
    /// Only those after this name, which ended the page before.
    pub after: Option<String>,
    /// How many at most.
    pub limit: usize,
}

/// Lets through only a writer who has seen the current version.
fn check_version(expected: u64, found: u64) -> Result<()> {
    if expected == found {
        return Ok(());
    }
    Err(Error::Conflict { expected, found })
}

/// Lets through only a remover who has seen the current version: nothing is
/// removed where nothing is.
fn check_removal(expected: u64, found: u64) -> Result<()> {
    if found == 0 {
        return Err(Error::Conflict { expected, found });
    }
    check_version(expected, found)
}
