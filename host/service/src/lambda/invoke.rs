//! `Invoke`.

use std::pin::pin;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sandstep_json::{Object, Value};
use sandstep_sandbox::{Call, Function, FunctionError, Invocation, Log, Usage};

use super::events::Event;
use super::get_function::Found;
use super::name::{FunctionName, LATEST};
use super::record::Progress;
use super::{ApiError, Lambda};
use crate::registry::Callable;
use crate::runner::InvocationObserver;
use crate::step_functions::constraints::Constraints;

/// How much of its log an invocation may hand out, in bytes (API reference,
/// `LogType`).
const TAIL_BYTES: usize = 4 * 1024;

/// What `Invoke` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvokeInput {
    /// The function, in any of the forms that Lambda knows.
    pub function_name: String,
    /// A version or alias.
    pub qualifier: Option<String>,
    /// `RequestResponse` unless said, `Event` or `DryRun`.
    pub invocation_type: Option<String>,
    /// `Tail` to be answered the end of the log; `None` unless said.
    pub log_type: Option<String>,
    /// The event's JSON text; nothing at all is `{}`.
    pub payload: Vec<u8>,
    /// Identifies the invocation; drawn unless said.
    pub request_id: Option<String>,
}

/// What `Invoke` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvokeOutput {
    /// 200 for a call that has ended, however it did; 202 for an event; 204 for
    /// a dry run.
    pub status_code: u16,
    /// `Unhandled` where the function failed.
    pub function_error: Option<&'static str>,
    /// The last 4 KB of the log, in base64.
    pub log_result: Option<String>,
    /// The version that was called.
    pub executed_version: Option<String>,
    /// The result's JSON text as the function gave it, or the document of its
    /// error.
    pub payload: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InvocationType {
    RequestResponse,
    Event,
    DryRun,
}

impl Lambda {
    /// Invokes a function.
    ///
    /// Refuses with `ValidationException`, `InvalidParameterValueException`,
    /// `InvalidRequestContentException`, `RequestTooLargeException`,
    /// `ResourceNotFoundException`, `ResourceConflictException` while there is
    /// nothing to call, and `TooManyRequestsException` where the sandbox has no
    /// place or too many events wait. What the function does wrong is no refusal:
    /// see [`InvokeOutput::function_error`].
    pub async fn invoke(&self, input: InvokeInput) -> Result<InvokeOutput, ApiError> {
        let qualifier = input.qualifier.as_deref();
        let name = FunctionName::parse(&input.function_name, qualifier, &self.0.region)?;
        let (kind, is_tailed) = input.kinds()?;
        let payload = self.payload(input.payload, kind)?;
        let (function, version) = self.callable(&name).await?;
        if let Some(problem) = function.problem() {
            return Err(ApiError::conflict(problem));
        }
        let request_id = input.request_id.unwrap_or_else(|| self.draw_uuid());
        match kind {
            InvocationType::DryRun => Ok(InvokeOutput::of_status(204)),
            InvocationType::Event => {
                let event = Event {
                    function,
                    observer: self.0.observer.clone(),
                    request_id,
                    payload,
                };
                self.0.events.accept(event, &self.0.runtime)?;
                Ok(InvokeOutput::of_status(202))
            }
            InvocationType::RequestResponse => {
                let function = function.ready().await.map_err(ApiError::conflict)?;
                let call = Call::new(request_id);
                let (outcome, ending) = run(&function, &*self.0.observer, &payload, &call).await;
                let mut output = InvokeOutput::of(outcome)?;
                output.executed_version = Some(version);
                output.log_result = is_tailed.then(|| ending.tail(&function, &call.request_id));
                Ok(output)
            }
        }
    }

    /// The event, if it is one.
    fn payload(&self, payload: Vec<u8>, kind: InvocationType) -> Result<String, ApiError> {
        let limit = match kind {
            InvocationType::Event => self.0.quotas.event_bytes,
            _ => self.0.quotas.request_bytes,
        };
        if payload.len() > limit {
            return Err(ApiError::new(
                "RequestTooLargeException",
                format_args!(
                    "Request must be smaller than {limit} bytes for the InvokeFunction operation"
                ),
            ));
        }
        if payload.is_empty() {
            return Ok("{}".to_owned());
        }
        let text = String::from_utf8(payload).map_err(not_json)?;
        match Value::parse(&text) {
            Ok(_) => Ok(text),
            Err(error) => Err(not_json(error)),
        }
    }

    /// What a name calls, and the version that it says.
    async fn callable(&self, name: &FunctionName<'_>) -> Result<(Callable, String), ApiError> {
        let none = || {
            let qualifier = name.qualifier.unwrap_or(LATEST);
            ApiError::no_function(format_args!("{}:{qualifier}", self.arn(name.name)))
        };
        let callable = self.0.functions.find(name.name).ok_or_else(none)?;
        let is_ready = matches!(callable, Callable::Ready(_));
        if is_ready && name.is_latest() {
            return Ok((callable, LATEST.to_owned()));
        }
        match self.find(name.name).await? {
            Some(Found::Uploaded(_)) if !name.is_latest() => Err(none()),
            Some(Found::Uploaded(record)) if record.progress == Progress::Creating => {
                Err(ApiError::conflict(
                    "The operation cannot be performed at this time. The function is currently in \
                     the following state: Pending",
                ))
            }
            // One of a project stands behind every version and alias.
            _ => Ok((callable, version(name.qualifier))),
        }
    }
}

