//! How an operation is refused.

use std::fmt;

use sandstep_json::{Object, Value};

/// A refused call, in AWS's words (API reference, "Errors" of each operation).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// AWS's name of the error, such as `StateMachineDoesNotExist`.
    pub code: &'static str,
    /// What a person can make of it.
    pub message: String,
}

impl ApiError {
    pub(crate) fn new(code: &'static str, message: impl fmt::Display) -> Self {
        Self {
            code,
            message: message.to_string(),
        }
    }

    pub(crate) fn validation(message: impl fmt::Display) -> Self {
        Self::new("ValidationException", message)
    }

    pub(crate) fn invalid_arn(problem: impl fmt::Display) -> Self {
        Self::new("InvalidArn", format_args!("Invalid Arn: '{problem}'"))
    }

    pub(crate) fn invalid_name(name: &str) -> Self {
        Self::new("InvalidName", format_args!("Invalid Name: '{name}'"))
    }

    pub(crate) fn invalid_token(token: &str) -> Self {
        Self::new("InvalidToken", format_args!("Invalid Token: '{token}'"))
    }

    pub(crate) fn no_machine(arn: &str) -> Self {
        let message = format_args!("State Machine Does Not Exist: '{arn}'");
        Self::new("StateMachineDoesNotExist", message)
    }

    pub(crate) fn no_execution(arn: &str) -> Self {
        let message = format_args!("Execution Does Not Exist: '{arn}'");
        Self::new("ExecutionDoesNotExist", message)
    }

    /// An operation for STANDARD machines of an EXPRESS one, or the reverse.
    pub(crate) fn type_not_supported() -> Self {
        Self::new(
            "StateMachineTypeNotSupported",
            "This operation is not supported by this type of state machine",
        )
    }

    /// The body of an answer in AWS's JSON protocol, but for its type.
    pub fn to_json(&self) -> Object {
        Object::from([("message", Value::from(self.message.as_str()))])
    }
}
