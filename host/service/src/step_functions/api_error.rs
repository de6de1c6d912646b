//! How an operation is refused.

use std::fmt;

use sandstep_journal::{Error as StoreError, StorageError};
use sandstep_json::Object;

/// A refused call, in AWS's words (API reference, "Errors" of each operation).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// AWS's name of the error, such as `StateMachineDoesNotExist`.
    pub code: &'static str,
    /// What a person can make of it.
    pub message: String,
    /// The one more member that some errors have, such as `resourceName`.
    pub member: Option<(&'static str, String)>,
}

/// The errors that are not their caller's fault, with their HTTP statuses (API
/// reference, "Common Error Types"). Those of the protocol and of signatures
/// are 400 as well.
const STATUSES: [(&str, u16); 2] = [("InternalFailure", 500), ("ServiceUnavailable", 503)];

impl ApiError {
    pub(crate) fn new(code: &'static str, message: impl fmt::Display) -> Self {
        Self {
            code,
            message: message.to_string(),
            member: None,
        }
    }

    /// The same with one more member.
    pub(crate) fn with(self, name: &'static str, value: impl fmt::Display) -> Self {
        Self {
            member: Some((name, value.to_string())),
            ..self
        }
    }

    /// The HTTP status of the answer.
    pub fn status(&self) -> u16 {
        let found = STATUSES.iter().find(|(code, _)| *code == self.code);
        found.map_or(400, |(_, status)| *status)
    }

    /// Whether it says nothing of what was asked for: the same may be answered later.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self.code, "ThrottlingException" | "ServiceUnavailable")
    }

    pub(crate) fn validation(message: impl fmt::Display) -> Self {
        Self::new("ValidationException", message)
    }

    pub(crate) fn invalid_arn(problem: impl fmt::Display) -> Self {
        Self::new("InvalidArn", format_args!("Invalid Arn: '{problem}'"))
    }

    pub(crate) fn invalid_role(role_arn: &str) -> Self {
        Self::new("InvalidArn", format_args!("Invalid Role Arn: '{role_arn}'"))
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

    /// A version, an alias, or something that could have tags.
    pub(crate) fn no_resource(arn: &str) -> Self {
        let message = "Request references a resource that does not exist.";
        Self::new("ResourceNotFound", message).with("resourceName", arn)
    }

    pub(crate) fn no_activity(arn: &str) -> Self {
        let message = format_args!("Activity Does Not Exist: '{arn}'");
        Self::new("ActivityDoesNotExist", message)
    }

    pub(crate) fn machine_deleting(arn: &str) -> Self {
        let message = format_args!("State Machine is being deleted: '{arn}'");
        Self::new("StateMachineDeleting", message)
    }

    pub(crate) fn conflict(message: impl fmt::Display) -> Self {
        Self::new("ConflictException", message)
    }

    pub(crate) fn quota_exceeded(message: impl fmt::Display) -> Self {
        Self::new("ServiceQuotaExceededException", message)
    }

    pub(crate) fn no_execution(arn: &str) -> Self {
        let message = format_args!("Execution Does Not Exist: '{arn}'");
        Self::new("ExecutionDoesNotExist", message)
    }

    /// There is as much under way as may be.
    pub(crate) fn throttled() -> Self {
        Self::new("ThrottlingException", "Rate exceeded")
    }

    pub(crate) fn execution_limit() -> Self {
        Self::new(
            "ExecutionLimitExceeded",
            "The maximum number of running executions has been reached",
        )
    }

    /// The service cannot answer just now; the log says why.
    pub(crate) fn unavailable(why: &dyn fmt::Display) -> Self {
        tracing::error!("the service is unavailable: {why}");
        Self::new("ServiceUnavailable", "The service is unavailable")
    }

    /// Something is broken here; the log says what.
    pub(crate) fn failure(what: &dyn fmt::Display) -> Self {
        tracing::error!("the service has failed: {what}");
        Self::new("InternalFailure", "The service has failed")
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
        let mut members = Object::from([("message", self.message.as_str())]);
        if let Some((name, value)) = &self.member {
            members.insert(*name, value.as_str());
        }
        members
    }
}

/// What a client sees of a store's failure; the log sees all of it.
impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let (code, message) = match &error {
            StoreError::Busy => return Self::new("ThrottlingException", "Rate exceeded"),
            StoreError::Closed
            | StoreError::ClaimLost { .. }
            | StoreError::Storage(
                StorageError::Full
                | StorageError::ReadOnly
                | StorageError::Locked
                | StorageError::Halted,
            ) => ("ServiceUnavailable", "The service is unavailable"),
            StoreError::Conflict { .. }
            | StoreError::NoSuchExecution
            | StoreError::Storage(
                StorageError::TooLarge | StorageError::Corrupt(_) | StorageError::Io(_),
            ) => ("InternalFailure", "The service has failed"),
        };
        tracing::error!(error = &error as &dyn std::error::Error, "{code}");
        Self::new(code, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_fails_is_nobodys_fault_but_ours() {
        let damaged = StorageError::Corrupt("a secret".to_owned());
        for (error, code, status) in [
            (StoreError::Busy, "ThrottlingException", 400),
            (StorageError::Full.into(), "ServiceUnavailable", 503),
            (StoreError::Closed, "ServiceUnavailable", 503),
            (damaged.into(), "InternalFailure", 500),
        ] {
            let refused = ApiError::from(error);
            assert_eq!((refused.code, refused.status()), (code, status));
            assert!(!refused.message.contains("secret"));
        }
    }
}
