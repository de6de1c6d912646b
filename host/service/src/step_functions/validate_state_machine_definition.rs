//! `ValidateStateMachineDefinition`.

use sandstep_asl::{Complaint, Severity, StateMachine};
use sandstep_json::{Array, Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::create_state_machine::kind;
use super::definition::options;
use super::machine::StateMachineType;
use super::params::Params;
use super::render::insert_some;

/// What `ValidateStateMachineDefinition` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValidateStateMachineDefinitionInput {
    /// The definition in the States Language, at most 1 MiB of JSON.
    pub definition: String,
    /// STANDARD unless said.
    pub kind: StateMachineType,
    /// Whether to leave warnings away.
    pub errors_only: bool,
    /// How many diagnostics to answer with at most: up to 100, and 100 unless
    /// said.
    pub max_results: Option<i64>,
}

/// What `ValidateStateMachineDefinition` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidateStateMachineDefinitionOutput {
    /// Whether such a state machine could be created.
    pub is_valid: bool,
    /// What is wrong with it, or could be better.
    pub diagnostics: Vec<Complaint>,
    /// Whether there are more than were asked for.
    pub truncated: bool,
}

impl StepFunctions {
    /// Finds what is wrong with a definition, without creating anything.
    ///
    /// Refuses with `ValidationException`.
    pub async fn validate_state_machine_definition(
        &self,
        input: ValidateStateMachineDefinitionInput,
    ) -> Result<ValidateStateMachineDefinitionOutput, ApiError> {
        const MOST: usize = 100;
        Constraints::default()
            .length(
                "definition",
                &input.definition,
                1,
                self.0.quotas.definition_length,
            )
            .max_results(input.max_results, 100)
            .check()?;
        let parsed = StateMachine::parse_with(&input.definition, &options(input.kind));
        let mut diagnostics = parsed.verdict.complaints;
        diagnostics.retain(|problem| !input.errors_only || problem.severity == Severity::Error);
        let asked = input
            .max_results
            .and_then(|most| usize::try_from(most).ok());
        let most = asked.filter(|&most| most > 0).unwrap_or(MOST);
        let truncated = parsed.verdict.is_truncated || diagnostics.len() > most;
        diagnostics.truncate(most);
        Ok(ValidateStateMachineDefinitionOutput {
            is_valid: parsed.machine.is_some(),
            diagnostics,
            truncated,
        })
    }
}

impl ValidateStateMachineDefinitionInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        let severity = params.text("severity")?;
        if let Some(severity) = &severity {
            Constraints::default()
                .member("severity", severity, &["ERROR", "WARNING"])
                .check()?;
        }
        Ok(Self {
            definition: params.required("definition")?,
            kind: kind(params.text("type")?)?,
            errors_only: severity.is_none_or(|severity| severity == "ERROR"),
            max_results: params.number("maxResults")?,
        })
    }
}

impl ValidateStateMachineDefinitionOutput {
    pub(crate) fn to_json(&self) -> Object {
        let diagnostics: Array = self.diagnostics.iter().map(diagnostic).collect();
        Object::from([
            ("result", if self.is_valid { "OK" } else { "FAIL" }.into()),
            ("diagnostics", Value::Array(diagnostics)),
            ("truncated", self.truncated.into()),
        ])
    }
}

fn diagnostic(problem: &Complaint) -> Value {
    let severity = match problem.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
    };
    let mut members = Object::from([
        ("severity", severity),
        ("code", problem.code.as_str()),
        ("message", &problem.message),
    ]);
    insert_some(&mut members, "location", problem.location.as_deref());
    members.into()
}
