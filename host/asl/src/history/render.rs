//! History events in the shape of the API reference.

use sandstep_json::{Number, Object, Value};

use super::{ErrorDetails, EventDetails, HistoryEvent, StateType, TaskScheduled};
use crate::resource::{Resource, ResourceKind};

/// The region that events name, where nobody says another one.
const REGION: &str = "us-east-1";

impl HistoryEvent {
    /// The event's type, such as `PassStateEntered`.
    pub fn type_name(&self) -> String {
        let details = &self.details;
        match details {
            EventDetails::StateEntered { kind, .. } => format!("{}StateEntered", kind.name()),
            EventDetails::StateExited { kind, .. } => format!("{}StateExited", kind.name()),
            EventDetails::StateAborted { kind } => format!("{}StateAborted", kind.name()),
            EventDetails::TaskScheduled(task) => in_family(&task.resource, "Scheduled"),
            EventDetails::TaskScheduleFailed { resource, .. } => {
                in_family(resource, "ScheduleFailed")
            }
            EventDetails::TaskStarted { resource, .. } => in_family(resource, "Started"),
            EventDetails::TaskSubmitted { resource, .. } => in_family(resource, "Submitted"),
            EventDetails::TaskSucceeded { resource, .. } => in_family(resource, "Succeeded"),
            EventDetails::TaskFailed { resource, .. } => in_family(resource, "Failed"),
            EventDetails::TaskTimedOut { resource, .. } => in_family(resource, "TimedOut"),
            EventDetails::EvaluationFailed(_) => "EvaluationFailed".to_owned(),
            EventDetails::ExecutionStarted { .. } => "ExecutionStarted".to_owned(),
            EventDetails::ExecutionSucceeded { .. } => "ExecutionSucceeded".to_owned(),
            EventDetails::ExecutionFailed(_) => "ExecutionFailed".to_owned(),
            EventDetails::ExecutionTimedOut(_) => "ExecutionTimedOut".to_owned(),
            EventDetails::ExecutionAborted(_) => "ExecutionAborted".to_owned(),
            EventDetails::ExecutionRedriven { .. } => "ExecutionRedriven".to_owned(),
            EventDetails::ParallelStateStarted => "ParallelStateStarted".to_owned(),
            EventDetails::ParallelStateSucceeded => "ParallelStateSucceeded".to_owned(),
            EventDetails::ParallelStateFailed => "ParallelStateFailed".to_owned(),
            EventDetails::MapStateStarted { .. } => "MapStateStarted".to_owned(),
            EventDetails::MapStateSucceeded => "MapStateSucceeded".to_owned(),
            EventDetails::MapStateFailed => "MapStateFailed".to_owned(),
            EventDetails::MapIterationStarted { .. } => "MapIterationStarted".to_owned(),
            EventDetails::MapIterationSucceeded { .. } => "MapIterationSucceeded".to_owned(),
            EventDetails::MapIterationFailed { .. } => "MapIterationFailed".to_owned(),
            EventDetails::MapIterationAborted { .. } => "MapIterationAborted".to_owned(),
        }
    }

    /// The event as `GetExecutionHistory` answers it: payloads are JSON text,
    /// the timestamp is ISO 8601 as the AWS CLI prints it.
    pub fn to_json(&self) -> Value {
        let mut event = Object::new();
        event.insert("timestamp", self.timestamp.to_string());
        event.insert("type", self.type_name());
        event.insert("id", self.id.0);
        event.insert("previousEventId", self.previous.0);
        if let Some((key, details)) = self.details() {
            event.insert(key, details);
        }
        Value::Object(event)
    }

