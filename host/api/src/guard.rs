//! What every request passes before its route sees it.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::request::Parts;
use axum::http::{self, HeaderMap, Response, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use bytes::Bytes;
use chrono::Utc;
use futures_util::FutureExt;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use tracing::Instrument;

use crate::failure::{Failure, Protocol};
use crate::limits::HttpLimits;
use crate::request_id::{self, RequestId};
use crate::signature::Signatures;

/// The unit in which room for bodies is given out.
const ROOM: usize = 1 << 10;

/// Bytes of a refused request's body that are read and dropped; beyond them the
/// connection is closed. Nearly twice what a function's code may have.
const DISCARDED: usize = 128 << 20;

/// Room for requests, shared by all groups of routes.
pub(crate) struct Rooms {
    requests: Semaphore,
    bodies: Semaphore,
}

impl Rooms {
    pub(crate) fn new(limits: &HttpLimits) -> Self {
        let semaphore = |permits: usize| {
            let most = Semaphore::MAX_PERMITS.min(u32::MAX as usize);
            Semaphore::new(permits.min(most))
        };
        Self {
            requests: semaphore(limits.requests),
            bodies: semaphore(limits.bodies / ROOM),
        }
    }
}

/// Guards a group of routes that speak one protocol.
pub(crate) struct Guard {
    pub(crate) protocol: Protocol,
    pub(crate) limits: HttpLimits,
    pub(crate) rooms: Arc<Rooms>,
    /// Without them, everyone is let in.
    pub(crate) signatures: Option<Signatures>,
}

impl Guard {
    /// Has all routes of `router` guarded: each is what [`attend`](Self::attend) says
    /// of `route`.
    pub(crate) fn over(self, router: Router) -> Router {
        router
            .layer(DefaultBodyLimit::disable())
            .layer(from_fn_with_state(Arc::new(self), guard))
    }

    /// Answers a request by `route`, once it is let in. That finds the whole body, and a
    /// [`RequestId`] in the request's extensions; where it panics, the answer is an
    /// `InternalFailure`.
    pub(crate) async fn attend<F: Future<Output = Response<Body>>>(
        &self,
        mut request: Request,
        route: impl FnOnce(http::Request<Bytes>) -> F,
    ) -> Response<Body> {
        let id = RequestId::draw();
        request.extensions_mut().insert(id);
        // Whatever the log says of this request, it says with the name that the
        // client was given.
        let span = tracing::error_span!("request", request_id = id.as_str());
        let answer = self.answer(request, route).instrument(span);
        let answer = AssertUnwindSafe(answer).catch_unwind();
        let mut response = answer.await.unwrap_or_else(|_| {
            tracing::error!(request_id = id.as_str(), "a request's handler panicked");
            self.protocol.refuse(&Failure::internal())
        });
        response
            .headers_mut()
            .insert(request_id::HEADER, id.to_header());
        response
    }

    async fn answer<F: Future<Output = Response<Body>>>(
        &self,
        request: Request,
        route: impl FnOnce(http::Request<Bytes>) -> F,
    ) -> Response<Body> {
        match self.admit(request).await {
            Ok(admitted) => route(admitted.request).await,
            Err(failure) => self.protocol.refuse(&failure),
        }
    }

    async fn admit(&self, request: Request) -> Result<Admitted<'_>, Failure> {
        let (head, mut body) = request.into_parts();
        // Who expects to be told to go on sends nothing until then.
        let sends = !head.headers.contains_key(header::EXPECT);
        let admitted = self.let_in(head, &mut body).await;
        match &admitted {
            Err(failure) if sends && failure.status != StatusCode::REQUEST_TIMEOUT => {
                discard(body, self.limits.body_within);
            }
            _ => {}
        }
        admitted
    }

    async fn let_in(&self, head: Parts, body: &mut Body) -> Result<Admitted<'_>, Failure> {
        let place = take(&self.rooms.requests, 1)?;
        let length = self.announced_length(&head.headers)?;
        let room = take(&self.rooms.bodies, length.div_ceil(ROOM))?;
        let body = self.read(body).await?;
        let (head, body) = match &self.signatures {
            Some(signatures) => signatures.verify(head, body, Utc::now()).await?,
            None => (head, body),
        };
        Ok(Admitted {
            request: http::Request::from_parts(head, body),
            _held: (place, room),
        })
    }

    /// The bytes of room that a body needs: what its head says, or all that a
    /// body may have where it does not say.
    fn announced_length(&self, headers: &HeaderMap) -> Result<usize, Failure> {
        let length = headers.get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        match length.unwrap_or(self.limits.body) {
            length if length > self.limits.body => Err(too_large(self.limits.body)),
            length => Ok(length),
        }
    }

    async fn read(&self, body: &mut Body) -> Result<Bytes, Failure> {
        let mut whole = pin!(Limited::new(body, self.limits.body).collect());
        // Most bodies have come with their heads, and need no timer.
        let read = match whole.as_mut().now_or_never() {
            Some(read) => Ok(read),
            None => timeout(self.limits.body_within, whole).await,
        };
        match read {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(self.limits.body)),
            Ok(Err(_)) => Err(broken_off()),
            Err(_) => Err(too_slow()),
        }
    }
}

/// A request that may go to its route, and the room that it takes meanwhile.
struct Admitted<'a> {
    request: http::Request<Bytes>,
    _held: (SemaphorePermit<'a>, SemaphorePermit<'a>),
}

async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response<Body> {
    let route = |request: http::Request<Bytes>| next.run(request.map(Body::from));
    guard.attend(request, route).await
}

/// Reads what is left of a refused request's body beside the answer, and drops it.
///
/// Many clients read no answer until they have sent everything, and a connection that
/// is closed with bytes unread takes its answer with it.
fn discard(body: Body, within: Duration) {
    if body.is_end_stream() {
        return;
    }
    let mut body = Limited::new(body, DISCARDED);
    let read = async move { while let Some(Ok(_)) = body.frame().await {} };
    // Ends with the connection as well, which then has no more of the body.
    tokio::spawn(timeout(within, read));
}

fn take(room: &Semaphore, permits: usize) -> Result<SemaphorePermit<'_>, Failure> {
    let permits = u32::try_from(permits).map_err(|_| Failure::throttled())?;
    let taken = room.try_acquire_many(permits);
    taken.map_err(|_| Failure::throttled())
}

fn too_large(most: usize) -> Failure {
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    let message = format!("The body of a request has at most {most} bytes");
    Failure::new(status, "RequestEntityTooLargeException", &message)
}

fn too_slow() -> Failure {
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
