//! What stands in for the work of a state, and what the service asks of it.

mod models;
mod shape;

use sandstep_json::{Text, Value};

use self::models::Model;
use super::refusal::Refusal;
use crate::{
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
