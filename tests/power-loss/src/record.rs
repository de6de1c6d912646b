//! Reading a record; its form is documented where it is written, in
//! `recorder/src/record.rs`.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read, Write},
    os::unix::ffi::OsStringExt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// One thing that a process did, in the order of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// It began; the handles of the one before are void.
    Process,
    /// It opened a path.
    Open {
        /// How later operations call it.
        handle: u64,
        /// Which.
        path: PathBuf,
        /// Whether it was emptied.
        emptied: bool,
    },
    /// It wrote.
    Write {
        /// Where to.
        handle: u64,
        /// From this byte of the file on.
        offset: u64,
        /// What.
        data: Arc<[u8]>,
    },
    /// It set the length of a file.
    Truncate {
        /// Of which.
        handle: u64,
        /// In bytes.
        length: u64,
    },
    /// It synced a file or a folder.
    Sync {
        /// Which.
        handle: u64,
    },
    /// It gave a file another name.
    Rename {
        /// The one it had.
        from: PathBuf,
        /// The one it has now.
        to: PathBuf,
    },
    /// It removed a name.
    Unlink(PathBuf),
    /// It made a folder.
    MakeDirectory(PathBuf),
    /// Somebody was told something.
    Mark(String),
}

/// The number of a mark, which is written by whoever was told.
const MARK: u8 = 9;

/// Appends a mark to a record that is being written.
///
/// # Errors
///
/// Fails as writing the file does.
pub fn mark(record: &Path, text: &str) -> io::Result<()> {
    let mut bytes = vec![MARK];
    bytes.extend_from_slice(&[0; 8 + 8 + 4]);
    bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
    // In one call: nothing else comes between.
    File::options().append(true).open(record)?.write_all(&bytes)
}

/// Reads a whole record.
///
/// # Errors
///
/// Fails where the file cannot be read or is no record.
pub fn read(record: &Path) -> io::Result<Vec<Operation>> {
    let bytes = std::fs::read(record)?;
    let mut rest = bytes.as_slice();
    let mut operations = Vec::new();
    while !rest.is_empty() {
        operations.push(next(&mut rest)?);
    }
    Ok(operations)
}

fn next(rest: &mut &[u8]) -> io::Result<Operation> {
    let [kind] = take(rest)?;
    let handle = u64::from_le_bytes(take(rest)?);
    let number = u64::from_le_bytes(take(rest)?);
    let path = PathBuf::from(OsString::from_vec(part(rest)?));
    let data = part(rest)?;
    Ok(match kind {
        1 => Operation::Process,
        2 => Operation::Open {
            handle,
            path,
            emptied: number == 1,
        },
        3 => Operation::Write {
            handle,
            offset: number,
            data: data.into(),
        },
        4 => Operation::Truncate {
            handle,
            length: number,
        },
        5 => Operation::Sync { handle },
        6 => Operation::Rename {
            from: path,
            to: PathBuf::from(OsString::from_vec(data)),
        },
        7 => Operation::Unlink(path),
        8 => Operation::MakeDirectory(path),
        MARK => Operation::Mark(String::from_utf8_lossy(&data).into_owned()),
        other => return Err(io::Error::other(format!("no operation has number {other}"))),
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    rest.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn part(rest: &mut &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::from_le_bytes(take(rest)?) as usize;
    let mut bytes = vec![0; length];
    rest.read_exact(&mut bytes)?;
    Ok(bytes)
}
