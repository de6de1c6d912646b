//! The Lambda API: REST, with what an operation does not put into its document
//! in paths, queries and headers (Lambda API reference).

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post, put};
use axum::{Extension, extract::rejection::QueryRejection};
use sandstep_json::{Object, Value};
use sandstep_service::lambda::{
    ApiError, DeleteFunctionInput, GetFunctionInput, InvokeInput, InvokeOutput, Lambda,
    ListFunctionsInput,
};
use serde::Deserialize;

use crate::failure::{Failure, Protocol, json};
use crate::request_id::RequestId;
use crate::step_functions::unknown;

/// The routes of the operations that there are. A name in a path may be any form
/// that names a function, encoded as URLs are.
pub(crate) fn routes(lambda: Lambda) -> Router {
    let known = |method: MethodRouter<Lambda>| method.fallback(async || unknown());
    let functions = || known(get(list).post(create));
    Router::new()
        .route("/2015-03-31/functions", functions())
        // As some clients' models have it.
        .route("/2015-03-31/functions/", functions())
        .route(
            "/2015-03-31/functions/{name}",
            known(get(describe).delete(delete)),
        )
        .route(
            "/2015-03-31/functions/{name}/configuration",
            known(get(describe_configuration).put(update_configuration)),
        )
        .route("/2015-03-31/functions/{name}/code", known(put(update_code)))
        .route(
            "/2015-03-31/functions/{name}/invocations",
            known(post(invoke)),
        )
        .with_state(lambda)
}

/// What a request's query may say.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Parameters {
    qualifier: Option<String>,
    marker: Option<String>,
    max_items: Option<String>,
    function_version: Option<String>,
}

type Asked = Result<Query<Parameters>, QueryRejection>;

async fn create(State(lambda): State<Lambda>, body: Bytes) -> Answer {
    let created = lambda.create_function(&parse(&body)?).await?;
    Ok(document(StatusCode::CREATED, created))
}

async fn list(State(lambda): State<Lambda>, asked: Asked) -> Answer {
    let Parameters {
        marker,
        max_items,
        function_version,
        ..
    } = parameters(asked)?;
    let input = ListFunctionsInput {
        marker,
        max_items: max_items.as_deref().map(number).transpose()?,
        function_version,
    };
    let listed = lambda.list_functions(input).await?;
    Ok(document(StatusCode::OK, listed))
}

async fn describe(
    State(lambda): State<Lambda>,
    Path(function_name): Path<String>,
    asked: Asked,
) -> Answer {
    let found = lambda.get_function(GetFunctionInput {
        function_name,
        qualifier: parameters(asked)?.qualifier,
    });
    Ok(document(StatusCode::OK, found.await?))
}

async fn describe_configuration(
    State(lambda): State<Lambda>,
    Path(function_name): Path<String>,
    asked: Asked,
) -> Answer {
    let found = lambda.get_function_configuration(GetFunctionInput {
        function_name,
        qualifier: parameters(asked)?.qualifier,
    });
    Ok(document(StatusCode::OK, found.await?))
}

async fn update_code(
    State(lambda): State<Lambda>,
    Path(name): Path<String>,
    body: Bytes,
) -> Answer {
    let updated = lambda.update_function_code(&name, &parse(&body)?).await?;
    Ok(document(StatusCode::OK, updated))
}

async fn update_configuration(
    State(lambda): State<Lambda>,
    Path(name): Path<String>,
    body: Bytes,
) -> Answer {
    let request = parse(&body)?;
    let updated = lambda
        .update_function_configuration(&name, &request)
        .await?;
    Ok(document(StatusCode::OK, updated))
}

async fn delete(
    State(lambda): State<Lambda>,
    Path(function_name): Path<String>,
    asked: Asked,
) -> Answer {
    let deleted = lambda.delete_function(DeleteFunctionInput {
        function_name,
        qualifier: parameters(asked)?.qualifier,
    });
    deleted.await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn invoke(
    State(lambda): State<Lambda>,
    Path(function_name): Path<String>,
    asked: Asked,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let text = |name| {
        let value = headers.get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    let invoked = lambda.invoke(InvokeInput {
        function_name,
        qualifier: parameters(asked)?.qualifier,
        invocation_type: text("x-amz-invocation-type"),
        log_type: text("x-amz-log-type"),
        payload: body.into(),
        request_id: Some(request_id.as_str().to_owned()),
    });
    Ok(invoked_response(invoked.await?))
}

fn invoked_response(output: InvokeOutput) -> Response<Body> {
    let InvokeOutput {
        status_code,
        function_error,
        log_result,
        executed_version,
        payload,
    } = output;
    let status = StatusCode::from_u16(status_code).expect("the operation's statuses are HTTP's");
    let mut response = match status {
        StatusCode::OK => json(payload),
        _ => Response::new(Body::empty()),
    };
    *response.status_mut() = status;
    for (name, value) in [
        ("x-amz-function-error", function_error.map(str::to_owned)),
        ("x-amz-log-result", log_result),
        ("x-amz-executed-version", executed_version),
    ] {
        if let Some(value) = value {
            let value = HeaderValue::from_str(&value);
            let value = value.expect("versions and base64 are letters and digits");
            let headers = response.headers_mut();
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

type Answer = Result<Response<Body>, Refused>;

/// A refusal in this protocol.
struct Refused(Failure);

impl IntoResponse for Refused {
    fn into_response(self) -> Response<Body> {
        let mut response = Protocol::RestJson.refuse(&self.0);
        if self.0.status == StatusCode::TOO_MANY_REQUESTS {
            const SOON: HeaderValue = HeaderValue::from_static("1");
            response.headers_mut().insert(header::RETRY_AFTER, SOON);
        }
        response
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        let status = StatusCode::from_u16(error.status());
        Self(Failure {
            status: status.expect("statuses have three digits"),
            code: error.code,
            members: error.to_json(),
        })
    }
}

fn document(status: StatusCode, members: Object) -> Response<Body> {
    let mut response = json(Value::Object(members).to_json());
    *response.status_mut() = status;
    response
}

/// No body at all is a request without members.
fn parse(body: &[u8]) -> Result<Value, Refused> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    Value::parse_slice(body).map_err(|error| {
        let message = format!("Could not parse request body into json: {error}");
        let members = Object::from([("message", message.as_str()), ("Type", "User")]);
        Refused(Failure {
            members,
            ..Failure::bad_request("InvalidRequestContentException", "")
        })
    })
}

fn parameters(asked: Asked) -> Result<Parameters, Refused> {
    let Query(parameters) = asked.map_err(|error| malformed(&error.to_string()))?;
    Ok(parameters)
}

fn number(text: &str) -> Result<i64, Refused> {
    let number = text.parse();
    number.map_err(|_| malformed(&format!("MaxItems is a number, and not \"{text}\"")))
}

fn malformed(message: &str) -> Refused {
    Refused(Failure::bad_request("SerializationException", message))
}
