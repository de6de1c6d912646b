//! How a test ended.

use sandstep_json::{Object, Text, Value};

use super::{inspection_data::InspectionData, request::InspectionLevel, spaced::spaced};
use crate::history::ErrorDetails;

/// How a test ended.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// What became of the state.
    pub status: TestStatus,
    /// What the next state gets: of a state that succeeded, or of the catcher that took over.
    pub output: Option<Value>,
    /// Why the state failed, whether or not something answered it.
    pub error: Option<ErrorDetails>,
    /// The state that comes next. `None` after the end of a machine, and where the state is
    /// tried again.
    pub next_state: Option<Text>,
    /// What the state computed and decided.
    pub inspection: InspectionData,
}

/// What became of a state (API reference, `TestState`, `status`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestStatus {
    /// It came to its end.
    Succeeded,
    /// It failed, and nothing answered.
    Failed,
    /// It failed, and a retrier would try it again.
    Retriable,
    /// It failed, and a catcher took over.
    CaughtError,
}

impl TestStatus {
    /// The service's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Retriable => "RETRIABLE",
            Self::CaughtError => "CAUGHT_ERROR",
        }
    }
}

impl TestResult {
    /// The service's response. Below `DEBUG`, it has no `inspectionData`.
    pub fn to_json(&self, level: InspectionLevel) -> Object {
        let mut response = Object::new();
        let mut add = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                response.insert(name, value);
            }
        };
        let ErrorDetails { error, cause } = self.error.clone().unwrap_or_default();
        add(
            "output",
            self.output.as_ref().map(|output| spaced(output).into()),
        );
        add("error", error.map(Value::from));
        add("cause", cause.map(Value::from));
        let inspection = (level > InspectionLevel::Info).then(|| self.inspection.to_json());
        add("inspectionData", inspection.map(Value::from));
        add("nextState", self.next_state.clone().map(Value::from));
        add("status", Some(self.status.name().into()));
        response
    }
}
