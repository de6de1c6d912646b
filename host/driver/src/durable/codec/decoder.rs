//! Bytes as records.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sandstep_asl::{Record, Resource, ThreadPath};
use sandstep_journal::Digest;
use sandstep_json::Value;

use super::{
    FORMAT,
    bytes::{Damaged, Reader},
    encoder::{part, place},
    event, note, value,
};

/// How many bytes of blobs are kept for the records to come: a payload is mentioned by a
/// few records in a row.
const KEPT_BYTES: usize = 4 * 1024 * 1024;

/// Reads records, of one execution or of many.
///
/// A record that mentions a blob which the decoder has not been given is
/// [`Damaged::Missing`]: hand the blob over and decode again.
#[derive(Default)]
pub(in super::super) struct Decoder {
    blobs: HashMap<Digest, Value>,
    blob_bytes: usize,
    /// All blobs that it was ever given.
    supplied: HashSet<Digest>,
    /// The resource that was read last: most machines have few.
    resource: Option<Arc<Resource>>,
}

impl Decoder {
    /// What an [`Encoder`](super::Encoder) made the bytes of.
    pub(in super::super) fn record(&mut self, bytes: &[u8]) -> Result<Record, Damaged> {
        let mut reader = Reader(bytes);
        match reader.byte()? {
            FORMAT => {}
            other => return Err(Damaged::Format(other)),
        }
        let parts = reader.byte()?;
        if parts & !(part::EVENT | part::NOTE | part::THREAD) != 0 {
            let what = "parts of a record";
            return Err(Damaged::Unknown { what, tag: parts });
        }
        let has = |part| parts & part != 0;
        let thread = match has(part::THREAD) {
            true => read_path(&mut reader)?,
            false => ThreadPath::default(),
        };
        let event = has(part::EVENT).then(|| event::read(&mut reader, self));
        let event = event.transpose()?;
        let note = has(part::NOTE).then(|| note::read(&mut reader, self));
        let note = note.transpose()?;
        reader.end()?;
        Ok(Record {
            thread,
            event,
            note,
        })
    }

    /// Takes over the bytes of a blob that was missing.
    pub(in super::super) fn supply(&mut self, digest: Digest, bytes: &[u8]) -> Result<(), Damaged> {
        let mut reader = Reader(bytes);
        let payload = value::read(&mut reader)?;
        reader.end()?;
        self.blobs.insert(digest, payload);
        self.blob_bytes += bytes.len();
        self.supplied.insert(digest);
        Ok(())
    }

    /// The blobs that it was given.
    pub(in super::super) fn into_supplied(self) -> HashSet<Digest> {
        self.supplied
    }

    /// Forgets the blobs of earlier records, where they are too much to keep.
    pub(in super::super) fn trim(&mut self) {
        if self.blob_bytes > KEPT_BYTES {
            self.blobs.clear();
            self.blob_bytes = 0;
        }
    }

    pub(super) fn payload(&self, reader: &mut Reader<'_>) -> Result<Value, Damaged> {
        match reader.byte()? {
            place::INLINE => {
                let mut inner = Reader(reader.bytes()?);
                let value = value::read(&mut inner)?;
                inner.end()?;
                Ok(value)
            }
            place::APART => {
                let digest = Digest(reader.array()?);
                let blob = self.blobs.get(&digest).cloned();
                blob.ok_or(Damaged::Missing(digest))
            }
            tag => Err(Damaged::Unknown {
                what: "place of a payload",
                tag,
            }),
        }
    }

    pub(super) fn resource(&mut self, reader: &mut Reader<'_>) -> Result<Arc<Resource>, Damaged> {
        let text = reader.str()?;
        if let Some(last) = &self.resource
            && **last.text() == *text
        {
            return Ok(Arc::clone(last));
        }
        let resource = Arc::new(Resource::parse(text));
        self.resource = Some(Arc::clone(&resource));
        Ok(resource)
    }
}

fn read_path(reader: &mut Reader<'_>) -> Result<ThreadPath, Damaged> {
    let mut path = ThreadPath::default();
    for _ in 0..reader.count()? {
        let started = reader.event_id()?;
        path = path.child(started, reader.index()?);
    }
    Ok(path)
}
