//! Compiled components on disk, shared by processes of one user.
//!
//! A file appears under its name complete or not at all, and may be removed at
//! any time: whoever wants it then compiles it again. So no reader needs a
//! lock.

use std::cmp::Reverse;
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, DirEntry, File, Metadata, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::engine::hex;
use crate::error::SandboxError;
use crate::turn;

/// Write permission for group or others.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// The directory of compiled components.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// Creates the directory if need be, for this user alone.
    pub(crate) fn open(directory: PathBuf) -> Result<Self, SandboxError> {
        let created = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&directory)
            .and_then(|()| fs::metadata(&directory));
        match created {
            Ok(metadata) if is_private(&metadata) => {
                remove_abandoned(&directory);
                Ok(Self { directory })
            }
            Ok(_) => Err(SandboxError::CacheNotPrivate { path: directory }),
            Err(cause) => Err(SandboxError::Cache {
                path: directory,
                cause,
            }),
        }
    }

    /// Where the code for this component and this engine is kept.
    pub(crate) fn path(&self, component: &[u8], code_key: &str) -> PathBuf {
        let digest = hex(&Sha256::digest(component));
        self.directory.join(format!("{digest}-{code_key}.{CODE}"))
    }

    /// Reads a file that only this user can have written.
    ///
    /// Anything else, and any failure, is `None`: the caller compiles again.
    pub(crate) fn read(&self, path: &Path) -> Option<Vec<u8>> {
        // The directory is examined each time, since its owner may have
        // opened it to others since it was first looked at.
        let directory = fs::metadata(&self.directory).ok()?;
        // Not following a link and looking at the opened file rather than its
        // path, so that what was checked is what is read.
        let mut file = OpenOptions::new()
            .read(true)
            .custom_flags(NO_FOLLOW)
            .open(path)
            .ok()?;
        let metadata = file.metadata().ok()?;
        if !is_private(&directory) || !is_private(&metadata) || !metadata.is_file() {
            return None;
        }
        // Tells `evict` that it is in use. Where it fails, the file is merely
        // removed earlier.
        let _ = file.set_modified(SystemTime::now());
        read_all(&mut file, metadata.len()).ok()
    }

    /// Removes what was read least recently, until `maximum` bytes of code or
    /// a single file are left.
    pub(crate) fn evict(&self, maximum: u64) {
        let mut kept = 0_u64;
        for (index, code) in self.most_recent_first().iter().enumerate() {
            kept = kept.saturating_add(code.size);
            if index > 0 && kept > maximum {
                // Another process may be doing the same.
                let _ = fs::remove_file(&code.path);
            }
        }
    }

    fn most_recent_first(&self) -> Vec<Code> {
        let entries = fs::read_dir(&self.directory);
        let mut found: Vec<_> = entries
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Code::of(&entry))
            .collect();
        found.sort_by_key(|code| Reverse(code.used));
        found
    }

    /// A name in the same directory for a file that is still being written.
    pub(crate) fn temporary(&self) -> Temporary {
        // Drawn rather than counted: after a power cut, or in another
        // container, a process may well have the same number as this one.
        let drawn = RandomState::new().hash_one(std::process::id());
        let name = format!("{drawn:016x}.{UNFINISHED}");
        Temporary(self.directory.join(name))
    }
}

const CODE: &str = "code";

/// One compiled component, as the directory lists it.
struct Code {
    path: PathBuf,
    size: u64,
    used: SystemTime,
}

impl Code {
    fn of(entry: &DirEntry) -> Option<Self> {
        let path = entry.path();
        let metadata = entry.metadata().ok()?;
        (path.extension() == Some(OsStr::new(CODE))).then_some(Self {
            path,
            size: metadata.len(),
            used: metadata.modified().ok()?,
        })
    }
}

const UNFINISHED: &str = "unfinished";

/// No compilation may take this long.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Removes what compilations that were cut off have left behind.
fn remove_abandoned(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten().filter(is_abandoned) {
        // Somebody else may have removed it by now.
        let _ = fs::remove_file(entry.path());
    }
}

fn is_abandoned(entry: &DirEntry) -> bool {
    let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
    let extension = entry.path().extension().map(OsStr::to_owned);
    extension.is_some_and(|extension| extension == UNFINISHED || extension == turn::LOCK)
        && age().is_some_and(|age| age > ABANDONED_AFTER)
}

const NO_FOLLOW: i32 = rustix::fs::OFlags::NOFOLLOW.bits() as i32;

fn is_private(metadata: &Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw()
        && metadata.mode() & WRITABLE_BY_OTHERS == 0
}

fn read_all(file: &mut File, size: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A file that is removed again unless it is kept.
pub(crate) struct Temporary(PathBuf);

impl Temporary {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Gives the finished file its name, in place of an older one.
    ///
    /// There is no `fsync`: after a power cut the file may be torn, which its
    /// digest tells, and compiling again is all it costs.
    pub(crate) fn keep_as(self, path: &Path) -> io::Result<()> {
        fs::rename(&self.0, path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Gone already once it was kept.
        let _ = fs::remove_file(&self.0);
    }
}
