//! Whether an endpoint lives, and whether it is ready.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::routing::get;
use sandstep_json::Object;
use tower_service::Service;

use crate::failure::{Failure, Protocol, answer_gateway};

/// What stands before an endpoint that is not there yet, or soon no more.
///
/// `GET /health/live` is answered from the first moment, with 200. `GET
/// /health/ready` is answered with 200 from [`open`](Self::open) until
/// [`close`](Self::close), and with 503 before and after. Until it opens, every
/// other request is refused with 503, `ServiceUnavailable`; once closed, those
/// that still come are answered. Cheap to clone: all clones are the same gate.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<Doors>);

#[derive(Debug, Default)]
struct Doors {
    behind: OnceLock<Router>,
    is_closing: AtomicBool,
}

impl Gate {
    /// A gate that is not open yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What to serve from the beginning.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/health/live", get(live))
            .route("/health/ready", get(ready))
            .fallback(pass)
            .with_state(self.clone())
    }

    /// Lets requests through to `router` from now on. Only the first router
    /// counts.
    pub fn open(&self, router: Router) {
        let _ = self.0.behind.set(router);
    }

    /// Tells whoever asks that the endpoint is about to end.
    pub fn close(&self) {
        self.0.is_closing.store(true, Ordering::Relaxed);
    }

    fn is_ready(&self) -> bool {
        self.0.behind.get().is_some() && !self.0.is_closing.load(Ordering::Relaxed)
    }
}

async fn live() -> Response<Body> {
    state(StatusCode::OK, "live")
}

async fn ready(State(gate): State<Gate>) -> Response<Body> {
    match gate.is_ready() {
        true => state(StatusCode::OK, "ready"),
        false => state(StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    }
}

fn state(status: StatusCode, state: &str) -> Response<Body> {
    answer_gateway(status, &Object::from([("status", state)]).into())
}

async fn pass(State(gate): State<Gate>, request: Request) -> Response<Body> {
    match gate.0.behind.get() {
        Some(router) => {
            let Ok(response) = router.clone().call(request).await;
            response
        }
        None => Protocol::Json10.refuse(&Failure::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            "The endpoint is starting",
        )),
    }
}
