//! Payloads that are kept once, under their digest.

use rusqlite::{Connection, OptionalExtension};

use super::writer::Writing;
use crate::{
    blob::{Blob, Digest},
    error::{Result, StorageError},
    execution::ExecutionId,
};

/// The bytes of a blob. Bytes of another digest are a damage.
pub(super) fn read(connection: &Connection, digest: Digest) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT bytes FROM contents JOIN blobs USING (id) WHERE digest = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let bytes = statement.query_row([digest.0], |row| row.get(0));
    let bytes: Option<Vec<u8>> = bytes.optional()?;
    if bytes
        .as_ref()
        .is_some_and(|bytes| Digest::of(bytes) != digest)
    {
        let cause = format!("the blob {digest} is damaged");
        return Err(StorageError::Corrupt(cause).into());
    }
    Ok(bytes)
}

impl Writing<'_> {
    /// Keeps a blob for as long as this execution is kept.
    pub(super) fn mention(&self, execution: ExecutionId, blob: &Blob) -> Result<()> {
        let id = self.blob_id(blob)?;
        let sql = "INSERT OR IGNORE INTO mentions (execution, blob, checksum)
            VALUES (?1, ?2, checksum(?1, ?2))";
        let mut statement = self.connection.prepare_cached(sql)?;
        if statement.execute((execution.0, id))? == 0 {
            return Ok(());
        }
        let sql = "UPDATE blobs SET uses = uses + 1 WHERE id = ?1";
        self.connection.prepare_cached(sql)?.execute([id])?;
        Ok(())
    }

    /// The id of the blob with these bytes, which are written if they are new.
    fn blob_id(&self, blob: &Blob) -> Result<i64> {
        let digest = blob.digest().0;
        let find = "SELECT id FROM blobs WHERE digest = ?1";
        let mut find = self.connection.prepare_cached(find)?;
        if let Some(id) = find.query_row([digest], |row| row.get(0)).optional()? {
            return Ok(id);
        }
        let insert = "INSERT INTO blobs (digest, uses) VALUES (?1, 0)";
        let id = self.connection.prepare_cached(insert)?.insert([digest])?;
        let insert = "INSERT INTO contents (id, bytes) VALUES (?1, ?2)";
        let mut insert = self.connection.prepare_cached(insert)?;
        insert.execute((id, &**blob.bytes()))?;
        Ok(id)
    }
}
