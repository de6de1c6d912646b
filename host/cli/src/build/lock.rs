//! One builder at a time: files that processes lock against each other.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use crate::command_error::CommandError;

/// A turn that other processes wait for; it ends when this is dropped, or
/// with the process.
#[derive(Debug)]
pub(crate) struct Turn {
    _file: File,
}

impl Turn {
    /// Waits for the turn that the file at `path` stands for, making the file
    /// if need be. `waiting` tells the person so, if the turn is another's.
    pub(crate) fn take(path: &Path, waiting: impl FnOnce()) -> Result<Self, CommandError> {
        let file = open(path).map_err(|cause| CommandError::io("making", path, &cause))?;
        lock(&file, waiting).map_err(|cause| CommandError::io("locking", path, &cause))?;
        Ok(Self { _file: file })
    }
}

fn lock(file: &File, waiting: impl FnOnce()) -> io::Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            waiting();
            file.lock()
        }
        Err(TryLockError::Error(cause)) => Err(cause),
    }
}

/// A file that is there is not opened for writing: what was built once can be
/// used where nothing can be written.
fn open(path: &Path) -> io::Result<File> {
    match File::open(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => create(path),
        opened => opened,
    }
}

fn create(path: &Path) -> io::Result<File> {
    fs::create_dir_all(path.parent().expect("a lock lies in a folder"))?;
    File::create(path)
}