fn version(qualifier: Option<&str>) -> String {
    let is_number = |text: &&str| text.bytes().all(|letter| letter.is_ascii_digit());
    qualifier.filter(is_number).unwrap_or(LATEST).to_owned()
}

fn not_json(error: impl std::fmt::Display) -> ApiError {
    ApiError::new(
        "InvalidRequestContentException",
        format_args!(
            "Could not parse request body into json: Could not parse payload into json: {error}"
        ),
    )
}

impl InvokeInput {
    /// What type of invocation it is, and whether its log is asked for.
    fn kinds(&self) -> Result<(InvocationType, bool), ApiError> {
        let kind = self.invocation_type.as_deref().unwrap_or("RequestResponse");
        let log = self.log_type.as_deref().unwrap_or("None");
        Constraints::default()
            .member(
                "invocationType",
                kind,
                &["Event", "RequestResponse", "DryRun"],
            )
            .member("logType", log, &["Tail", "None"])
            .check()?;
        let kind = match kind {
            "Event" => InvocationType::Event,
            "DryRun" => InvocationType::DryRun,
            _ => InvocationType::RequestResponse,
        };
        Ok((kind, log == "Tail"))
    }
}

impl InvokeOutput {
    fn of_status(status_code: u16) -> Self {
        Self {
            status_code,
            ..Self::default()
        }
    }

    fn of(outcome: Result<String, FunctionError>) -> Result<Self, ApiError> {
        let failure = match outcome {
            Ok(payload) => {
                return Ok(Self {
                    payload,
                    ..Self::of_status(200)
                });
            }
            Err(failure) => failure,
        };
        let refusal = match failure.error.as_str() {
            "Lambda.TooManyRequestsException" => "TooManyRequestsException",
            "Lambda.RequestEntityTooLargeException" => "RequestTooLargeException",
            _ => {
                return Ok(Self {
                    function_error: Some("Unhandled"),
                    payload: document(failure),
                    ..Self::of_status(200)
                });
            }
        };
        Err(ApiError::new(refusal, failure.cause))
    }
}

/// The document of an error: the handler's own, or one of the same shape.
fn document(failure: FunctionError) -> String {
    if failure.cause.starts_with('{') {
        return failure.cause;
    }
    let document = Object::from([
        ("errorMessage", failure.cause.as_str()),
        ("errorType", &failure.error),
    ]);
    Value::from(document).to_json()
}

/// What is left of an invocation beside its outcome.
pub(crate) struct Ending {
    log: Log,
    usage: Usage,
}

/// Invokes a function and shows the invocation to who observes it.
pub(crate) async fn run(
    function: &Function,
    observer: &dyn InvocationObserver,
    event: &str,
    call: &Call<'_>,
) -> (Result<String, FunctionError>, Ending) {
    let mut result = String::new();
    let read = |text: &str| {
        let value = Value::parse(text)?;
        result.push_str(text);
        Ok::<_, sandstep_json::ParseError>(value)
    };
    let invocation: Invocation<Value> = pin!(function.invoke_as(event, call, read)).await;
    observer.invoked(&function.spec().name, call, &invocation);
    let Invocation {
        outcome,
        log,
        usage,
    } = invocation;
    (outcome.map(|_| result), Ending { log, usage })
}

impl Ending {
    /// The end of the log as Lambda writes it: what the function printed between
    /// the service's own lines (Developer Guide, "Viewing CloudWatch logs").
    fn tail(&self, function: &Function, request_id: &str) -> String {
        const MB: usize = 1024 * 1024;
        let Usage {
            wall_time,
            peak_memory_bytes,
            ..
        } = self.usage;
        let ms = wall_time.as_secs_f64() * 1000.0;
        let text = format!(
            "START RequestId: {request_id} Version: {LATEST}\n{}END RequestId: {request_id}\n\
             REPORT RequestId: {request_id}\tDuration: {ms:.2} ms\tBilled Duration: {:.0} ms\t\
             Memory Size: {} MB\tMax Memory Used: {} MB\t\n",
            self.log.text,
            ms.ceil(),
            function.spec().limits.memory_mb(),
            peak_memory_bytes.div_ceil(MB),
        );
        BASE64.encode(&text.as_bytes()[text.len().saturating_sub(TAIL_BYTES)..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(error: &str, cause: &str) -> FunctionError {
        FunctionError {
            error: error.to_owned(),
            cause: cause.to_owned(),
        }
    }

    #[test]
    fn a_failure_is_a_document() {
        let own = r#"{"errorMessage":"no","errorType":"Mine","stackTrace":[]}"#;
        for (failure, payload) in [
            (failure("Mine", own), own),
            (
                failure("Sandbox.Timedout", "Task timed out"),
                r#"{"errorMessage":"Task timed out","errorType":"Sandbox.Timedout"}"#,
            ),
        ] {
            let output = InvokeOutput::of(Err(failure)).unwrap();
            assert_eq!(output.payload, payload);
            assert_eq!(output.function_error, Some("Unhandled"));
            assert_eq!(output.status_code, 200);
        }
    }

    #[test]
    fn what_never_ran_is_a_refusal() {
        for (error, code, status) in [
            (
                "Lambda.TooManyRequestsException",
                "TooManyRequestsException",
                429,
            ),
            (
                "Lambda.RequestEntityTooLargeException",
                "RequestTooLargeException",
                413,
            ),
        ] {
            let refusal = InvokeOutput::of(Err(failure(error, "no"))).unwrap_err();
            assert_eq!((refusal.code, refusal.status()), (code, status));
        }
    }
}
