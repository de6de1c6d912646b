//! What stands in for the work of a state, and what the service asks of it.

mod models;
mod shape;

use sandstep_json::{Text, Value};

use self::models::Model;
use super::refusal::Refusal;
use crate::{
    execution::TaskOutcome,
    history::ErrorDetails,
    machine::{MapState, ParallelState, State, StateKind},
    resource::Resource,
};

/// What stands in for the task, branches or iterations of a state (API reference,
/// `MockInput`).
#[derive(Clone, Debug, Default)]
pub struct MockInput {
    /// The result, in JSON.
    pub result: Option<String>,
    /// The error, in the place of a result.
    pub error_output: Option<MockErrorOutput>,
    /// How strictly a result is compared with the service's model.
    pub field_validation: FieldValidation,
}

/// A mocked error (API reference, `MockErrorOutput`).
#[derive(Clone, Debug, Default)]
pub struct MockErrorOutput {
    /// The name that retriers and catchers look for.
    pub error: Option<String>,
    /// What a person can make of it.
    pub cause: Option<String>,
}

/// How strictly a mocked result is compared with the service's model (API reference,
/// `MockInput`, `fieldValidationMode`).
///
/// Fields that the model does not have are never looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldValidation {
    /// Required fields are there, and fields are as the model says.
    #[default]
    Strict,
    /// Fields that are there are as the model says.
    Present,
    /// Nothing is compared.
    None,
}

impl FieldValidation {
    /// The mode of that name: `STRICT`, `PRESENT` or `NONE`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "STRICT" => Some(Self::Strict),
            "PRESENT" => Some(Self::Present),
            "NONE" => Some(Self::None),
            _ => None,
        }
    }
}

/// A mock that a state can do with.
#[derive(Clone, Debug)]
pub(crate) enum Mock {
    Result(Value),
    Error {
        error: Option<Text>,
        cause: Option<Text>,
    },
}

impl Mock {
    /// The mock that a request describes; `Err` where the service refuses it for this state.
    pub(super) fn of(input: &MockInput, state: &State) -> Result<Self, Refusal> {
        let result = match (&input.result, &input.error_output) {
            (Some(_), Some(_)) => return Err(Refusal::validation(ONE_OF_TWO)),
            (Some(result), None) => result,
            (None, Some(error)) => return Ok(Self::failure(error)),
            (None, None) => return Err(Refusal::validation(ONE_OF_TWO)),
        };
        let result = Value::parse(result)
            .map_err(|_| Refusal::validation("Mocked result must be valid JSON"))?;
        match &state.kind {
            StateKind::Task(task) => {
                check_response(&task.resource, &result, input.field_validation)?;
            }
            StateKind::Map(map) => check_map(map, &result)?,
            StateKind::Parallel(parallel) => check_parallel(parallel, &result)?,
            _ => {}
        }
        Ok(Self::Result(result))
    }

    /// What it is for a task.
    pub(super) fn outcome(self) -> TaskOutcome {
        match self {
            Self::Result(result) => TaskOutcome::Responded(result),
            Self::Error { error, cause } => {
                TaskOutcome::failed(error.unwrap_or_default(), cause.unwrap_or_default())
            }
        }
    }

    /// What it is for branches and iterations.
    pub(super) fn joined(self) -> Result<Value, ErrorDetails> {
        match self {
            Self::Result(result) => Ok(result),
            Self::Error { error, cause } => Err(ErrorDetails { error, cause }),
        }
    }

    fn failure(MockErrorOutput { error, cause }: &MockErrorOutput) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(Text::from);
        Self::Error {
            error: text(error),
            cause: text(cause),
        }
    }
}

const ONE_OF_TWO: &str =
    "A test mock should have only one of the following fields: [result, errorOutput].";

/// Whether a mocked result of this resource is compared with nothing although the service
/// would: we lack its model.
pub(super) fn is_unchecked(resource: &Resource) -> bool {
    matches!(Model::of(resource), Model::Unknown)
}

fn check_response(
    resource: &Resource,
    result: &Value,
    validation: FieldValidation,
) -> Result<(), Refusal> {
    let Model::Response(shape) = Model::of(resource) else {
        return Ok(());
    };
    if validation == FieldValidation::None {
        return Ok(());
    }
    if !result.is_object() {
        return Err(Refusal::validation("Mocked result must be a JSON object."));
    }
    shape.check("", result, validation).map_err(|misfit| {
        Refusal::validation(format!("Mock result schema validation error: {misfit}"))
    })
}

