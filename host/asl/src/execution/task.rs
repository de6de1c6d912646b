//! The tasks that an execution asks its driver to run.

use std::sync::Arc;

use sandstep_json::{Object, Text, Value};

use super::thread::ThreadId;
use crate::{
    history::{ErrorDetails, EventId},
    resource::{Resource, ResourceKind},
    timestamp::Timestamp,
};

/// Names one attempt of one task within its execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskId {
    pub(super) scheduled: EventId,
    pub(super) thread: ThreadId,
}

impl TaskId {
    /// The event that scheduled the task; with the execution's ARN it names
    /// the attempt for ever, across restarts too.
    pub fn scheduled(self) -> EventId {
        self.scheduled
    }
}

/// A task to run.
#[derive(Clone, Debug)]
pub struct Task {
    /// What to report about it by.
    pub id: TaskId,
    /// What to run.
    pub target: Target,
    /// What it gets: the function's event, or the integration's parameters.
    pub input: Value,
    /// How often the state was tried before.
    pub retry_count: u64,
    /// The Task state.
    pub state_name: Text,
    /// The event that entered the state. With the execution's ARN it is the
    /// same for every attempt, and no other task has it: an idempotency token.
    pub entered: EventId,
    /// When it was scheduled.
    pub scheduled_at: Timestamp,
    /// When it began to run before its execution was restored, if it did: then an
    /// earlier process may have run it, in part or as a whole.
    pub started: Option<Timestamp>,
    /// The Task state's `Resource`; its pattern says when the task has ended.
    pub resource: Arc<Resource>,
    /// What the service answered to its request, where the task is now to be
    /// followed to its end: a `.sync` task that was [accepted](TaskOutcome::Accepted).
    pub job: Option<Value>,
}

/// What a task runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A function, by a name or an ARN of any form, with its qualifier.
    Function {
        /// The name or ARN as the definition or its `FunctionName` has it.
        name: Text,
        /// The version or alias that `Qualifier` asks for.
        qualifier: Option<Text>,
        /// The `InvocationType` of `lambda:invoke`, `RequestResponse` where it
        /// has none. `None` where the state's resource is the function itself.
        invocation_type: Option<Text>,
    },
    /// Another service integration or an activity.
    Resource(Arc<Resource>),
}

/// How a task ended.
#[derive(Clone, Debug, PartialEq)]
pub enum TaskOutcome {
    /// With a result. A function's is what it returned, which the interpreter
    /// wraps as `lambda:invoke` does where that was the resource.
    Succeeded(Value),
    /// With a service's whole response, as the state shall see it.
    Responded(Value),
    /// Not yet: a service took the request and answered this. The history shows
    /// `TaskSubmitted`. A `.sync` task is polled again, to be followed to its
    /// end; a `.waitForTaskToken` task waits for whoever has its token. Nothing
    /// else goes on, so that there this is the end.
    Accepted(Value),
    /// After a service had taken the request and answered it: the job that it
    /// started, or whoever had the task token, ended the task. The history
    /// shows `TaskSubmitted` (recorded of `.sync` and `.waitForTaskToken`).
    Submitted {
        /// What the service answered.
        response: Value,
        /// How the task ended then.
        outcome: Box<TaskOutcome>,
    },
    /// With an error; its name is what retriers and catchers look for.
    Failed(ErrorDetails),
}

impl TaskOutcome {
    /// A failure with a name and a cause.
    pub fn failed(error: impl Into<Text>, cause: impl Into<Text>) -> Self {
        Self::Failed(ErrorDetails {
            error: Some(error.into()),
            cause: Some(cause.into()),
        })
    }
}

/// Why no task can start with these parameters, in the service's words, if none can.
pub(super) fn unusable_parameters(resource: &Resource, parameters: &Value) -> Option<String> {
    if !resource.invokes_lambda() {
        return None;
    }
    let name = name_fault(parameters.get("FunctionName"));
    let payload = payload_fault(parameters.get("Payload"));
    let faults: Vec<_> = name.into_iter().chain(payload).collect();
    (!faults.is_empty()).then(|| faults.join(", "))
}

fn name_fault(name: Option<&Value>) -> Option<&'static str> {
    match name.unwrap_or(&Value::Null) {
        Value::String(_) => None,
        Value::Null => Some("The field 'FunctionName' is required but was missing"),
        _ => Some("The value for the field 'FunctionName' must be a STRING"),
    }
}

/// The service asks for a text, but takes an object or null as well (recorded). It refuses
/// a number (Stack Overflow, 76373088), and so a boolean, though it takes their texts.
fn payload_fault(payload: Option<&Value>) -> Option<&'static str> {
    let is_scalar = matches!(payload?, Value::Number(_) | Value::Bool(_));
    is_scalar.then_some("The value for the field 'Payload' must be a STRING")
}

/// What a Task state runs and with what input; `None` where
/// [`unusable_parameters`] has something to say.
///
/// `lambda:invoke` names its function and the event in its parameters.
pub(super) fn target(resource: &Arc<Resource>, parameters: &Value) -> Option<(Target, Value)> {
    if let ResourceKind::Function { .. } = resource.kind() {
        let target = Target::Function {
            name: resource.text().clone(),
            qualifier: None,
            invocation_type: None,
        };
        return Some((target, parameters.clone()));
    }
    if !resource.invokes_lambda() {
        return Some((Target::Resource(Arc::clone(resource)), parameters.clone()));
    }
    let text = |key| parameters.get(key).and_then(Value::as_text).cloned();
    let name = text("FunctionName")?;
    let payload = event(parameters.get("Payload").unwrap_or(&Value::Null));
    Some((
        Target::Function {
            name,
            qualifier: text("Qualifier"),
            invocation_type: text("InvocationType").or_else(|| Some("RequestResponse".into())),
        },
        payload,
    ))
}

/// The event that a `Payload` stands for: none is the empty object, and a text
/// is sent as it stands, so that the function sees the document in it
/// (recorded of both). A text that is no document is the event itself.
fn event(payload: &Value) -> Value {
    match payload {
        Value::Null => Object::new().into(),
        Value::String(text) => Value::parse(text).unwrap_or_else(|_| payload.clone()),
        _ => payload.clone(),
    }
}
