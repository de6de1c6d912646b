//! The Step Functions API: AWS JSON 1.0, everything `POST /`.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use bytes::Bytes;
use sandstep_json::{Object, Value};
use sandstep_service::step_functions::StepFunctions;

use crate::failure::{Failure, Protocol, answer_json10};

/// What stands before an operation's name in `X-Amz-Target`.
const TARGET: &str = "AWSStepFunctions.";

pub(crate) async fn answer(
    State(account): State<StepFunctions>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if method != Method::POST || !speaks_json(&headers) {
        return unknown();
    }
    match call(&account, &headers, &body).await {
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
    let media = media.map(|media| media.trim().to_ascii_lowercase());
    matches!(
        media.as_deref(),
        Some("application/x-amz-json-1.0" | "application/x-amz-json-1.1")
    )
}

async fn call(
    account: &StepFunctions,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Object, Failure> {
    let operation = operation(headers)?;
    let request = parse(body)?;
    Ok(account.call(operation, &request).await?)
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
