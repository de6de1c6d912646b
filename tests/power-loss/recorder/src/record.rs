//! The record's form: for each operation its number (1 byte), the handle and a
//! number (8 bytes each), then a path and data, each behind its length (4 bytes).
//! Numbers are little-endian. `sandstep_power_loss::record` reads it.

use std::{
    env,
    ffi::{CString, c_int},
    os::unix::ffi::OsStringExt,
};

use libc::{AT_FDCWD, O_APPEND, O_CLOEXEC, O_CREAT, O_WRONLY};

use crate::calls;

#[derive(Clone, Copy)]
#[repr(u8)]
pub(crate) enum Operation {
    /// A process begins; the handles of the one before are void.
    Process = 1,
    /// A path is opened under a new handle; the number is 1 if it is emptied.
    Open = 2,
    /// Data is written at an offset, the number.
    Write = 3,
    /// A file gets a length, the number.
    Truncate = 4,
    /// What was done to a file or folder lasts.
    Sync = 5,
    /// The path becomes another one, the data.
    Rename = 6,
    /// The path is removed.
    Unlink = 7,
    /// A folder is made.
    MakeDirectory = 8,
}

pub(crate) struct Record {
    file: c_int,
    folder: Vec<u8>,
}

impl Record {
    /// Where the environment says that there is something to be recorded.
    pub(crate) fn begin() -> Option<Self> {
        let folder = env::var_os("SANDSTEP_RECORDED")?.into_vec();
        let record = CString::new(env::var_os("SANDSTEP_RECORD")?.into_vec()).ok()?;
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
        let file = unsafe { calls::open_at(AT_FDCWD, record.as_ptr(), flags, 0o600) };
        let record = Self { file, folder };
        record.write(Operation::Process, 0, 0, &[], &[]);
        Some(record)
    }

    pub(crate) fn is_inside(&self, path: &[u8]) -> bool {
        path.strip_prefix(self.folder.as_slice())
            .is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
    }

    /// Appends in one call: no other process's record comes between.
    pub(crate) fn write(
        &self,
        operation: Operation,
        handle: u64,
        number: u64,
        path: &[u8],
        data: &[u8],
    ) {
        let mut bytes = vec![operation as u8];
        bytes.extend_from_slice(&handle.to_le_bytes());
        bytes.extend_from_slice(&number.to_le_bytes());
        for part in [path, data] {
            bytes.extend_from_slice(&(part.len() as u32).to_le_bytes());
            bytes.extend_from_slice(part);
        }
        unsafe { calls::write(self.file, bytes.as_ptr().cast(), bytes.len()) };
    }
}
