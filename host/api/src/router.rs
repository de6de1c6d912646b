//! Which request means which operation.

use std::sync::Arc;

use axum::Router;
use sandstep_service::lambda::Lambda;
use sandstep_service::step_functions::StepFunctions;

use crate::credentials::Credentials;
use crate::failure::Protocol;
use crate::guard::{Guard, Rooms};
use crate::http_events::{HttpEvent, HttpEvents};
use crate::lambda;
use crate::limits::HttpLimits;
use crate::signature::Signatures;
use crate::step_functions;

/// What an endpoint serves.
pub struct ApiSettings {
    /// The Step Functions account behind `POST /`.
    pub step_functions: StepFunctions,
    /// The Lambda account behind `/2015-03-31/functions`, if there is one.
    pub lambda: Option<Lambda>,
    /// The keys that requests must be signed with; without them, everyone is
    /// let in.
    pub credentials: Option<Credentials>,
    /// The region that signatures are scoped to.
    pub region: String,
    /// Routes of its state machines, beside those of AWS; anyone may ask for
    /// them, as on API Gateway.
    pub http_events: Vec<HttpEvent>,
    /// What clients may ask for.
    pub limits: HttpLimits,
}

/// All routes of the endpoint.
pub fn router(settings: ApiSettings) -> Router {
    let ApiSettings {
        step_functions,
        http_events,
        lambda,
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
    let unsigned = Guard {
        protocol: Protocol::Gateway,
        limits: limits.clone(),
        rooms: rooms.clone(),
        signatures: None,
    };
    let events = HttpEvents::new(step_functions.clone(), http_events);
    let states = guard(Protocol::Json10, "states");
    let mut routes = step_functions::routes(step_functions, states);
    if let Some(lambda) = lambda {
        let mut guard = guard(Protocol::RestJson, "lambda");
        guard.limits.body = limits.upload;
        routes = routes.merge(guard.over(lambda::routes(lambda)));
    }
    match events {
        Some(events) => routes.fallback_service(unsigned.over(events.routes())),
        None => routes,
    }
}
