//! A client of a Step Functions endpoint: ours, or any other that speaks AWS's
//! protocol.

mod connection;
mod endpoint;
mod names;
mod pages;
mod signer;
mod watch;

use std::fmt;
use std::time::Duration;

use sandstep_json::Value;

pub(crate) use self::endpoint::DEFAULT_PORT;
pub(crate) use self::names::{ExecutionArn, arn, is_standard};
pub(crate) use self::watch::{Watch, outcome};

use self::connection::{Answer, Unreachable};
use self::endpoint::Endpoint;
use crate::args::EndpointArgs;
use crate::command_error::CommandError;

/// How long an endpoint may take to answer one call.
const CALL_TIME: Duration = Duration::from_secs(70);

/// Calls operations of the Step Functions API.
pub(crate) struct Client {
    endpoint: Endpoint,
}

/// Why a call has no result.
#[derive(Debug)]
pub(crate) enum CallError {
    /// The endpoint refused the call.
    Refused(Refusal),
    /// There was no answer, or none in AWS's protocol.
    Failed(CommandError),
}

/// An error as AWS's protocol has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// AWS's name, such as `ExecutionDoesNotExist`.
    pub(crate) code: String,
    /// The endpoint's explanation.
    pub(crate) message: String,
}

impl Client {
    /// A client of the endpoint that options and environment name. Nothing is
    /// sent yet.
    pub(crate) fn new(args: &EndpointArgs) -> Result<Self, CommandError> {
        let endpoint = Endpoint::find(args)?;
        Ok(Self { endpoint })
    }

    /// Calls an operation, such as `DescribeExecution`, and returns its answer.
    pub(crate) async fn call(
        &self,
        operation: &str,
        request: impl Into<Value>,
    ) -> Result<Value, CallError> {
        let body = request.into().to_json();
        let answer = tokio::time::timeout(CALL_TIME, self.endpoint.post(operation, body))
            .await
            .unwrap_or_else(|_| Err(Unreachable::silent(CALL_TIME)))
            .map_err(|problem| CallError::Failed(self.unreachable(operation, &problem)))?;
        read(&answer).map_err(|problem| match problem {
            Problem::Refused(refusal) => CallError::Refused(refusal),
            Problem::Unreadable => CallError::Failed(self.foreign(operation, answer.status)),
        })
    }

    fn unreachable(&self, operation: &str, problem: &Unreachable) -> CommandError {
        let url = &self.endpoint;
        CommandError::caused(format!("calling {operation} at {url}"), problem).hint(
            "`sandstep serve` starts an endpoint; --endpoint URL or SANDSTEP_ENDPOINT names \
             another",
        )
    }

    fn foreign(&self, operation: &str, status: u16) -> CommandError {
        let url = &self.endpoint;
        CommandError::new(format!(
            "calling {operation} at {url}: the answer, with HTTP status {status}, is not in AWS's \
             protocol"
        ))
        .hint("is that a Step Functions endpoint?")
    }
}

enum Problem {
    Refused(Refusal),
    Unreadable,
}

/// Reads an answer of the AWS JSON protocol (Smithy, "AWS JSON 1.0 protocol").
fn read(answer: &Answer) -> Result<Value, Problem> {
    let body = match answer.body.is_empty() {
        true => "{}".as_bytes(),
        false => &answer.body,
    };
    let body = Value::parse_slice(body).map_err(|_| Problem::Unreadable)?;
    if answer.status == 200 {
        return Ok(body);
    }
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let Some(code) = text("__type").or_else(|| text("code")) else {
        return Err(Problem::Unreadable);
    };
    let message = text("message").or_else(|| text("Message"));
    Err(Problem::Refused(Refusal {
        // A namespace may stand before `#` (Smithy, "Operation error serialization").
        code: code.rsplit('#').next().unwrap_or(code).to_owned(),
        message: message.unwrap_or_default().to_owned(),
    }))
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message.is_empty() {
            true => f.write_str(&self.code),
            false => write!(f, "{}: {}", self.code, self.message),
        }
    }
}

impl CallError {
    /// Whether the endpoint refused with this code.
    pub(crate) fn is(&self, code: &str) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.code == code)
    }
}

impl From<CallError> for CommandError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Failed(error) => error,
            CallError::Refused(refusal) => refused(&refusal),
        }
    }
}

fn refused(refusal: &Refusal) -> CommandError {
    let error = CommandError::new(refusal.to_string());
    match &*refusal.code {
        "MissingAuthenticationToken" | "MissingAuthenticationTokenException" => error.hint(
            "the endpoint asks for signed requests: set AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY, or give --credentials FILE",
        ),
        "ThrottlingException" | "ServiceUnavailable" => {
            error.hint("the endpoint is busy: try again")
        }
        "ExecutionDoesNotExist" => error.hint("`sandstep executions` lists them"),
        "InvalidExecutionInput" => {
            error.hint("--input takes JSON, @FILE for what a file holds, or - for stdin")
        }
        "StateMachineDoesNotExist" => error.hint(
            "its name alone is enough: the ARN is then made of the endpoint's region and account",
        ),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Result<String, String> {
        let answer = Answer {
            status,
            body: body.as_bytes().to_vec(),
        };
        read(&answer)
            .map(|value| value.to_json())
            .map_err(|problem| match problem {
                Problem::Refused(refusal) => refusal.to_string(),
                Problem::Unreadable => "unreadable".to_owned(),
            })
    }

    #[test]
    fn answers_are_read_as_the_protocol_has_them() {
        assert_eq!(answer(200, r#"{"a":1}"#), Ok(r#"{"a":1}"#.to_owned()));
        assert_eq!(answer(200, ""), Ok("{}".to_owned()));
        let body = r#"{"__type":"com.amazonaws.swf.service.v2.model#InvalidArn","message":"no"}"#;
        assert_eq!(answer(400, body), Err("InvalidArn: no".to_owned()));
        let body = r#"{"__type":"InvalidArn","Message":"no"}"#;
        assert_eq!(answer(400, body), Err("InvalidArn: no".to_owned()));
        assert_eq!(answer(404, "<html>"), Err("unreadable".to_owned()));
        assert_eq!(answer(404, "{}"), Err("unreadable".to_owned()));
    }
}
