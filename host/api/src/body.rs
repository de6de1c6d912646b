//! The body of a request as it comes, and what becomes of one that is refused.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::StatusCode;
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Limited};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::failure::Failure;
use crate::guard::take;

/// The unit in which room for bodies is given out.
pub(crate) const ROOM: usize = 1 << 10;

/// Bytes of a refused request's body that are read and dropped; beyond them the
/// connection is closed. Nearly twice what a function's code may have.
const DISCARDED: usize = 128 << 20;

/// Reads all of a body of at most `most` bytes, and takes the room that it needs from
/// `rooms` as it comes: what is announced and never sent keeps nobody out.
///
/// Refuses a body that is longer with 413, one that finds no room with
/// `ThrottlingException`, and one that breaks off with `SerializationException`.
pub(crate) async fn read<'a>(
    body: &mut Body,
    most: usize,
    rooms: &'a Semaphore,
) -> Result<(Bytes, Option<SemaphorePermit<'a>>), Failure> {
    let mut arrived = Arrived::default();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| broken_off())?;
        // What is no data are trailers, which nobody asks for.
        if let Ok(chunk) = frame.into_data() {
            arrived.make_room(chunk.len(), most, rooms)?;
            arrived.add(chunk);
        }
    }
    Ok(arrived.finish())
}

/// What has come of a body, and the room that it takes.
#[derive(Default)]
struct Arrived<'a> {
    room: Option<SemaphorePermit<'a>>,
    /// The first chunk while it is the only one: most bodies are one, and not copied.
    only: Bytes,
    /// All chunks, once there are several.
    joined: BytesMut,
}

impl<'a> Arrived<'a> {
    fn make_room(&mut self, more: usize, most: usize, rooms: &'a Semaphore) -> Result<(), Failure> {
        let length = self.only.len() + self.joined.len() + more;
        if length > most {
            return Err(too_large(most));
        }
        let held = self.room.as_ref().map_or(0, SemaphorePermit::num_permits);
        let room = take(rooms, length.div_ceil(ROOM) - held)?;
        match &mut self.room {
            Some(held) => held.merge(room),
            None => self.room = Some(room),
        }
        Ok(())
    }

    fn add(&mut self, chunk: Bytes) {
        if self.only.is_empty() && self.joined.is_empty() {
            self.only = chunk;
            return;
        }
        self.joined
            .extend_from_slice(&std::mem::take(&mut self.only));
        self.joined.extend_from_slice(&chunk);
    }

    fn finish(self) -> (Bytes, Option<SemaphorePermit<'a>>) {
        match self.joined.is_empty() {
            true => (self.only, self.room),
            false => (self.joined.freeze(), self.room),
        }
    }
}

/// Reads what is left of a refused request's body beside the answer, and drops it.
///
/// Many clients read no answer until they have sent everything, and a connection that
/// is closed with bytes unread takes its answer with it.
pub(crate) fn discard(body: Body, within: Duration) {
    if body.is_end_stream() {
        return;
    }
    let mut body = Limited::new(body, DISCARDED);
    let read = async move { while let Some(Ok(_)) = body.frame().await {} };
    // Ends with the connection as well, which then has no more of the body.
    tokio::spawn(timeout(within, read));
}

pub(crate) fn too_large(most: usize) -> Failure {
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    let message = format!("The body of a request has at most {most} bytes");
    Failure::new(status, "RequestEntityTooLargeException", &message)
}

pub(crate) fn too_slow() -> Failure {
    let message = "The body of the request took too long";
    Failure::new(
        StatusCode::REQUEST_TIMEOUT,
        "RequestTimeoutException",
        message,
    )
}

fn broken_off() -> Failure {
    let message = "The body of the request ended too early";
    Failure::bad_request("SerializationException", message)
}
