//! What a test tells of a state's insides.

use std::time::Duration;

use sandstep_json::{Number, Object, Value};

use super::spaced::spaced;
use crate::{
    execution::{Finding, Stage},
    machine::{QueryLanguage, State, StateKind},
};

/// What a test tells of a state's insides (API reference, `InspectionData`).
///
/// Which stages are told depends on the state's type and query language (recorded).
#[derive(Clone, Debug, Default)]
pub struct InspectionData {
    /// The state's input.
    pub input: Value,
    /// The stages in the order in which they were reached, by the names that the service
    /// has for them, such as `afterInputPath`.
    pub stages: Vec<(&'static str, Value)>,
    /// All variables after the state, those that the test set before it included.
    pub variables: Object,
    /// Which retrier and which catcher answered a failure.
    pub error_details: ErrorHandling,
}

/// Who answered a state's failure (API reference, `InspectionErrorDetails`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrorHandling {
    /// The index of the retrier that names the error, spent or not.
    pub retrier: Option<usize>,
    /// How long its next attempt is waited for.
    pub backoff: Option<Duration>,
    /// The index of the catcher that took over.
    pub catcher: Option<usize>,
}

impl InspectionData {
    /// Takes in what an execution found in this state.
    pub(super) fn take(&mut self, state: &State, finding: Finding) {
        match finding {
            Finding::Value(Stage::Assigned, Value::Object(assigned)) => {
                for (name, value) in &assigned {
                    self.variables.insert(name, value);
                }
            }
            Finding::Value(stage, value) => {
                if let Some(name) = name(stage, state) {
                    self.stages.retain(|(known, _)| *known != name);
                    self.stages.push((name, value));
                }
            }
            Finding::Retrier { index, delay } => {
                self.error_details.retrier = Some(index);
                self.error_details.backoff = delay;
            }
            Finding::Catcher(index) => self.error_details.catcher = Some(index),
            Finding::Rule(_) | Finding::Failure(_) => {}
        }
    }

    /// The `inspectionData` of the service's response.
    pub(super) fn to_json(&self) -> Object {
        let mut data = Object::from([("input", Value::from(spaced(&self.input)))]);
        for (name, value) in &self.stages {
            data.insert(*name, shown(name, value));
        }
        if !self.variables.is_empty() {
            data.insert("variables", spaced(&self.variables.clone().into()));
        }
        let error_details = self.error_details.to_json();
        if !error_details.is_empty() {
            data.insert("errorDetails", error_details);
        }
        data
    }
}

impl ErrorHandling {
    fn to_json(&self) -> Object {
        let seconds = self.backoff.map(|backoff| backoff.as_secs());
        let catcher = self.catcher.map(|index| ("catchIndex", Value::from(index)));
        let retrier = self.retrier.map(|index| ("retryIndex", Value::from(index)));
        let backoff = seconds.map(|seconds| ("retryBackoffIntervalSeconds", seconds.into()));
        let members = [catcher, retrier, backoff];
        members.into_iter().flatten().collect()
    }
}

/// Counts are numbers; everything else is told as the text of a document.
fn shown(name: &str, value: &Value) -> Value {
    match name {
        "maxConcurrency" | "toleratedFailureCount" => value.clone(),
        "toleratedFailurePercentage" => {
            let percentage = value.as_number().map(Number::as_f64);
            let float = percentage.and_then(|percentage| Number::try_from(percentage).ok());
            float.map_or_else(|| value.clone(), Value::from)
        }
        _ => spaced(value).into(),
    }
}

/// What the service calls a stage of this state; `None` where it does not tell of it.
fn name(stage: Stage, state: &State) -> Option<&'static str> {
    let kind = &state.kind;
    let is_path = state.flow.language() == QueryLanguage::JsonPath;
    let has_result = matches!(kind, StateKind::Pass(pass) if pass.result.is_some());
    let has_input = !has_result && !matches!(kind, StateKind::Parallel(_) | StateKind::Fail(_));
    let is_map = matches!(kind, StateKind::Map(_));
    let is_task = matches!(kind, StateKind::Task(_));
    let (name, is_told) = match stage {
        Stage::AfterInputPath => ("afterInputPath", is_path && has_input),
        Stage::AfterParameters => ("afterParameters", is_path && (is_task || is_plain(kind))),
        Stage::AfterArguments => ("afterArguments", is_task),
        Stage::Result => ("result", is_task || has_result),
        Stage::AfterResultSelector => ("afterResultSelector", is_path && has_output(kind)),
        Stage::AfterResultPath => ("afterResultPath", is_path && has_output(kind)),
        Stage::Items => ("afterItemsPath", is_path && is_map),
        Stage::AfterItemsPointer => ("afterItemsPointer", has_items_pointer(kind)),
        Stage::AfterItemBatcher => ("afterItemBatcher", is_map),
        Stage::AfterItemSelector => ("afterItemSelector", is_map),
        Stage::MaxConcurrency => ("maxConcurrency", is_map),
        Stage::ToleratedFailureCount => ("toleratedFailureCount", is_map),
        Stage::ToleratedFailurePercentage => ("toleratedFailurePercentage", is_map),
        Stage::Assigned => return None,
    };
    is_told.then_some(name)
}

fn has_items_pointer(kind: &StateKind) -> bool {
    let distributed = match kind {
        StateKind::Map(map) => map.distributed.as_ref(),
        _ => None,
    };
    let reader = distributed.and_then(|map| map.item_reader.as_ref());
    reader.is_some_and(|reader| reader.items_pointer.is_some())
}

/// A Pass state that passes its input on.
fn is_plain(kind: &StateKind) -> bool {
    matches!(kind, StateKind::Pass(pass) if pass.result.is_none())
}

/// Whether states of this type have a result that `ResultPath` places.
fn has_output(kind: &StateKind) -> bool {
    !matches!(
        kind,
        StateKind::Choice(_) | StateKind::Wait(_) | StateKind::Succeed | StateKind::Fail(_)
    )
}
