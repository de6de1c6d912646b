//! What is asked about a state.

use std::sync::Arc;

use super::{mock::MockInput, refusal::Refusal};
use crate::{
    machine::{State, StateId, StateMachine},
    parse::{Options, Parsed},
};

/// What is asked about a state, beside the state itself (API reference, `TestState`).
/// Texts are JSON, as the service takes them.
#[derive(Clone, Debug, Default)]
pub struct TestRequest {
    /// The state's input, `{}` where there is none.
    pub input: Option<String>,
    /// The variables that the state begins with, as an object.
    pub variables: Option<String>,
    /// The whole context object. One is made up where there is none.
    pub context: Option<String>,
    /// What stands in for the state's task, branches or iterations.
    pub mock: Option<MockInput>,
    /// What happened before and around the state.
    pub configuration: StateConfiguration,
    /// How much the result tells.
    pub inspection_level: InspectionLevel,
    /// Whether secrets are to be told. No task that can be run has any.
    pub reveal_secrets: bool,
}

/// What happened before and around a state (API reference, `TestStateConfiguration`).
#[derive(Clone, Debug, Default)]
pub struct StateConfiguration {
    /// How often the retrier that answers a failure was used already.
    pub retrier_retry_count: Option<u64>,
    /// The state inside a Map or Parallel state that the mocked error comes from.
    pub error_caused_by_state: Option<String>,
    /// How many iterations of a Map failed.
    pub map_iteration_failure_count: Option<u64>,
    /// What a Map's `ItemReader` reads, as its source has it.
    pub map_item_reader_data: Option<String>,
}

/// How much the result of a test tells (API reference, `TestState`, `inspectionLevel`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum InspectionLevel {
    /// The status and the output, or the error.
    #[default]
    Info,
    /// What each stage of the data flow came to, too.
    Debug,
    /// The HTTP request and response of an HTTP task, too.
    Trace,
}

impl InspectionLevel {
    /// The level of that name: `INFO`, `DEBUG` or `TRACE`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "INFO" => Some(Self::Info),
            "DEBUG" => Some(Self::Debug),
            "TRACE" => Some(Self::Trace),
            _ => None,
        }
    }
}

/// A state to test, with the machine around it.
#[derive(Clone, Debug)]
pub struct TestSubject {
    pub(super) machine: Arc<StateMachine>,
    pub(super) id: StateId,
}

impl TestSubject {
    /// Reads the state of this name in a whole definition, or a definition that is one
    /// state.
    ///
    /// # Errors
    ///
    /// All problems of the definition, or that it has no such state.
    pub fn parse(definition: &str, name: Option<&str>) -> Result<Self, Refusal> {
        let options = Options::default();
        let parsed = match name {
            Some(_) => StateMachine::parse_with(definition, &options),
            None => StateMachine::parse_state(definition, &options),
        };
        Self::of(parsed, name)
    }

    /// The state of this name in what was parsed, or its first state.
    ///
    /// # Errors
    ///
    /// As [`TestSubject::parse`].
    pub fn of(parsed: Parsed, name: Option<&str>) -> Result<Self, Refusal> {
        let Some(machine) = parsed.machine else {
            return Err(Refusal::Problems(parsed.diagnostics, parsed.verdict));
        };
        let id = match name {
            None => machine.start_at,
            Some(name) => machine
                .state_named(name)
                .ok_or_else(|| Refusal::validation("State not found in definition"))?,
        };
        Ok(Self {
            machine: Arc::new(machine),
            id,
        })
    }

    /// The machine, which is the state's own where it was read alone.
    pub fn machine(&self) -> &Arc<StateMachine> {
        &self.machine
    }

    pub(super) fn state(&self) -> &State {
        self.machine.state(self.id)
    }
}
