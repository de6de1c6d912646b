//! Who may write, and the other counters of a store.

use rusqlite::{Connection, OptionalExtension};

use super::{
    checksum,
    writer::{Counters, Writing},
};
use crate::{
    error::{Result, StorageError},
    execution::check_epoch,
};

/// The counters as they are in the store.
pub(super) fn read_counters(connection: &Connection) -> Result<Counters, StorageError> {
    // Ids are never given twice, though the last execution may be forgotten.
    let last: i64 =
        connection.query_row("SELECT ifnull(max(id), 0) FROM executions", [], |row| {
            row.get(0)
        })?;
    let reserved = read(connection, "next execution")?;
    Ok(Counters {
        epoch: read(connection, "epoch")?.cast_unsigned(),
        next_execution: reserved.max(last + 1),
    })
}

/// One counter; 0 where it was never set.
pub(super) fn read(connection: &Connection, name: &str) -> Result<i64, StorageError> {
    let sql = "SELECT value, checksum = checksum(name, value) FROM counters WHERE name = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let row = statement.query_row([name], |row| Ok((row.get(0)?, row.get(1)?)));
    let (value, whole) = row.optional()?.unwrap_or((0, true));
    checksum::check(whole, "a counter")?;
    Ok(value)
}

impl Writing<'_> {
    pub(super) fn claim(&mut self) -> Result<u64> {
        let epoch = self.counters.epoch + 1;
        self.set("epoch", epoch.cast_signed())?;
        self.counters.epoch = epoch;
        Ok(epoch)
    }

    pub(super) fn renew(&mut self, epoch: u64) -> Result<()> {
        check_epoch(epoch, self.counters.epoch)
    }

    /// The next version of the catalog.
    pub(super) fn next_version(&mut self) -> Result<u64> {
        let version = read(self.connection, "version")? + 1;
        self.set("version", version)?;
        Ok(version.cast_unsigned())
    }

    /// Remembers which id comes next, where the last one is about to go.
    pub(super) fn reserve_ids(&mut self) -> Result<()> {
        self.set("next execution", self.counters.next_execution)
    }

    pub(super) fn set(&self, name: &str, value: i64) -> Result<()> {
        let sql = "INSERT INTO counters (name, value, checksum)
            VALUES (?1, ?2, checksum(?1, ?2)) ON CONFLICT (name) DO UPDATE
            SET value = excluded.value, checksum = excluded.checksum";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute((name, value))?;
        Ok(())
    }
}
