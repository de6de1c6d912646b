//! Which request means which operation.

use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use sandstep_service::step_functions::StepFunctions;

use crate::failure::Protocol;
use crate::guard::{Guard, Rooms};
use crate::limits::HttpLimits;
use crate::step_functions;

/// What an endpoint serves.
pub struct ApiSettings {
    /// The Step Functions account behind `POST /`.
    pub step_functions: StepFunctions,
    /// What clients may ask for.
    pub limits: HttpLimits,
}

/// All routes of the endpoint.
pub fn router(settings: ApiSettings) -> Router {
    let ApiSettings {
        step_functions,
        limits,
    } = settings;
    let rooms = Arc::new(Rooms::new(&limits));
    let json10 = Guard {
        protocol: Protocol::Json10,
        limits,
        rooms,
    };
    let routes = Router::new().route("/", any(step_functions::answer));
    json10.over(routes.with_state(step_functions))
}
