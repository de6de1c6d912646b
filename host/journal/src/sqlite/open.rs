//! Opening the files of a store.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use super::{Durability, SqliteOptions, schema};
use crate::error::{OpenError, Result, StorageError};

/// Bytes in a page, SQLite's default.
const PAGE: u64 = 4096;

/// What the lock file says once there is a store beside it.
const MADE: &[u8] = b"a store lies beside this file\n";

/// Keeps every other process away from a directory, until it is dropped or the
/// process ends, however it ends.
pub(super) struct Lock {
    directory: PathBuf,
    file: File,
}

impl Lock {
    /// Makes the directory where there is none, and takes it.
    pub(super) fn take(directory: &Path) -> Result<Self, OpenError> {
        make_directory(directory).map_err(|error| prepare(directory, error))?;
        let path = directory.join("sandstep.lock");
        let mut options = File::options();
        let options = options.create(true).truncate(false).read(true).write(true);
        let file = options.open(&path).map_err(|error| prepare(&path, error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self {
                directory: directory.to_owned(),
                file,
            }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(directory.to_owned())),
            Err(TryLockError::Error(error)) => Err(prepare(&path, error)),
        }
    }

    pub(super) fn database(&self) -> PathBuf {
        self.directory.join("sandstep.db")
    }

    /// Whether a store was made here before.
    fn says_made(&self) -> io::Result<bool> {
        let mut text = Vec::new();
        let file = &self.file;
        file.take(MADE.len() as u64).read_to_end(&mut text)?;
        Ok(text == MADE)
    }

    fn say_made(&self) -> io::Result<()> {
        self.file.set_len(0)?;
        (&self.file).rewind()?;
        (&self.file).write_all(MADE)?;
        self.file.sync_all()?;
        File::open(&self.directory)?.sync_all()
    }
}

/// A directory that outlives the loss of power: its name is synced as well.
fn make_directory(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(directory)?;
    let parent = directory.canonicalize()?;
    parent
        .parent()
        .map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

fn prepare(path: &Path, source: io::Error) -> OpenError {
    match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            OpenError::Storage(StorageError::ReadOnly)
        }
        io::ErrorKind::StorageFull => OpenError::Storage(StorageError::Full),
        _ => OpenError::Prepare {
            path: path.to_owned(),
            source,
        },
    }
}

/// The connection that writes, to a store that is whole and up to date.
pub(super) fn writable(lock: &Lock, options: &SqliteOptions) -> Result<Connection, OpenError> {
    let path = lock.database();
    let mut connection = Connection::open(&path).map_err(StorageError::from)?;
    if connection.is_readonly("main").map_err(StorageError::from)? {
        return Err(OpenError::Storage(StorageError::ReadOnly));
    }
    let found = schema::find(&connection).map_err(|found| found.at(&path))?;
    let made = lock.says_made().map_err(|error| prepare(&path, error))?;
    if found.is_none() && made {
        let missing = "the database is empty or missing, though there was one";
        return Err(OpenError::Storage(StorageError::Corrupt(missing.into())));
    }
    check(&connection)?;
    configure(&connection, options).map_err(StorageError::from)?;
    let from = found.unwrap_or(0);
    schema::migrate(&mut connection, from, schema::MIGRATIONS).map_err(StorageError::from)?;
    if !made {
        lock.say_made().map_err(|error| prepare(&path, error))?;
    }
    Ok(connection)
}

/// Walks through every page of the file.
fn check(connection: &Connection) -> Result<(), StorageError> {
    let sql = "PRAGMA quick_check(1)";
    let verdict: String = connection.query_row(sql, [], |row| row.get(0))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(StorageError::Corrupt(verdict))
}

fn configure(connection: &Connection, options: &SqliteOptions) -> rusqlite::Result<()> {
    let synchronous = match options.durability {
        Durability::Power => "FULL",
        Durability::Process => "NORMAL",
    };
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", synchronous)?;
    // The writer checkpoints itself, once its callers have their answers.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // In KiB where negative: the hot ends of a dozen trees.
    connection.pragma_update(None, "cache_size", -8192)?;
    connection.set_prepared_statement_cache_capacity(64);
    if let Some(quota) = options.quota {
        let pages = (quota / PAGE).clamp(1, u32::MAX.into());
        connection.pragma_update(None, "max_page_count", pages as i64)?;
    }
    Ok(())
}

/// A connection that only reads.
pub(super) fn readable(database: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}
