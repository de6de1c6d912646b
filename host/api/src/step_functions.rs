//! The Step Functions API: AWS JSON 1.0, everything `POST /`.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{self, HeaderMap, Method, Response, StatusCode, header};
use axum::routing::any;
use bytes::Bytes;
use sandstep_json::{Object, Value};
use sandstep_service::step_functions::StepFunctions;

use crate::failure::{Failure, Protocol, answer_json10};
use crate::guard::Guard;

/// What stands before an operation's name in `X-Amz-Target`.
const TARGET: &str = "AWSStepFunctions.";
/// The operations that begin something which may be traced.
const STARTS: [&str; 2] = ["StartExecution", "StartSyncExecution"];
/// What a request's body may be. The answer is always the first.
const MEDIA_TYPES: [&str; 2] = ["application/x-amz-json-1.0", "application/x-amz-json-1.1"];

/// An account, and who lets requests in to it.
struct Endpoint {
    account: StepFunctions,
    guard: Guard,
}

/// The one route of the API, and the answer to all that no other API takes. They ask
/// the guard themselves: as a layer it would cost a request as much as its routing.
pub(crate) fn routes(account: StepFunctions, guard: Guard) -> Router {
    Router::new()
        .route("/", any(answer))
        .fallback(refuse)
        .with_state(Arc::new(Endpoint { account, guard }))
}

async fn answer(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response<Body> {
    let Endpoint { account, guard } = &*endpoint;
    guard
        .attend(request, |request| respond(account, request))
        .await
}

async fn refuse(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response<Body> {
    let refused = |_| async { unknown() };
    endpoint.guard.attend(request, refused).await
}

async fn respond(account: &StepFunctions, request: http::Request<Bytes>) -> Response<Body> {
    if request.method() != Method::POST || !speaks_json(request.headers()) {
        return unknown();
    }
    match call(account, &request).await {
        Ok(document) => answer_json10(document),
        Err(failure) => Protocol::Json10.refuse(&failure),
    }
}

/// The answer to what is in none of the protocols that are spoken here: AWS's
/// own, which does not know either whether JSON is wanted.
pub(crate) fn unknown() -> Response<Body> {
    let mut response = Response::new(Body::from("<UnknownOperationException/>\n"));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

fn speaks_json(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE);
    let media = media.and_then(|media| media.to_str().ok()?.split(';').next());
    media.is_some_and(|media| {
        let mut spoken = MEDIA_TYPES.iter();
        spoken.any(|spoken| media.trim().eq_ignore_ascii_case(spoken))
    })
}

async fn call(account: &StepFunctions, request: &http::Request<Bytes>) -> Result<Object, Failure> {
    let operation = operation(request.headers())?;
    let members = traced(operation, request.headers(), parse(request.body())?);
    Ok(account.call(operation, &members).await?)
}

/// The request as it is traced: its header is preferred to its body (API reference,
/// `StartExecution`, `traceHeader`).
fn traced(operation: &str, headers: &HeaderMap, request: Value) -> Value {
    let trace = headers.get("x-amzn-trace-id");
    let trace = trace.filter(|_| STARTS.contains(&operation));
    match (trace.and_then(|trace| trace.to_str().ok()), request) {
        (Some(trace), Value::Object(members)) => members.with("traceHeader", trace).into(),
        (_, request) => request,
    }
}

/// No body at all is a request without members, as on AWS.
fn parse(body: &[u8]) -> Result<Value, Failure> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    let request = Value::parse_slice(body);
    request.map_err(|error| Failure::bad_request("SerializationException", &error.to_string()))
}

fn operation(headers: &HeaderMap) -> Result<&str, Failure> {
    let target = headers.get("x-amz-target");
    let operation = target.and_then(|target| target.to_str().ok()?.strip_prefix(TARGET));
    operation.ok_or_else(|| {
        let message = "The header X-Amz-Target names no operation of AWSStepFunctions";
        Failure::bad_request("UnknownOperationException", message)
    })
}
