//! What tells damaged rows from whole ones: SQLite does not.

use rusqlite::{
    Connection, Statement,
    functions::FunctionFlags,
    types::{ToSqlOutput, ValueRef},
};

use crate::error::{Result, StorageError};

/// Teaches a connection `checksum(…)`: the CRC-32 of its arguments with their
/// types and lengths. A row's checksum is of all its other columns.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("checksum", -1, flags, |arguments| {
        let columns = (0..arguments.len()).map(|index| arguments.get_raw(index));
        Ok(checksum(columns))
    })
}

fn checksum<'a>(columns: impl Iterator<Item = ValueRef<'a>>) -> i64 {
    let mut hasher = crc32fast::Hasher::new();
    for column in columns {
        add(&mut hasher, column);
    }
    i64::from(hasher.finalize())
}

/// Runs a statement whose parameters are these columns and then their checksum: the
/// same as `checksum(…)` of them, without the way into a function and back.
pub(super) fn write_row(statement: &mut Statement, columns: &[ValueRef]) -> rusqlite::Result<()> {
    for (index, column) in columns.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, ToSqlOutput::Borrowed(*column))?;
    }
    let sum = checksum(columns.iter().copied());
    statement.raw_bind_parameter(columns.len() + 1, sum)?;
    statement.raw_execute()?;
    Ok(())
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
    fn a_row_is_written_with_the_checksum_that_sql_compares() {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        let create = "CREATE TABLE rows (a, b, c, d, e, checksum)";
        connection.execute_batch(create).unwrap();
        let insert = "INSERT INTO rows VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let columns = [
            ValueRef::Null,
            ValueRef::Integer(-7),
            ValueRef::Real(0.5),
            ValueRef::Text("ü".as_bytes()),
            ValueRef::Blob(&[0, 1]),
        ];
        write_row(&mut connection.prepare(insert).unwrap(), &columns).unwrap();
        let compare = "SELECT checksum = checksum(a, b, c, d, e)
            AND checksum <> checksum(b, a, c, d, e) FROM rows";
        let whole: bool = connection.query_row(compare, [], |row| row.get(0)).unwrap();
        assert!(whole);
    }

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
