//! An execution that has ended, as the service's operations show it.

use sandstep_asl::{ErrorDetails, HistoryEvent, Outcome, Start};
use sandstep_json::{Array, Object, Value};

use crate::variables::NOW;

pub(crate) struct Execution {
    pub(crate) start: Start,
    pub(crate) outcome: Outcome,
    pub(crate) events: Vec<HistoryEvent>,
}

impl Execution {
    /// `GetExecutionHistory`.
    pub(crate) fn history(&self) -> Object {
        let events: Array = self.events.iter().map(HistoryEvent::to_json).collect();
        Object::from([("events", Value::Array(events))])
    }

    /// `DescribeExecution`.
    pub(crate) fn description(&self) -> Object {
        let mut description = Object::from([
            ("executionArn", Value::from(&self.start.execution_arn)),
            ("stateMachineArn", Value::from(&self.start.machine_arn)),
            ("name", Value::from(&self.start.name)),
            ("status", self.status().into()),
            ("startDate", NOW.to_string().into()),
            ("stopDate", self.stop_date().into()),
            ("input", self.start.input.to_json().into()),
            ("inputDetails", included()),
            ("redriveCount", 0.into()),
        ]);
        description.extend(match &self.outcome {
            Outcome::Succeeded(output) => succeeded(output),
            Outcome::Failed(error) | Outcome::TimedOut(error) | Outcome::Aborted(error) => {
                failed(error)
            }
        });
        description
    }

    /// The output, where there is one.
    pub(crate) fn output(&self) -> Option<&Value> {
        match &self.outcome {
            Outcome::Succeeded(output) => Some(output),
            Outcome::Failed(_) | Outcome::TimedOut(_) | Outcome::Aborted(_) => None,
        }
    }

    fn status(&self) -> &'static str {
        match self.outcome {
            Outcome::Succeeded(_) => "SUCCEEDED",
            Outcome::Failed(_) => "FAILED",
            Outcome::TimedOut(_) => "TIMED_OUT",
            Outcome::Aborted(_) => "ABORTED",
        }
    }

    fn stop_date(&self) -> String {
        self.events
            .last()
            .map_or(NOW, |event| event.timestamp)
            .to_string()
    }
}

fn succeeded(output: &Value) -> Vec<(&'static str, Value)> {
    vec![
        ("output", output.to_json().into()),
        ("outputDetails", included()),
        ("redriveStatus", "NOT_REDRIVABLE".into()),
        (
            "redriveStatusReason",
            "Execution is SUCCEEDED and cannot be redriven".into(),
        ),
    ]
}

fn failed(error: &ErrorDetails) -> Vec<(&'static str, Value)> {
    let mut members = vec![("redriveStatus", Value::from("REDRIVABLE"))];
    let texts = [("error", &error.error), ("cause", &error.cause)];
    members.extend(
        texts
            .into_iter()
            .filter_map(|(key, text)| Some((key, text.as_ref()?.into()))),
    );
    members
}

fn included() -> Value {
    Object::from([("included", true)]).into()
}
