//! The name that every request is given, for its answer and for the log.

use axum::http::HeaderValue;
use sandstep_service::Uuid;

/// AWS's header of it, `x-amzn-RequestId`.
pub(crate) const HEADER: &str = "x-amzn-requestid";

/// A request's name, in the extensions of each request that a route sees.
#[derive(Clone, Copy, Debug)]
pub struct RequestId(Uuid);

impl RequestId {
    pub(crate) fn draw() -> Self {
        Self(Uuid::random(rand::random()))
    }

    /// The name as text, a UUID.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn to_header(self) -> HeaderValue {
        HeaderValue::from_str(&self.0).expect("a UUID is digits and hyphens")
    }
}
