//! How a request is refused, and how each protocol says so.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use sandstep_json::{Object, Value};
use sandstep_service::step_functions::ApiError;

/// A refusal, in AWS's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    /// AWS's name of the error, such as `ThrottlingException`.
    pub(crate) code: &'static str,
    /// Its message, and what else the error has.
    pub(crate) members: Object,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: &str) -> Self {
        Self {
            status,
            code,
            members: Object::from([("message", message)]),
        }
    }

    /// A refusal with status 400, as nearly all of AWS's are.
    pub(crate) fn bad_request(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// Says nothing of the reason: that is for the log.
    pub(crate) fn internal() -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "InternalFailure", "The request failed")
    }

    pub(crate) fn throttled() -> Self {
        Self::bad_request("ThrottlingException", "Rate exceeded")
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let status = StatusCode::from_u16(error.status());
        Self {
            status: status.expect("statuses have three digits"),
            code: error.code,
            members: error.to_json(),
        }
    }
}

/// How a group of routes speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// AWS JSON 1.0: everything is `POST /` (Smithy, "AWS JSON 1.0 protocol").
    Json10,
    /// API Gateway's own refusals (API Gateway developer guide, "Gateway response
    /// types").
    Gateway,
    /// AWS's REST protocol with JSON (Smithy, "AWS restJson1 protocol").
    RestJson,
}

impl Protocol {
    pub(crate) fn refuse(self, failure: &Failure) -> Response<Body> {
        match self {
            Self::Json10 => json10(failure),
            Self::Gateway => gateway(failure),
            Self::RestJson => rest_json(failure),
        }
    }

    /// The status of requests whose signature is missing or wrong.
    pub(crate) fn unauthenticated(self) -> StatusCode {
        match self {
            Self::Json10 => StatusCode::BAD_REQUEST,
            Self::Gateway => StatusCode::FORBIDDEN,
            Self::RestJson => StatusCode::FORBIDDEN,
        }
    }
}

fn json10(failure: &Failure) -> Response<Body> {
    let mut document = Object::from([("__type", Value::from(qualified(failure.code)))]);
    document.extend(&failure.members);
    let mut response = answer_json10(document);
    *response.status_mut() = failure.status;
    response
}

/// The error's name is in a header, and what is refused before any operation has
/// the names that the service's own operations have for it.
fn rest_json(failure: &Failure) -> Response<Body> {
    let (status, code) = match failure.code {
        "ThrottlingException" => (StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException"),
        "InternalFailure" => (StatusCode::INTERNAL_SERVER_ERROR, "ServiceException"),
        code => (failure.status, code),
    };
    let mut response = json(Value::Object(failure.members.clone()).to_json());
    *response.status_mut() = status;
    let name = HeaderName::from_static("x-amzn-errortype");
    let headers = response.headers_mut();
    headers.insert(name, HeaderValue::from_static(code));
    response
}

/// A document as AWS's REST protocol sends it.
pub(crate) fn json(document: String) -> Response<Body> {
    const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/json");
    let mut response = Response::new(Body::from(document));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, CONTENT_TYPE);
    response
}

/// The name of an error with its namespace, which clients cut off: that of the
/// service's model, but for what AWS's framework finds before the service.
fn qualified(code: &str) -> String {
    match code {
        "SerializationException" => code.to_owned(),
        "ValidationException" => format!("com.amazon.coral.validate#{code}"),
        code if COMMON.contains(&code) => format!("com.amazon.coral.service#{code}"),
        code => format!("com.amazonaws.swf.service.v2.model#{code}"),
    }
}

/// The errors that every service has (API reference, "Common Error Types").
const COMMON: [&str; 11] = [
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InternalFailure",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "RequestEntityTooLargeException",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "ThrottlingException",
    "UnknownOperationException",
    "UnrecognizedClientException",
];

fn gateway(failure: &Failure) -> Response<Body> {
    let (status, message) = match (failure.code, failure.status) {
        ("ThrottlingException", _) => (StatusCode::TOO_MANY_REQUESTS, "Too Many Requests"),
        (_, status @ StatusCode::PAYLOAD_TOO_LARGE) => (status, "Request Too Long"),
        (_, StatusCode::REQUEST_TIMEOUT) => {
            (StatusCode::GATEWAY_TIMEOUT, "Endpoint request timed out")
        }
        (_, status) if status.is_server_error() => (status, "Internal server error"),
        (_, status) => (status, "Bad Request"),
    };
    answer_gateway(status, &Object::from([("message", message)]).into())
}

/// A document as API Gateway sends it.
pub(crate) fn answer_gateway(status: StatusCode, document: &Value) -> Response<Body> {
    const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/json");
    let mut response = Response::new(Body::from(document.to_json()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, CONTENT_TYPE);
    response
}

/// A document as AWS JSON 1.0 sends it.
pub(crate) fn answer_json10(document: Object) -> Response<Body> {
    const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.0");
    let mut response = Response::new(Body::from(Value::Object(document).to_json()));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, CONTENT_TYPE);
    response
}