    /// The member that holds this event's details, where its type has one.
    fn details(&self) -> Option<(String, Object)> {
        let key = |name: &str| format!("{name}EventDetails");
        let own_key = || key(&lower_first(&self.type_name()));
        Some(match &self.details {
            EventDetails::StateEntered { name, input, .. } => (
                key("stateEntered"),
                with_payload("input", input, [("name", name.into())]),
            ),
            EventDetails::StateExited {
                name,
                output,
                assigned,
                ..
            } => {
                let mut members = with_payload("output", output, [("name", name.into())]);
                if let Some(assigned) = assigned {
                    members.insert("assignedVariables", texts(assigned));
                    members.insert("assignedVariablesDetails", not_truncated());
                }
                (key("stateExited"), members)
            }
            EventDetails::EvaluationFailed(failed) => {
                let mut members = error_members(&failed.error);
                members.insert("state", &failed.state);
                if let Some(location) = &failed.location {
                    members.insert("location", location);
                }
                (own_key(), members)
            }
            EventDetails::ExecutionStarted { input, role_arn } => (
                own_key(),
                with_payload("input", input, [("roleArn", role_arn.into())]),
            ),
            EventDetails::ExecutionSucceeded { output } => {
                (own_key(), with_payload("output", output, []))
            }
            EventDetails::ExecutionFailed(error)
            | EventDetails::ExecutionTimedOut(error)
            | EventDetails::ExecutionAborted(error) => (own_key(), error_members(error)),
            EventDetails::ExecutionRedriven { redrive_count } => {
                let redrive_count = Value::from(*redrive_count);
                (own_key(), Object::from([("redriveCount", redrive_count)]))
            }
            EventDetails::TaskScheduled(task) => (own_key(), scheduled(task)),
            EventDetails::TaskStarted { resource, worker } => {
                let mut members = resource_members(resource);
                if let Some(worker) = worker {
                    members.insert("workerName", worker);
                }
                if members.is_empty() {
                    return None;
                }
                (own_key(), members)
            }
            EventDetails::TaskSubmitted { resource, output }
            | EventDetails::TaskSucceeded { resource, output } => {
                let mut members = with_payload("output", output, []);
                members.extend(&resource_members(resource));
                (own_key(), members)
            }
            EventDetails::TaskScheduleFailed { resource, error }
            | EventDetails::TaskFailed { resource, error }
            | EventDetails::TaskTimedOut { resource, error } => {
                let mut members = error_members(error);
                members.extend(&resource_members(resource));
                (own_key(), members)
            }
            EventDetails::MapStateStarted { length } => {
                (own_key(), Object::from([("length", count(*length))]))
            }
            EventDetails::MapIterationStarted { name, index }
            | EventDetails::MapIterationSucceeded { name, index }
            | EventDetails::MapIterationFailed { name, index }
            | EventDetails::MapIterationAborted { name, index } => {
                let name = Value::from(name);
                (
                    own_key(),
                    Object::from([("name", name), ("index", count(*index))]),
                )
            }
            EventDetails::StateAborted { .. }
            | EventDetails::ParallelStateStarted
            | EventDetails::ParallelStateSucceeded
            | EventDetails::ParallelStateFailed
            | EventDetails::MapStateSucceeded
            | EventDetails::MapStateFailed => return None,
        })
    }
}

impl StateType {
    /// The type of that name.
    pub fn parse(name: &str) -> Option<Self> {
        use StateType::{Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait};
        [Pass, Task, Choice, Wait, Succeed, Fail, Parallel, Map]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

fn in_family(resource: &Resource, change: &str) -> String {
    let family = match resource.kind() {
        ResourceKind::Function { .. } => "LambdaFunction",
        ResourceKind::Integration { .. } => "Task",
        ResourceKind::Activity { .. } => "Activity",
    };
    format!("{family}{change}")
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

fn with_payload<const N: usize>(key: &str, payload: &Value, rest: [(&str, Value); N]) -> Object {
    let mut members = Object::from(rest);
    members.insert(key, payload.to_string());
    members.insert(format!("{key}Details"), not_truncated());
    members
}

fn not_truncated() -> Object {
    Object::from([("truncated", false)])
}

/// Each value as its JSON text.
fn texts(values: &Object) -> Object {
    let texts = values.iter().map(|(name, value)| (name, value.to_string()));
    texts.collect()
}

fn error_members(error: &ErrorDetails) -> Object {
    let members = [("error", &error.error), ("cause", &error.cause)];
    members
        .into_iter()
        .filter_map(|(key, text)| Some((key, Value::from(text.as_ref()?))))
        .collect()
}

/// Only integrations repeat their resource in every event.
fn resource_members(resource: &Resource) -> Object {
    let ResourceKind::Integration { service, action } = resource.kind() else {
        return Object::new();
    };
    Object::from([
        ("resourceType", Value::from(service)),
        ("resource", Value::from(action)),
    ])
}

fn scheduled(task: &TaskScheduled) -> Object {
    let mut members = match task.resource.kind() {
        ResourceKind::Integration { .. } => {
            let mut members = resource_members(&task.resource);
            members.insert("region", REGION);
            members.insert("parameters", task.input.to_string());
            members
        }
        _ => with_payload(
            "input",
            &task.input,
            [("resource", task.resource.text().into())],
        ),
    };
    if let Some(seconds) = task.timeout_seconds {
        members.insert("timeoutInSeconds", seconds);
    }
    if let Some(seconds) = task.heartbeat_seconds {
        members.insert("heartbeatInSeconds", seconds);
    }
    if let Some(credentials) = &task.credentials {
        members.insert("taskCredentials", credentials.clone());
    }
    members
}

fn count(length: usize) -> Value {
    Value::Number(Number::from(length as u64))
}
