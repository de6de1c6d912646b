//! Looking for damage in the log before SQLite reads it.
//!
//! SQLite takes the first frame of the log that is not whole for its end, which
//! is right after the loss of power: what follows was never synced. A damaged
//! frame in the middle would take all that follows with it in silence. What
//! tells the two apart: a transaction begins only once the one before is synced.
//! So where a frame is chained to the end of a transaction, that one was whole.
//!
//! Damage in the last transaction of the log, or in the end of the one before,
//! looks like the loss of power, and is taken for it. The format is SQLite's "WAL-mode File Format".

use std::{
    fs::File,
    io::{self, BufReader, ErrorKind, Read},
    path::Path,
    sync::Arc,
};

use crate::error::StorageError;

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// Looks through the log of a store that syncs every commit.
///
/// # Errors
///
/// [`StorageError::Corrupt`] if it is damaged before its last transactions,
/// [`StorageError::Io`] if it cannot be read.
pub(super) fn check(log: &Path) -> Result<(), StorageError> {
    match File::open(log) {
        Ok(file) => walk(BufReader::with_capacity(1 << 16, file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unreadable(error)),
    }
}

fn walk(mut file: impl Read) -> Result<(), StorageError> {
    let Some(header) = read(&mut file, HEADER)? else {
        return Ok(());
    };
    let Some(mut walk) = Walk::begin(&header) else {
        // It is synced before the first frame is written.
        let more = read(&mut file, 1)?;
        return more.map_or(Ok(()), |_| Err(damaged("header")));
    };
    while let Some(frame) = read(&mut file, FRAME_HEADER + walk.page)? {
        if walk.step(&frame) == Step::Damage {
            return Err(damaged("middle"));
        }
    }
    Ok(())
}

/// A pair of sums that each part of the log continues.
type Sums = (u32, u32);

/// A walk from frame to frame.
struct Walk {
    big_endian: bool,
    salts: [u8; 8],
    page: usize,
    /// What the frame before says its sums are.
    sums: Sums,
    /// Whether a frame was met that does not follow from the one before.
    broken: bool,
    /// Whether the frame before says that it ends a transaction.
    committed: bool,
}

#[derive(PartialEq)]
enum Step {
    On,
    Damage,
}

impl Walk {
    /// `None` where the header is not whole.
    fn begin(header: &[u8]) -> Option<Self> {
        let big_endian = word(header, 0) & 1 == 1;
        let sums = sums_at(header, 24);
        let page = word(header, 8);
        let possible = page.is_power_of_two() && (512..=65_536).contains(&page);
        (possible && add((0, 0), &header[..24], big_endian) == sums).then(|| Self {
            big_endian,
            salts: eight(header, 16),
            page: page as usize,
            sums,
            broken: false,
            committed: false,
        })
    }

    fn step(&mut self, frame: &[u8]) -> Step {
        let said = sums_at(frame, 16);
        let ours = eight(frame, 8) == self.salts;
        let follows = ours && self.sums_after(frame) == said;
        if follows && self.committed && self.broken {
            return Step::Damage;
        }
        self.broken |= !follows;
        self.committed = ours && word(frame, 4) != 0;
        self.sums = said;
        Step::On
    }

    fn sums_after(&self, frame: &[u8]) -> Sums {
        let (header, page) = frame.split_at(FRAME_HEADER);
        let sums = add(self.sums, &header[..8], self.big_endian);
        add(sums, page, self.big_endian)
    }
}

/// Continues sums over more bytes, a multiple of eight.
fn add((mut first, mut second): Sums, bytes: &[u8], big_endian: bool) -> Sums {
    let (words, _) = bytes.as_chunks::<4>();
    let (pairs, _) = words.as_chunks::<2>();
    let number = if big_endian {
        u32::from_be_bytes
    } else {
        u32::from_le_bytes
    };
    for [even, odd] in pairs {
        first = first.wrapping_add(number(*even)).wrapping_add(second);
        second = second.wrapping_add(number(*odd)).wrapping_add(first);
    }
    (first, second)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let word = bytes[at..at + 4].try_into();
    u32::from_be_bytes(word.expect("four bytes"))
}

fn sums_at(bytes: &[u8], at: usize) -> Sums {
    (word(bytes, at), word(bytes, at + 4))
}

fn eight(bytes: &[u8], at: usize) -> [u8; 8] {
    bytes[at..at + 8].try_into().expect("eight bytes")
}

/// The next bytes of a file, or `None` where fewer are left.
fn read(file: &mut impl Read, length: usize) -> Result<Option<Vec<u8>>, StorageError> {
    let mut bytes = vec![0; length];
    match file.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(unreadable(error)),
    }
}

fn unreadable(error: io::Error) -> StorageError {
    StorageError::Io(Arc::new(error))
}

fn damaged(part: &str) -> StorageError {
    StorageError::Corrupt(format!("the {part} of the log is damaged"))
}
