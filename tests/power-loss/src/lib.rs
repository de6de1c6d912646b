//! What the loss of power can leave of a store, rebuilt and opened.
//!
//! `kill -9` keeps what the system has in memory, so it proves nothing about
//! syncing. Here a real process is [recorded](recorder): every write, sync,
//! truncation and change of a name, and among them what it acknowledged. A
//! [`Disk`](disk::Disk) then plays the record back up to any point and loses power there:
//! what was not synced is dropped, kept, torn at its sectors, or kept without
//! what came before it. A store must open from every such state, with nothing
//! missing that was acknowledged by then ([`world`]).
//!
//! What is assumed of a disk: what was synced lasts; a sector of 512 bytes is
//! written whole or not at all; bytes beside a write stay as they are. A name
//! lasts once its folder was synced, and not before.
#![forbid(unsafe_code)]

pub mod disk;
pub mod record;
pub mod recorded;
pub mod recorder;
pub mod world;
