//! The catalog's rows.

use rusqlite::{Connection, OptionalExtension, Row};

use super::{checksum, codes::kind_code, executions::unsigned, expire::bound, writer::Writing};
use crate::{
    catalog::{CatalogQuery, Change, Entry, Key},
    error::Result,
};

pub(super) fn get(connection: &Connection, key: &Key) -> Result<Option<Entry>> {
    let sql = "SELECT version, value, checksum = checksum(kind, name, version, value) FROM entries
        WHERE kind = ?1 AND name = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((kind_code(key.kind), &key.name))?;
    rows.next()?.map(|row| entry(row, 0)).transpose()
}

pub(super) fn list(connection: &Connection, query: &CatalogQuery) -> Result<Vec<(String, Entry)>> {
    let sql = "SELECT name, version, value, checksum = checksum(kind, name, version, value)
        FROM entries
        WHERE kind = ?1 AND name >= ?2 AND (?3 IS NULL OR name > ?3) ORDER BY name LIMIT ?4";
    let mut statement = connection.prepare_cached(sql)?;
    let (kind, prefix) = (kind_code(query.kind), &query.prefix);
    let parameters = (kind, prefix, &query.after, bound(query.limit));
    let mut rows = statement.query(parameters)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        // Names are in order: behind the prefix' last one, none begins with it.
        if !name.starts_with(prefix) {
            break;
        }
        entries.push((name, entry(row, 1)?));
    }
    Ok(entries)
}

/// The entry whose version, value and wholeness begin at this column.
fn entry(row: &Row, column: usize) -> Result<Entry> {
    checksum::check(row.get(column + 2)?, "an entry of the catalog")?;
    Ok(Entry {
        version: unsigned(row, column)?,
        value: row.get(column + 1)?,
    })
}

impl Writing<'_> {
    /// Checks every change before it makes one: others share the transaction.
    pub(super) fn change(&mut self, changes: &[Change]) -> Result<u64> {
        for change in changes {
            change.check(self.version_of(change.key())?)?;
        }
        let version = self.next_version()?;
        for change in changes {
            match change {
                Change::Put { key, value, .. } => self.put(key, version, value)?,
                Change::Delete { key, .. } => self.delete(key)?,
            }
        }
        Ok(version)
    }

    fn put(&self, key: &Key, version: u64, value: &[u8]) -> Result<()> {
        let sql = "INSERT INTO entries (kind, name, version, value, checksum)
            VALUES (?1, ?2, ?3, ?4, checksum(?1, ?2, ?3, ?4))
            ON CONFLICT (kind, name) DO UPDATE SET version = excluded.version,
            value = excluded.value, checksum = excluded.checksum";
        let mut statement = self.connection.prepare_cached(sql)?;
        let kind = kind_code(key.kind);
        statement.execute((kind, &key.name, version.cast_signed(), value))?;
        Ok(())
    }

    fn delete(&self, key: &Key) -> Result<()> {
        let sql = "DELETE FROM entries WHERE kind = ?1 AND name = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute((kind_code(key.kind), &key.name))?;
        Ok(())
    }

    /// The version that is there; 0 where nothing is.
    fn version_of(&self, key: &Key) -> Result<u64> {
        let sql = "SELECT version FROM entries WHERE kind = ?1 AND name = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let version = statement.query_row((kind_code(key.kind), &key.name), |row| unsigned(row, 0));
        Ok(version.optional()?.unwrap_or(0))
    }
}
