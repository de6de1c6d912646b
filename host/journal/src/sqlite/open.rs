//! Opening the files of a store.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use super::{Durability, SqliteOptions, check::Search, checksum, log, schema};
use crate::error::{OpenError, Result, StorageError};

/// Bytes in a page, SQLite's default.
pub(super) const PAGE: u64 = 4096;

/// What the lock file says once there is a store beside it.
const MADE: &[u8] = b"a store lies beside this file\n";

/// What it says of one whose log may have lost anything with the power.
const MADE_UNSYNCED: &[u8] = b"a store lies beside this file\nits commits are not synced\n";

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

    fn log(&self) -> PathBuf {
        self.directory.join("sandstep.db-wal")
    }

    /// What was said of the store that was made here, if one was.
    fn said(&self) -> io::Result<Said> {
        let mut text = Vec::new();
        let mut file = &self.file;
        file.rewind()?;
        file.take(MADE_UNSYNCED.len() as u64)
            .read_to_end(&mut text)?;
        let known = [Said::Unsynced, Said::Synced];
        let said = known.into_iter().find(|said| text.starts_with(said.text()));
        Ok(said.unwrap_or(Said::Nothing))
    }

    /// Says how the store is written from now on. Before the first commit: were it
    /// said later, the loss of power could leave a log that belies it.
    fn say(&self, wanted: Said) -> io::Result<()> {
        if self.said()? == wanted {
            return Ok(());
        }
        let text = wanted.text();
        (&self.file).rewind()?;
        (&self.file).write_all(text)?;
        self.file.set_len(text.len() as u64)?;
        self.file.sync_all()?;
        File::open(&self.directory)?.sync_all()
    }
}

/// What the lock file says of the store beside it.
#[derive(Clone, Copy, PartialEq)]
enum Said {
    Nothing,
    Synced,
    Unsynced,
}

impl Said {
    fn of(durability: Durability) -> Self {
        match durability {
            Durability::Power => Self::Synced,
            Durability::Process => Self::Unsynced,
        }
    }

    fn text(self) -> &'static [u8] {
        match self {
            Self::Nothing => b"",
            Self::Synced => MADE,
            Self::Unsynced => MADE_UNSYNCED,
        }
    }
}

/// A directory that outlives the loss of power, as those do that it is made in:
/// each name is synced as well.
fn make_directory(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    // A path of one word has an empty parent, which stands for one that is there.
    let parent = directory.parent();
    if let Some(parent) = parent.filter(|parent| !parent.as_os_str().is_empty()) {
        make_directory(parent)?;
    }
    // Payloads, code and keys are nobody else's.
    match DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let made = directory.canonicalize()?;
    made.parent()
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
    let said = lock.said().map_err(|error| prepare(&path, error))?;
    if said == Said::Synced {
        log::check(&lock.log())?;
    }
    make_private(&path).map_err(|error| prepare(&path, error))?;
    let mut connection = Connection::open(&path).map_err(StorageError::from)?;
    if connection.is_readonly("main").map_err(StorageError::from)? {
        return Err(OpenError::Storage(StorageError::ReadOnly));
    }
    let found = schema::find(&connection).map_err(|found| found.at(&path))?;
    if found.is_none() && said != Said::Nothing {
        let missing = "the database is empty or missing, though there was one";
        return Err(OpenError::Storage(StorageError::Corrupt(missing.into())));
    }
    let search = Search::within(options.checking);
    search.trees(&mut connection)?;
    configure(&connection, options).map_err(StorageError::from)?;
    let from = found.unwrap_or(0);
    schema::migrate(&mut connection, from, schema::MIGRATIONS).map_err(StorageError::from)?;
    search.rows(&mut connection)?;
    let wanted = Said::of(options.durability);
    if from != schema::CURRENT || said != wanted {
        fold_log(&connection, "TRUNCATE").map_err(StorageError::from)?;
    }
    let told = lock.say(wanted);
    told.map_err(|error| prepare(&path, error))?;
    Ok(connection)
}

/// Makes the database where there is none, for its owner alone. SQLite gives its log the
/// same mode.
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let made = options.write(true).create_new(true).mode(0o600).open(path);
    match made {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Folds the log into the database, as far as readers allow, and syncs it.
pub(super) fn fold_log(connection: &Connection, mode: &str) -> rusqlite::Result<()> {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    connection.query_row(&sql, [], |_| Ok(()))
}

fn configure(connection: &Connection, options: &SqliteOptions) -> rusqlite::Result<()> {
    let synchronous = match options.durability {
        Durability::Power => "FULL",
        Durability::Process => "NORMAL",
    };
    checksum::register(connection)?;
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
    checksum::register(&connection)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}
