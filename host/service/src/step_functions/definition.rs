//! Reads definitions as the service does.

use std::sync::Arc;

use sandstep_asl::{Options, StateMachine, Verdict};

use super::api_error::ApiError;
use super::machine::StateMachineType;

/// Reads a definition, or refuses it with AWS's message.
pub(crate) fn parse_definition(
    definition: &str,
    kind: StateMachineType,
) -> Result<Arc<StateMachine>, ApiError> {
    let parsed = StateMachine::parse_with(definition, &options(kind));
    let machine = parsed.machine.map(Arc::new);
    machine.ok_or_else(|| invalid_definition(&parsed.verdict, definition))
}

/// Refuses a definition with AWS's message.
pub(crate) fn invalid_definition(verdict: &Verdict, definition: &str) -> ApiError {
    let refusal = verdict.refusal(definition).unwrap_or_default();
    ApiError::new("InvalidDefinition", refusal)
}

/// How strictly a definition of that type is read.
pub(crate) fn options(kind: StateMachineType) -> Options {
    Options {
        express: kind == StateMachineType::Express,
        json_only: true,
        ..Options::default()
    }
}
