//! HTTP events of state machines, as API Gateway answers them.
//!
//! The Serverless Framework's plugin serverless-step-functions makes a method of
//! a REST API of each `http` event: a request's body becomes an execution's
//! input, and the answer is `StartExecution`'s own. The rules are those of the
//! plugin's `lib/deploy/events/apiGateway`, and of "Mapping templates" in the
//! API Gateway developer guide.

mod answer;
mod cors;
mod mapping;
mod proxy;
mod route;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method};
use sandstep_service::step_functions::StepFunctions;

pub use self::cors::Cors;
pub use self::mapping::Mapping;
pub use self::route::{IllegalPath, PathTemplate};

use self::answer::answer;

/// A route, and the state machine that it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpEvent {
    /// The route.
    pub route: HttpRoute,
    /// The state machine that it starts.
    pub machine_arn: String,
}

/// A route that calls an operation, most often to start an execution.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpRoute {
    /// The method, or `None` where any will do.
    pub method: Option<Method>,
    /// The path, with its parameters.
    pub path: PathTemplate,
    /// The stage: the route is served as `/STAGE/PATH` and as `/PATH`.
    pub stage: String,
    /// The operation that it calls, such as `StartExecution`.
    pub operation: String,
    /// What the operation is called with.
    pub mapping: Mapping,
    /// Which pages of other origins may ask.
    pub cors: Option<Cors>,
    /// Headers of the answer to a call that succeeded.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// All HTTP events of an endpoint.
#[derive(Clone)]
pub(crate) struct HttpEvents(Arc<Events>);

struct Events {
    account: StepFunctions,
    /// Those that fit a path best come first.
    events: Vec<HttpEvent>,
}

impl HttpEvents {
    /// Serves the events, if there are any.
    pub(crate) fn new(account: StepFunctions, mut events: Vec<HttpEvent>) -> Option<Self> {
        events.sort_by(|a, b| a.route.path.cmp(&b.route.path));
        (!events.is_empty()).then(|| Self(Arc::new(Events { account, events })))
    }

    /// Answers whatever comes: what no event is for is refused.
    pub(crate) fn routes(self) -> Router {
        Router::new().fallback(answer).with_state(self)
    }
}
