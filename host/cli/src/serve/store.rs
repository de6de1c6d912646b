//! The store that a server keeps everything in.

use std::sync::Arc;

use sandstep_journal::{Durability, OpenError, SqliteOptions, SqliteStore, StorageError};

use crate::args::{DurabilityName, StoreArgs};
use crate::command_error::CommandError;

/// Opens the store, or makes it.
pub(crate) async fn open_store(args: &StoreArgs) -> Result<Arc<SqliteStore>, CommandError> {
    let directory = args.data.clone();
    let options = SqliteOptions {
        durability: match args.durability {
            DurabilityName::Power => Durability::Power,
            DurabilityName::Process => Durability::Process,
        },
        ..SqliteOptions::default()
    };
    // Opening reads the disk for up to a second.
    let opening = tokio::task::spawn_blocking(move || SqliteStore::open(&directory, options));
    let opened = opening.await.expect("opening a store does not panic");
    opened.map(Arc::new).map_err(|cause| refused(args, &cause))
}

/// Says what the person may do.
fn refused(args: &StoreArgs, cause: &OpenError) -> CommandError {
    let data = args.data.display();
    let error = CommandError::caused(format!("opening the store in {data}"), cause);
    match cause {
        OpenError::InUse(_) => error.hint(
            "another server keeps its executions there; stop it, or give --data DIR another folder",
        ),
        OpenError::NewerSchema { .. } => {
            error.hint("nothing was changed: the version that wrote it can open it")
        }
        OpenError::Foreign(_) => error.hint("give --data DIR a folder of its own"),
        OpenError::Prepare { .. } => {
            error.hint("--data DIR must be a folder that may be made and written")
        }
        OpenError::Storage(StorageError::ReadOnly) => {
            error.hint("the folder and its files must be writable for this user")
        }
        OpenError::Storage(StorageError::Full) => {
            error.hint("nothing was lost; make room and start again")
        }
        OpenError::Storage(StorageError::Corrupt(_)) => {
            error.hint("copy the folder away before anything else, and restore a copy of it")
        }
        OpenError::Storage(_) => error,
    }
}
