//! One process at a time compiles a component; the others wait for its code.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often a process that waits looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The extension of the files that are locked.
pub(crate) const LOCK: &str = "lock";

/// The right to compile one component, until it is dropped.
///
/// It saves work and nothing depends on it: where a lock cannot be had, two
/// processes compile the same code.
pub(crate) struct Turn {
    path: PathBuf,
    /// The system unlocks it when it is closed, a crash included.
    file: Option<File>,
}

impl Turn {
    /// Waits while somebody else compiles what shall be at `code`, unless that
    /// takes longer than `patience`: the other may have been suspended.
    pub(crate) async fn wait(code: &Path, patience: Duration) -> Self {
        let path = code.with_extension(LOCK);
        let file = match tokio::time::timeout(patience, lock(&path)).await {
            Ok(Ok(file)) => Some(file),
            Ok(Err(_)) | Err(_) => None,
        };
        Self { path, file }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.file.is_some() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

// Looking again rather than waiting in the system: the latter would hold a
// thread, beyond the end of a load that was given up.
async fn lock(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(LOOK_AGAIN).await,
            Err(TryLockError::Error(cause)) => return Err(cause),
        }
    }
}
