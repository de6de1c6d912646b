//! The Step Functions API: AWS JSON 1.0, everything `POST /`.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use sandstep_json::{Object, Value};
use sandstep_service::step_functions::StepFunctions;

use crate::failure::{Failure, Protocol, answer_json10};

/// What stands before an operation's name in `X-Amz-Target`.
const TARGET: &str = "AWSStepFunctions.";
/// The operations that begin something which may be traced.
const STARTS: [&str; 2] = ["StartExecution", "StartSyncExecution"];
/// What a request's body may be. The answer is always the first.
const MEDIA_TYPES: [&str; 2] = ["application/x-amz-json-1.0", "application/x-amz-json-1.1"];

pub(crate) async fn answer(
    State(account): State<StepFunctions>,
    request: Request,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    if head.method != Method::POST || !speaks_json(&head.headers) {
        return unknown();
    }
    match call(&account, &head.headers, body).await {
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

async fn call(account: &StepFunctions, headers: &HeaderMap, body: Body) -> Result<Object, Failure> {
    let operation = operation(headers)?;
    let body = to_bytes(body, usize::MAX).await;
    let request = parse(&body.expect("the guard has read the whole body"))?;
    let request = traced(operation, headers, request);
    Ok(account.call(operation, &request).await?)
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
