//! Which request means which operation.

use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use sandstep_service::step_functions::StepFunctions;

use crate::credentials::Credentials;
use crate::failure::Protocol;
use crate::guard::{Guard, Rooms};
use crate::limits::HttpLimits;
use crate::signature::Signatures;
use crate::step_functions;

/// What an endpoint serves.
pub struct ApiSettings {
    /// The Step Functions account behind `POST /`.
    pub step_functions: StepFunctions,
    /// The keys that requests must be signed with; without them, everyone is
    /// let in.
    pub credentials: Option<Credentials>,
    /// The region that signatures are scoped to.
    pub region: String,
    /// What clients may ask for.
    pub limits: HttpLimits,
}

/// All routes of the endpoint.
pub fn router(settings: ApiSettings) -> Router {
    let ApiSettings {
        step_functions,
        credentials,
        region,
        limits,
    } = settings;
    let rooms = Arc::new(Rooms::new(&limits));
    let region = Arc::<str>::from(region);
    let credentials = credentials.map(Arc::new);
    let signatures = |protocol, service| {
        let credentials = credentials.clone()?;
        Some(Signatures {
            credentials,
            region: region.clone(),
            service,
            protocol,
        })
    };
    let guard = |protocol, service| Guard {
        protocol,
        limits: limits.clone(),
        rooms: rooms.clone(),
        signatures: signatures(protocol, service),
    };
    let step_functions = Router::new()
        .route("/", any(step_functions::answer))
        .fallback(async || step_functions::unknown())
        .with_state(step_functions);
    guard(Protocol::Json10, "states").over(step_functions)
}
