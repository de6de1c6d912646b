//! What can go wrong with a store.

use std::{io, path::PathBuf, sync::Arc};

/// The result of an operation on a store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation was refused or failed.
///
/// Only [`Error::Storage`] leaves open whether anything was written; every other
/// one says that nothing was.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Somebody else was faster: load again and decide anew.
    #[error("expected version {expected}, found {found}")]
    Conflict {
        /// What the caller had seen; 0 means that nothing was to be there.
        expected: u64,
        /// What is there; 0 means nothing.
        found: u64,
    },
    /// No execution has this id; retention may have removed it.
    #[error("no such execution")]
    NoSuchExecution,
    /// Another owner has claimed the store since.
    #[error("the claim of epoch {epoch} was lost to a later one")]
    ClaimLost {
        /// The epoch that is over.
        epoch: u64,
    },
    /// As many operations wait as may. Nothing was written; it may be tried again.
    #[error("the store's queue is full")]
    Busy,
    /// The store was closed before it came to this operation.
    #[error("the store is closed")]
    Closed,
    /// The medium failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What the medium under a store did.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StorageError {
    /// The disk, or the store's own quota, has no room. Nothing was written;
    /// the store goes on as soon as there is room.
    #[error("the disk is full, or the store's quota is used up")]
    Full,
    /// The store may not be written.
    #[error("the store is read-only")]
    ReadOnly,
    /// Another program, not a store of this software, locks the database file.
    /// Nothing was written; it may be tried again.
    #[error("another program has locked the database")]
    Locked,
    /// One value is larger than the store can hold: a gigabyte in SQLite.
    #[error("a value is larger than the store can hold")]
    TooLarge,
    /// What is stored is not what was written.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// Reading or writing failed. A store whose writing failed takes no more
    /// writes until it is opened again, since what the last one left is unknown.
    #[error("reading or writing the store failed")]
    Io(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// An earlier write failed; see [`StorageError::Io`].
    #[error("an earlier write failed; open the store again")]
    Halted,
}

impl StorageError {
    /// Whether the store is certain to be as it was before, once what was written
    /// of the transaction is undone.
    pub(crate) fn is_harmless(&self) -> bool {
        match self {
            // Damage is found while reading: one execution's is not everybody's.
            Self::Full | Self::ReadOnly | Self::Locked | Self::TooLarge | Self::Corrupt(_) => true,
            Self::Io(_) | Self::Halted => false,
        }
    }
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another part of this one, has it open.
    #[error("{} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// A newer version of this software has written it.
    #[error(
        "the store has schema {found}, this version knows schemas up to {known}; use a newer version"
    )]
    NewerSchema {
        /// The schema that was found.
        found: u32,
        /// The newest schema that is known here.
        known: u32,
    },
    /// The file is a database of something else.
    #[error("{} is not a store of this software", .0.display())]
    Foreign(PathBuf),
    /// The directory or the lock could not be made.
    #[error("cannot prepare {}", path.display())]
    Prepare {
        /// Which file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The medium failed, or holds something else than was written.
    #[error("cannot open the store")]
    Storage(#[from] StorageError),
}
