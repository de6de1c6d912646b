//! How an operation of the Lambda API is refused.

use std::fmt;

use sandstep_journal::{Error, StorageError};
use sandstep_json::{Object, Value};

use crate::step_functions;

/// A refused call, in AWS's words (Lambda API reference, "Errors" of each
/// operation).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// AWS's name of the error, such as `ResourceNotFoundException`.
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

    pub(crate) fn invalid_parameter(message: impl fmt::Display) -> Self {
        Self::new("InvalidParameterValueException", message)
    }

    pub(crate) fn conflict(message: impl fmt::Display) -> Self {
        Self::new("ResourceConflictException", message)
    }

    pub(crate) fn no_function(arn: impl fmt::Display) -> Self {
        let message = format_args!("Function not found: {arn}");
        Self::new("ResourceNotFoundException", message)
    }

    pub(crate) fn internal() -> Self {
        let message = "The service encountered an internal error.";
        Self::new("ServiceException", message)
    }

    /// The HTTP status that AWS gives this error.
    pub fn status(&self) -> u16 {
        match self.code {
            "AccessDeniedException" => 403,
            "ResourceNotFoundException" | "UnknownOperationException" => 404,
            "ResourceConflictException" => 409,
            "PreconditionFailedException" => 412,
            "RequestEntityTooLargeException" | "RequestTooLargeException" => 413,
            "UnsupportedMediaTypeException" => 415,
            "TooManyRequestsException" => 429,
            "ServiceException" => 500,
            _ => 400,
        }
    }

    /// The body of an answer in AWS's REST protocol. Two of the model's error
    /// shapes call their sentence `Message`, the others `message`; what the
    /// model does not name has no `Type`.
    pub fn to_json(&self) -> Object {
        let message = match self.code {
            "ResourceNotFoundException" | "ServiceException" => "Message",
            _ => "message",
        };
        let body = Object::from([(message, Value::from(self.message.as_str()))]);
        match self.code {
            "ValidationException"
            | "SerializationException"
            | "UnknownOperationException"
            | "AccessDeniedException" => body,
            "ServiceException" => body.with("Type", "Service"),
            _ => body.with("Type", "User"),
        }
    }
}

/// Both APIs read and constrain parameters alike.
impl From<step_functions::ApiError> for ApiError {
    fn from(error: step_functions::ApiError) -> Self {
        Self {
            code: error.code,
            message: error.message,
        }
    }
}

/// What a client sees of a store's failure; the log sees all of it.
impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        if matches!(error, Error::Busy | Error::Storage(StorageError::Locked)) {
            return Self::new("TooManyRequestsException", "Rate exceeded");
        }
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "the store has failed"
        );
        Self::internal()
    }
}