/// A Map answers with its iterations' outputs, or with where a result writer put them.
fn check_map(map: &MapState, result: &Value) -> Result<(), Refusal> {
    let writes_results = map
        .distributed
        .as_ref()
        .is_some_and(|distributed| distributed.result_writer.is_some());
    match writes_results {
        true if !result.is_object() => {
            Err(Refusal::validation("Mocked result must be a JSON object."))
        }
        false if !result.is_array() => Err(Refusal::validation("Mocked result must be an array.")),
        _ => Ok(()),
    }
}

fn check_parallel(parallel: &ParallelState, result: &Value) -> Result<(), Refusal> {
    let Some(outputs) = result.as_array() else {
        return Err(Refusal::validation("Mocked result must be an array."));
    };
    if outputs.len() != parallel.branches.len() {
        let message = "Mocked result must contain the same number of items as number of \
                       Parallel branches.";
        return Err(Refusal::validation(message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::StateMachine;
    use crate::parse::Options;

    /// What is wrong with a mocked result of this resource.
    fn misfit(resource: &str, result: &str, validation: FieldValidation) -> Option<String> {
        let state = format!(r#"{{"Type": "Task", "Resource": "{resource}", "End": true}}"#);
        let parsed = StateMachine::parse_state(&state, &Options::default());
        let machine = parsed.machine.expect("the test's state is valid");
        let input = MockInput {
            result: Some(result.to_owned()),
            field_validation: validation,
            ..MockInput::default()
        };
        let refusal = Mock::of(&input, machine.state(machine.start_at)).err()?;
        let message = refusal.to_string();
        let misfit = message.strip_prefix("Mock result schema validation error: ");
        Some(misfit.unwrap_or(&message).to_owned())
    }

    /// The first five are recorded.
    #[test]
    fn a_result_has_to_be_as_the_services_model_says() {
        for (resource, result, expected) in [
            (
                "arn:aws:states:::events:putEvents",
                r#"{"Entries": [{"EventId": "a"}, {"EventId": ["b"]}]}"#,
                "Field 'EventId' must be a string",
            ),
            (
                "arn:aws:states:::aws-sdk:kms:encrypt",
                r#"{"CiphertextBlob": ""}"#,
                "Field 'CiphertextBlob' is smaller than the minimum length",
            ),
            (
                "arn:aws:states:::aws-sdk:lambda:getFunction",
                r#"{"Configuration": {"MemorySize": 10241}}"#,
                "Field 'MemorySize' exceeds the maximum value",
            ),
            (
                "arn:aws:states:::aws-sdk:s3:getObject",
                r#"{"StorageClass": "Papyrus"}"#,
                "Field 'StorageClass' is not an expected value",
            ),
            (
                "arn:aws:states:::states:startExecution",
                r#"{"executionArn": "a"}"#,
                "Required field 'ExecutionArn' is missing",
            ),
            (
                "arn:aws:states:::dynamodb:putItem",
                r#"{"Attributes": {"a": {"L": [{"M": {"b": {"BOOL": 1}}}]}}}"#,
                "Field 'BOOL' must be a boolean",
            ),
            (
                "arn:aws:states:::lambda:invoke",
                "[]",
                "Mocked result must be a JSON object.",
            ),
        ] {
            let found = misfit(resource, result, FieldValidation::Strict);
            assert_eq!(found.as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_no_model_tells_of_is_not_compared() {
        for (resource, result) in [
            ("arn:aws:states:::events:putEvents", r#"{"random": "json"}"#),
            ("arn:aws:states:::lambda:invoke", r#"{"Payload": [{}]}"#),
            (
                "arn:aws:states:::apigateway:invoke",
                r#"{"approval": true}"#,
            ),
            ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", "7"),
            ("a-function", "null"),
        ] {
            assert_eq!(
                misfit(resource, result, FieldValidation::Strict),
                None,
                "{resource}"
            );
        }
    }

    #[test]
    fn each_mode_asks_for_less() {
        let check = |result, validation| {
            misfit("arn:aws:states:::states:startExecution", result, validation).is_none()
        };
        assert!(!check("{}", FieldValidation::Strict));
        assert!(check("{}", FieldValidation::Present));
        assert!(!check(r#"{"StartDate": true}"#, FieldValidation::Present));
        assert!(check(r#"{"StartDate": true}"#, FieldValidation::None));
    }

    #[test]
    fn a_model_that_is_lacking_is_named() {
        let is_unchecked = |text| is_unchecked(&Resource::parse(text));
        assert!(is_unchecked("arn:aws:states:::sns:publish"));
        assert!(is_unchecked("arn:aws:states:::glue:startJobRun.sync"));
        assert!(!is_unchecked(
            "arn:aws:states:::sns:publish.waitForTaskToken"
        ));
        assert!(!is_unchecked("arn:aws:states:::http:invoke"));
        assert!(!is_unchecked("f"));
    }
}
