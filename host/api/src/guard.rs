//! What every request passes before its route sees it.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::request::Parts;
use axum::http::{self, HeaderMap, Response, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use bytes::Bytes;
use chrono::Utc;
use futures_util::FutureExt;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use tracing::Instrument;

use crate::body::{self, ROOM, discard, too_large, too_slow};
use crate::failure::{Failure, Protocol};
use crate::limits::HttpLimits;
use crate::request_id::{self, RequestId};
use crate::signature::Signatures;

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
        self.check_length(&head.headers)?;
        let (head, body, room) = self.read(head, body).await?;
        let (head, body) = match &self.signatures {
            Some(signatures) => signatures.verify(head, body, Utc::now()).await?,
            None => (head, body),
        };
        Ok(Admitted {
            request: http::Request::from_parts(head, body),
            _held: (place, room),
        })
    }

    fn check_length(&self, headers: &HeaderMap) -> Result<(), Failure> {
        let length = headers.get(header::CONTENT_LENGTH);
        let length: Option<usize> = length.and_then(|length| length.to_str().ok()?.parse().ok());
        match length {
            Some(length) if length > self.limits.body => Err(too_large(self.limits.body)),
            _ => Ok(()),
        }
    }

    async fn read(
        &self,
        head: Parts,
        body: &mut Body,
    ) -> Result<(Parts, Bytes, Option<SemaphorePermit<'_>>), Failure> {
        let mut whole = pin!(body::read(body, self.limits.body, &self.rooms.bodies));
        // Most bodies have come with their heads, and need no timer.
        if let Some(read) = whole.as_mut().now_or_never() {
            return read.map(|(body, room)| (head, body, room));
        }
        // Nor is any waited for that would be refused whatever it is.
        let head = match &self.signatures {
            Some(signatures) => signatures.check_head(head, Utc::now())?,
            None => head,
        };
        let read = timeout(self.limits.body_within, whole).await;
        let (body, room) = read.unwrap_or_else(|_| Err(too_slow()))?;
        Ok((head, body, room))
    }
}

/// A request that may go to its route, and the room that it takes meanwhile.
struct Admitted<'a> {
    request: http::Request<Bytes>,
    _held: (SemaphorePermit<'a>, Option<SemaphorePermit<'a>>),
}

async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response<Body> {
    let route = |request: http::Request<Bytes>| next.run(request.map(Body::from));
    guard.attend(request, route).await
}

/// Refuses with `ThrottlingException` where there is no room.
pub(crate) fn take(room: &Semaphore, permits: usize) -> Result<SemaphorePermit<'_>, Failure> {
    let permits = u32::try_from(permits).map_err(|_| Failure::throttled())?;
    let taken = room.try_acquire_many(permits);
    taken.map_err(|_| Failure::throttled())
}
