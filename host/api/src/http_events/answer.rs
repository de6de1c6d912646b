//! Answers a request at an event's route, as API Gateway does.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use bytes::Bytes;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use sandstep_json::{Object, Value};

use super::mapping::Unmappable;
use super::proxy::Facts;
use super::route::{Parameters, segments};
use super::{Cors, Events, HttpEvent, HttpEvents, HttpRoute};
use crate::failure::answer_gateway;
use crate::request_id::RequestId;

/// What a request's path and method mean.
enum Found<'e> {
    Event(&'e HttpEvent, Parameters),
    /// A browser asks what pages of other origins may do; the methods of the
    /// path.
    Preflight(&'e Cors, Vec<Option<Method>>),
    Nothing,
}

pub(super) async fn answer(
    State(HttpEvents(events)): State<HttpEvents>,
    Extension(request_id): Extension<RequestId>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    match events.find(&method, uri.path()) {
        Found::Event(event, parameters) => {
            let facts = Facts {
                method: &method,
                resource: event.route.path.to_string(),
                path: staged(&event.route.stage, uri.path()),
                stage: &event.route.stage,
                query: uri.query().unwrap_or_default(),
                headers: &headers,
                parameters,
                request_id: request_id.as_str(),
                account: account(&event.machine_arn),
                now: Timestamp::now(),
            };
            events.call(event, &facts, &body).await
        }
        Found::Preflight(cors, methods) => {
            let mut response = Response::new(Body::empty());
            cors.of_preflight(&methods, response.headers_mut());
            response
        }
        // What API Gateway says of a route that it does not have.
        Found::Nothing => message(StatusCode::FORBIDDEN, "Missing Authentication Token"),
    }
}

impl Events {
    fn find(&self, method: &Method, path: &str) -> Found<'_> {
        let path: Vec<String> = segments(path)
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        let fitting: Vec<(&HttpEvent, Parameters)> = self
            .events
            .iter()
            .filter_map(|event| Some((event, event.route.fit(&path)?)))
            .collect();
        let is_meant =
            |event: &HttpEvent| event.route.method.as_ref().is_none_or(|one| one == method);
        // A method of its own is meant before any method is.
        let exact = fitting
            .iter()
            .position(|(event, _)| event.route.method.as_ref() == Some(method));
        let found = exact.or_else(|| fitting.iter().position(|(event, _)| is_meant(event)));
        if let Some(cors) = preflight(method, &fitting, exact) {
            let methods = fitting.iter().map(|(event, _)| event.route.method.clone());
            return Found::Preflight(cors, methods.collect());
        }
        match found.and_then(|index| fitting.into_iter().nth(index)) {
            Some((event, parameters)) => Found::Event(event, parameters),
            None => Found::Nothing,
        }
    }

    async fn call(&self, event: &HttpEvent, facts: &Facts<'_>, body: &[u8]) -> Response<Body> {
        let mut response = match event.route.mapping.apply(&event.machine_arn, facts, body) {
            Ok(input) => self.run(event, &input).await,
            Err(problem) => refuse(&problem),
        };
        if let Some(cors) = &event.route.cors {
            cors.of_answer(response.headers_mut());
        }
        response
    }

    async fn run(&self, event: &HttpEvent, input: &Value) -> Response<Body> {
        match self.account.call(&event.route.operation, input).await {
            Ok(output) => {
                let mut response = answer_gateway(StatusCode::OK, &output.into());
                for (name, value) in &event.route.headers {
                    response.headers_mut().insert(name, value.clone());
                }
                response
            }
            // The plugin maps the service's 400 and nothing else; that what is
            // no fault of the caller's becomes API Gateway's default answer,
            // 200, helps nobody.
            Err(error) => {
                let mut refusal = Object::from([("__type", error.code)]);
                refusal.extend(&error.to_json());
                match error.code {
                    "InternalFailure" | "ServiceUnavailable" => {
                        message(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
                    }
                    _ => answer_gateway(StatusCode::BAD_REQUEST, &refusal.into()),
                }
            }
        }
    }
}

/// What a browser is told, where the path's events have a method for pages of
/// other origins and none that is OPTIONS itself.
fn preflight<'e>(
    method: &Method,
    fitting: &[(&'e HttpEvent, Parameters)],
    exact: Option<usize>,
) -> Option<&'e Cors> {
    if method != Method::OPTIONS || exact.is_some() {
        return None;
    }
    fitting
        .iter()
        .find_map(|(event, _)| event.route.cors.as_ref())
}

impl HttpRoute {
    /// The parameters of a path with the stage before it, or without.
    fn fit(&self, path: &[String]) -> Option<Parameters> {
        let staged = path
            .split_first()
            .filter(|(stage, _)| **stage == self.stage);
        let within = staged.and_then(|(_, rest)| self.path.fit(rest));
        within.or_else(|| self.path.fit(path))
    }
}

/// A request's path as `$context.path` has it.
fn staged(stage: &str, path: &str) -> String {
    let prefix = format!("/{stage}");
    match path.strip_prefix(&prefix) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => path.to_owned(),
        _ => prefix + path,
    }
}

/// The account in a machine's ARN.
fn account(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

fn refuse(problem: &Unmappable) -> Response<Body> {
    match problem {
        Unmappable::MediaType => {
            message(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type")
        }
        Unmappable::Body(cause) => {
            let text = format!("Could not parse request body into json: {cause}");
            message(StatusCode::BAD_REQUEST, &text)
        }
    }
}

/// Something that API Gateway itself says.
fn message(status: StatusCode, text: &str) -> Response<Body> {
    answer_gateway(status, &Object::from([("message", text)]).into())
}
