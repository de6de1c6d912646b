//! The input of an execution.

use sandstep_asl::source::why_not_json;
use sandstep_json::Value;

use super::api_error::ApiError;
use super::constraints::Constraints;

/// An input, as it was written and as it is.
pub(crate) struct Input<'a> {
    pub(crate) value: Value,
    text: &'a str,
}

impl<'a> Input<'a> {
    /// Reads an input of so many bytes at most (API reference, `StartExecution`,
    /// `input`); there must be some, though it may be any JSON.
    pub(crate) fn parse(text: &'a str, most: usize) -> Result<Self, ApiError> {
        Constraints::default().bytes("input", text, most).check()?;
        if text.trim().is_empty() {
            return Err(invalid("Invalid execution input."));
        }
        let value = Value::parse(text).map_err(|error| {
            let refusal = why_not_json(text).map(|refusal| refusal.message);
            invalid(&refusal.unwrap_or_else(|| error.to_string()))
        })?;
        Ok(Self { value, text })
    }

    /// The text, where it is not the one that we write for its value.
    pub(crate) fn unlike_ours(&self) -> Option<String> {
        (self.text != self.value.to_json()).then(|| self.text.to_owned())
    }
}

fn invalid(problem: &str) -> ApiError {
    ApiError::new(
        "InvalidExecutionInput",
        format_args!("Invalid State Machine Execution Input: '{problem}'"),
    )
}
