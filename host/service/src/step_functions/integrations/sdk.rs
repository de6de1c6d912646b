//! `aws-sdk:sfn:…`: any operation of this service, as the AWS SDK calls it.

use sandstep_asl::{Pattern, ResourceKind, TaskOutcome, Timestamp};
use sandstep_driver::TaskCall;
use sandstep_json::{Object, Value};

use super::{Guest, capitalized, renamed};
use crate::runner::{UNSUPPORTED_RESOURCE, request_id};
use crate::step_functions::{ApiError, StepFunctions};

/// Calls an operation for a task.
pub(super) async fn run(guest: &Guest, call: &TaskCall) -> Result<TaskOutcome, TaskOutcome> {
    let resource = &call.task.resource;
    let ResourceKind::Integration { action, .. } = resource.kind() else {
        return Err(unknown(call));
    };
    let operation = operation(action).ok_or_else(|| unknown(call))?;
    let parameters = match &call.task.input {
        Value::Object(members) => renamed(members, |letter| letter.to_ascii_lowercase()),
        _ => Object::new(),
    };
    let account = guest.account().await;
    let answer = account.call(operation, &parameters.into()).await;
    let answer = answer.map_err(|error| refused(&error, call))?;
    let response = Value::from(capitalized(&readable(&answer)));
    Ok(match resource.pattern() {
        Pattern::WaitForTaskToken => TaskOutcome::Accepted(response),
        _ => TaskOutcome::Responded(response),
    })
}

/// The operation of an action: `sendTaskSuccess` is `SendTaskSuccess`.
fn operation(action: &str) -> Option<&'static str> {
    let (action, pattern) = match action.split_once('.') {
        Some((action, pattern)) => (action, Some(pattern)),
        None => (action, None),
    };
    let is_meant = |name: &&&str| {
        let (initial, rest) = name.split_at(1);
        action.strip_prefix(&*initial.to_ascii_lowercase()) == Some(rest)
    };
    let found = StepFunctions::OPERATIONS.iter().find(is_meant).copied();
    found.filter(|_| matches!(pattern, None | Some("waitForTaskToken")))
}

/// The answer with its moments in words, and without what has no value, at every
/// depth.
fn readable(answer: &Object) -> Object {
    let members = answer.iter().filter(|(_, value)| !value.is_null());
    let members = members.map(|(name, value)| (name.clone(), in_words(name, value)));
    members.collect()
}

fn in_words(name: &str, value: &Value) -> Value {
    match value {
        Value::Number(seconds) if is_moment(name) => {
            let millis = (seconds.as_f64() * 1000.0).round();
            Timestamp::from_millis(millis as i64).to_string().into()
        }
        Value::Object(members) => readable(members).into(),
        Value::Array(items) => {
            let items = items.iter().map(|item| in_words(name, item));
            Value::Array(items.collect())
        }
        other => other.clone(),
    }
}

/// Whether a number of that name is one of the model's timestamps.
fn is_moment(name: &str) -> bool {
    name.ends_with("Date") || name == "timestamp"
}

/// How the SDK puts an error (recorded of `InvalidToken`).
fn refused(error: &ApiError, call: &TaskCall) -> TaskOutcome {
    let code = error.code.trim_end_matches("Exception");
    let cause = format!(
        "{} (Service: Sfn, Status Code: {}, Request ID: {}) (SDK Attempt Count: 1)",
        error.message,
        error.status(),
        request_id(call)
    );
    TaskOutcome::failed(format!("Sfn.{code}Exception"), cause)
}

fn unknown(call: &TaskCall) -> TaskOutcome {
    let resource = &call.task.resource;
    let cause = format!("There is no operation behind the resource {resource}.");
    TaskOutcome::failed(UNSUPPORTED_RESOURCE, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_an_operation_without_its_capital() {
        for (action, expected) in [
            ("sendTaskSuccess", Some("SendTaskSuccess")),
            ("startExecution.waitForTaskToken", Some("StartExecution")),
            ("startExecution.sync", None),
            ("SendTaskSuccess", None),
            ("makeCoffee", None),
            ("", None),
        ] {
            assert_eq!(operation(action), expected, "{action}");
        }
    }

    #[test]
    fn moments_are_told_in_words_at_every_depth() {
        let answer = Value::parse(
            r#"{"startDate": 0, "taskToken": null, "maxResults": 7,
                "executions": [{"stopDate": 1.5, "name": null}], "events": [{"timestamp": 2}]}"#,
        );
        let answer = answer.unwrap();
        assert_eq!(
            Value::from(readable(answer.as_object().unwrap())).to_json(),
            concat!(
                r#"{"startDate":"1970-01-01T00:00:00.000Z","maxResults":7,"#,
                r#""executions":[{"stopDate":"1970-01-01T00:00:01.500Z"}],"#,
                r#""events":[{"timestamp":"1970-01-01T00:00:02.000Z"}]}"#
            )
        );
    }
}
