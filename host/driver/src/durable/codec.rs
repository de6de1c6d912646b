//! What an execution appends, as bytes, and back.
//!
//! Each record stands for itself, so that a page of a history is read without what was
//! before it. A record begins with the version of its format; payloads above 8 KiB are
//! blobs that the record mentions by their digest. Bytes of a store are never trusted:
//! whatever they are, decoding ends with a record or with [`Damaged`].

mod bytes;
mod decoder;
mod encoder;
mod event;
mod head;
mod note;
mod outcome;
#[cfg(test)]
mod tests;
mod value;

pub use bytes::Damaged;
pub(super) use decoder::Decoder;
pub(super) use encoder::Encoder;
pub(super) use head::HeadReader;
pub(super) use outcome::status;

/// The format that is written. Readers know every format up to this one.
const FORMAT: u8 = 1;
