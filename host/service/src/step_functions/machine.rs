//! A state machine as an account has it.

use std::fmt;
use std::sync::Arc;

use sandstep_asl::{Limits, Options, StateMachine, Timestamp, Verdict};
use sandstep_json::{Array, Object, Text};

use super::api_error::ApiError;
use super::logging_configuration::LoggingConfiguration;
use super::render::insert_some;

/// A state machine's type (API reference, `StateMachineType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StateMachineType {
    /// Each step happens exactly once, for up to a year, and has a history.
    #[default]
    Standard,
    /// Up to five minutes, without a history.
    Express,
}

impl StateMachineType {
    pub(crate) const NAMES: [&'static str; 2] = ["STANDARD", "EXPRESS"];

    /// The type of that name, in capitals.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Standard, Self::Express]
            .into_iter()
            .find(|kind| kind.name() == name)
    }

    /// AWS's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => Self::NAMES[0],
            Self::Express => Self::NAMES[1],
        }
    }

    /// The quotas of its executions.
    pub(crate) fn limits(self) -> Limits {
        match self {
            Self::Standard => Limits::default(),
            Self::Express => Limits::express(),
        }
    }
}

impl fmt::Display for StateMachineType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A state machine with the revision that new executions run.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) kind: StateMachineType,
    pub(crate) created: Timestamp,
    pub(crate) revision: Arc<Revision>,
}

/// What an update changes. Running executions keep the revision that they
/// began with.
#[derive(Clone, Debug)]
pub(crate) struct Revision {
    /// The first revision has none.
    pub(crate) id: Option<String>,
    pub(crate) updated: Timestamp,
    /// The text, as its author wrote it.
    pub(crate) definition: String,
    /// The same, ready to run.
    pub(crate) machine: Arc<StateMachine>,
    pub(crate) role_arn: String,
    pub(crate) logging: LoggingConfiguration,
}

impl Machine {
    /// The members that both descriptions of a state machine begin with.
    pub(crate) fn describe(&self, revision: &Revision) -> Object {
        let mut members = Object::from([
            ("stateMachineArn", self.arn.as_str()),
            ("name", &self.name),
            ("definition", &revision.definition),
            ("roleArn", &revision.role_arn),
        ]);
        members.insert("loggingConfiguration", revision.logging.to_json());
        // Nothing is traced.
        members.insert("tracingConfiguration", Object::from([("enabled", false)]));
        members.insert("encryptionConfiguration", encryption_configuration());
        insert_some(&mut members, "revisionId", revision.id.as_deref());
        let references = variable_references(&revision.machine);
        insert_some(&mut members, "variableReferences", references);
        members
    }
}

/// The variables that each state reads, if any of them reads one.
fn variable_references(machine: &StateMachine) -> Option<Object> {
    let references = machine.variable_references().map(|(state, variables)| {
        let variables = variables.iter().map(Text::as_str);
        (state, variables.collect::<Array>())
    });
    let references: Object = references.collect();
    (!references.is_empty()).then_some(references)
}

/// What AWS answers where a customer brings no key of his own.
fn encryption_configuration() -> Object {
    Object::from([("type", "AWS_OWNED_KEY")])
}

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
