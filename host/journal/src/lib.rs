//! Keeps executions and the catalog, so that what was acknowledged is never lost.
//!
//! Two narrow traits in plain types: a [`Journal`] holds executions, a
//! [`Catalog`] everything else. [`MemoryStore`] is the model that tests compare
//! with, and the store of what need not last; [`SqliteStore`] keeps both in a
//! directory. What may be committed is decided once, above the stores.
//!
//! Nothing here knows the States Language: what is stored are bytes under keys.
//! Time is an argument; the order of starting is the store's own.
#![forbid(unsafe_code)]

mod answer;
mod blob;
mod catalog;
mod error;
mod execution;
mod journal;
mod memory;
mod records;
mod sqlite;

pub use answer::Answer;
pub use blob::{Blob, Digest, INLINE_LIMIT};
pub use catalog::{Catalog, CatalogQuery, Change, Entry, Key, Kind};
pub use error::{Error, OpenError, Result, StorageError};
pub use execution::{
    Advance, Batch, ExecutionId, Millis, NewExecution, QueueChange, Record, Standing, Started,
    Status, Summary, Waiting,
};
pub use journal::{
    Due, DueQuery, Event, Expired, HistoryQuery, Journal, ListQuery, Loaded, Order, Page, PageToken,
};
pub use memory::MemoryStore;
pub use records::Records;
pub use sqlite::{Durability, SqliteOptions, SqliteStore};
