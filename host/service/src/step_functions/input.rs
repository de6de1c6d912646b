//! The input of an execution.

use sandstep_asl::source::why_not_json;
use sandstep_json::Value;

use super::api_error::ApiError;
use super::constraints::Constraints;

/// The longest input, in characters (API reference, `SensitiveData`).
const MAX_INPUT: usize = 256 * 1024;

/// Reads an input; there must be some, though it may be any JSON.
pub(crate) fn parse(input: &str) -> Result<Value, ApiError> {
    Constraints::default()
        .length("input", input, 0, MAX_INPUT)
        .check()?;
    if input.trim().is_empty() {
        return Err(invalid("Invalid execution input."));
    }
    Value::parse(input).map_err(|error| {
        let refusal = why_not_json(input).map(|refusal| refusal.message);
        invalid(&refusal.unwrap_or_else(|| error.to_string()))
    })
}

fn invalid(problem: &str) -> ApiError {
    ApiError::new(
        "InvalidExecutionInput",
        format_args!("Invalid State Machine Execution Input: '{problem}'"),
    )
}
