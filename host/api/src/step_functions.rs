//! The Step Functions API: AWS JSON 1.0, everything `POST /`.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use bytes::Bytes;
use sandstep_json::{Object, Value};
use sandstep_service::step_functions::StepFunctions;

use crate::failure::{Failure, Protocol, answer_json10};

/// What stands before an operation's name in `X-Amz-Target`.
const TARGET: &str = "AWSStepFunctions.";

pub(crate) async fn answer(
    State(account): State<StepFunctions>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    match call(&account, &headers, &body).await {
        Ok(document) => answer_json10(document),
        Err(failure) => Protocol::Json10.refuse(&failure),
    }
}

async fn call(
    account: &StepFunctions,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Object, Failure> {
    let operation = operation(headers)?;
    let request = Value::parse_slice(body)
        .map_err(|error| Failure::bad_request("SerializationException", &error.to_string()))?;
    Ok(account.call(operation, &request).await?)
}

fn operation(headers: &HeaderMap) -> Result<&str, Failure> {
    let target = headers.get("x-amz-target");
    let operation = target.and_then(|target| target.to_str().ok()?.strip_prefix(TARGET));
    operation.ok_or_else(|| Failure::bad_request("UnknownOperationException", ""))
}
