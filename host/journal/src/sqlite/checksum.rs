//! What tells damaged rows from whole ones: SQLite does not.

use rusqlite::{
    Connection,
    functions::{Context, FunctionFlags},
    types::ValueRef,
};

use crate::error::{Result, StorageError};

/// Teaches a connection `checksum(…)`: the CRC-32 of its arguments with their
/// types and lengths. A row's checksum is of all its other columns, and is
/// written and compared by SQL alone, so that no two places can disagree.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("checksum", -1, flags, |arguments| {
        Ok(i64::from(checksum(arguments)))
    })
}

fn checksum(arguments: &Context) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for index in 0..arguments.len() {
        add(&mut hasher, arguments.get_raw(index));
    }
    hasher.finalize()
}

fn add(hasher: &mut crc32fast::Hasher, value: ValueRef) {
    match value {
        ValueRef::Null => hasher.update(b"n"),
        ValueRef::Integer(number) => add_number(hasher, b'i', number),
        ValueRef::Real(number) => add_number(hasher, b'r', number.to_bits().cast_signed()),
        ValueRef::Text(bytes) => add_bytes(hasher, b't', bytes),
        ValueRef::Blob(bytes) => add_bytes(hasher, b'b', bytes),
    }
}

fn add_number(hasher: &mut crc32fast::Hasher, kind: u8, number: i64) {
    let mut bytes = [kind; 9];
    bytes[1..].copy_from_slice(&number.to_be_bytes());
    hasher.update(&bytes);
}

fn add_bytes(hasher: &mut crc32fast::Hasher, kind: u8, bytes: &[u8]) {
    add_number(hasher, kind, bytes.len() as i64);
    hasher.update(bytes);
}

/// Lets through a row whose checksum was right, as the query found it.
pub(super) fn check(whole: bool, what: &str) -> Result<(), StorageError> {
    if whole {
        return Ok(());
    }
    Err(StorageError::Corrupt(format!("{what} is damaged")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_told_apart_by_type_length_and_place() {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        let lists = [
            "",
            "NULL",
            "0",
            "0.0",
            "''",
            "x''",
            "NULL, 1",
            "1, NULL",
            "'ab', 'c'",
            "'a', 'bc'",
        ];
        let sums = lists.map(|list| {
            let sql = format!("SELECT checksum({list})");
            connection
                .query_row(&sql, [], |row| row.get::<_, i64>(0))
                .unwrap()
        });
        let distinct: std::collections::BTreeSet<i64> = sums.into_iter().collect();
        assert_eq!(distinct.len(), lists.len());
    }
}
