//! The tables, and how an older store gets them.
//!
//! Rows that change are short and lie together; what is long is only appended.
//! Nothing is clustered by execution: that would halve the throughput.

use rusqlite::{Connection, functions::FunctionFlags};

use crate::error::{OpenError, Result, StorageError};

/// Marks a database as ours: "Sstp" in ASCII.
pub(super) const APPLICATION_ID: i32 = 0x5373_7470;

/// Each leads from the schema of its index to the next one. What was released
/// never changes; a change is a new migration at the end.
pub(super) const MIGRATIONS: &[&str] =
    &[include_str!("schema/1.sql"), include_str!("schema/2.sql")];

/// The schema that this version writes.
pub(super) const CURRENT: u32 = MIGRATIONS.len() as u32;

/// The schema of an existing store, or `None` of an empty file.
///
/// # Errors
///
/// Fails on a database of something else, and on a schema from the future.
pub(super) fn find(connection: &Connection) -> Result<Option<u32>, Found> {
    let application: i32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables = "SELECT count(*) FROM sqlite_schema";
    let tables: u32 = connection.query_row(tables, [], |row| row.get(0))?;
    if application == 0 && version == 0 && tables == 0 {
        return Ok(None);
    }
    if application != APPLICATION_ID {
        return Err(Found::Foreign);
    }
    if version > CURRENT {
        return Err(Found::Newer(version));
    }
    Ok(Some(version))
}

/// Why a database is not one to write to.
pub(super) enum Found {
    Foreign,
    Newer(u32),
    Unreadable(StorageError),
}

impl From<rusqlite::Error> for Found {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unreadable(error.into())
    }
}

impl Found {
    /// The same, to whoever opened the file.
    pub(super) fn at(self, path: &std::path::Path) -> OpenError {
        match self {
            Self::Foreign => OpenError::Foreign(path.to_owned()),
            Self::Newer(found) => OpenError::NewerSchema {
                found,
                known: CURRENT,
            },
            Self::Unreadable(error) => OpenError::Storage(error),
        }
    }
}

/// Brings a store from schema `from` up to date, in one transaction, on a
/// connection that knows the checksum of rows.
pub(super) fn migrate(
    connection: &mut Connection,
    from: u32,
    migrations: &[&str],
) -> rusqlite::Result<()> {
    if from as usize == migrations.len() {
        return Ok(());
    }
    register_crc32(connection)?;
    let transaction = connection.transaction()?;
    for migration in &migrations[from as usize..] {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", migrations.len() as u32)?;
    transaction.commit()
}

/// Teaches a connection the checksum that schema 1 had.
fn register_crc32(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("crc32", 1, flags, |arguments| {
        Ok(i64::from(crc32fast::hash(arguments.get_raw(0).as_bytes()?)))
    })
}

#[cfg(test)]
mod tests {
    use super::{super::checksum, *};

    const LATER: &str = "ALTER TABLE groups ADD COLUMN note TEXT NOT NULL DEFAULT 'none'";

    #[test]
    fn a_migration_keeps_what_is_there() {
        let mut connection = Connection::open_in_memory().unwrap();
        checksum::register(&connection).unwrap();
        migrate(&mut connection, 0, MIGRATIONS).unwrap();
        let insert = "INSERT INTO groups (name) VALUES ('machine')";
        connection.execute_batch(insert).unwrap();

        let newer = [MIGRATIONS, &[LATER]].concat();
        migrate(&mut connection, CURRENT, &newer).unwrap();

        let read = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0));
        let row = read("SELECT name || ' ' || note FROM groups").unwrap();
        assert_eq!(row, "machine none");
        assert!(matches!(find(&connection), Err(Found::Newer(found)) if found == CURRENT + 1));
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        checksum::register(&connection).unwrap();
        migrate(&mut connection, 0, MIGRATIONS).unwrap();
        let newer = [MIGRATIONS, &[LATER, "CREATE nonsense"]].concat();
        assert!(migrate(&mut connection, CURRENT, &newer).is_err());
        assert!(matches!(find(&connection), Ok(Some(CURRENT))));
    }
}
