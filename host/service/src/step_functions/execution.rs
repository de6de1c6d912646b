//! One execution as an account has it.

use std::sync::{Mutex, MutexGuard};

use sandstep_asl::{ErrorDetails, EventDetails, HistoryEvent, Outcome, Record, Start, Timestamp};
use sandstep_driver::StopRequest;
use sandstep_json::{Object, Text, Value};
use tokio::sync::oneshot;

use super::machine::StateMachineType;
use super::render::{insert_some, seconds};
use super::resolve::Resolved;

/// Where an execution stands (API reference, `ExecutionStatus`). Nothing can
/// be redriven here, so that none is `PENDING_REDRIVE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are AWS's own")]
pub enum ExecutionStatus {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

impl ExecutionStatus {
    /// AWS's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }

    fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Succeeded(_) => Self::Succeeded,
            Outcome::Failed(_) => Self::Failed,
            Outcome::TimedOut(_) => Self::TimedOut,
            Outcome::Aborted(_) => Self::Aborted,
        }
    }
}

pub(crate) struct Execution {
    /// The later it was started, the larger.
    pub(crate) number: u64,
    pub(crate) arn: Text,
    pub(crate) name: Text,
    /// As its starter wrote it.
    pub(crate) input: String,
    pub(crate) started: Timestamp,
    /// What it runs, and by which ARN it was started.
    pub(crate) resolved: Resolved,
    progress: Mutex<Progress>,
    stop: Mutex<Option<oneshot::Sender<StopRequest>>>,
}

#[derive(Default)]
struct Progress {
    events: Vec<HistoryEvent>,
    ended: Option<Ended>,
}

/// How and when an execution ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    pub(crate) at: Timestamp,
}

impl Execution {
    /// One that is about to start; whoever drives it waits for the receiver.
    pub(crate) fn new(
        number: u64,
        start: &Start,
        input: String,
        resolved: Resolved,
        started: Timestamp,
    ) -> (Self, oneshot::Receiver<StopRequest>) {
        let (stop, stopped) = oneshot::channel();
        let execution = Self {
            number,
            arn: start.execution_arn.clone(),
            name: start.name.clone(),
            input,
            started,
            resolved,
            progress: Mutex::default(),
            stop: Mutex::new(Some(stop)),
        };
        (execution, stopped)
    }

    /// Keeps what it did. Its end is known as soon as its last event is: who
    /// has seen the one finds the other. EXPRESS executions have no history.
    pub(crate) fn append(&self, record: Record) {
        let Some(event) = record.event else {
            return;
        };
        let mut progress = self.progress();
        if let Some(outcome) = outcome(&event.details) {
            let at = event.timestamp;
            progress.ended = Some(Ended { outcome, at });
        }
        if self.resolved.revision.kind == StateMachineType::Standard {
            progress.events.push(event);
        }
    }

    /// Asks it to abort. Nobody hears it where it has ended.
    pub(crate) fn stop(&self, request: StopRequest) {
        let stop = self.stop.lock().expect("taking does not panic").take();
        if let Some(stop) = stop {
            // It may have ended in the meantime.
            let _ = stop.send(request);
        }
    }

    pub(crate) fn ended(&self) -> Option<Ended> {
        self.progress().ended.clone()
    }

    pub(crate) fn status(&self) -> ExecutionStatus {
        match &self.progress().ended {
            Some(ended) => ExecutionStatus::of(&ended.outcome),
            None => ExecutionStatus::Running,
        }
    }

    /// Looks at its events, in their order.
    pub(crate) fn with_events<T>(&self, look: impl FnOnce(&[HistoryEvent]) -> T) -> T {
        look(&self.progress().events)
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().expect("appending does not panic")
    }

    /// The members by which answers identify an execution.
    pub(crate) fn describe(&self) -> Object {
        let mut members = Object::from([
            ("executionArn", Value::from(&self.arn)),
            (
                "stateMachineArn",
                self.resolved.revision.machine_arn.as_str().into(),
            ),
            ("name", Value::from(&self.name)),
            ("status", self.status().name().into()),
            ("startDate", seconds(self.started)),
        ]);
        let Resolved { version, alias, .. } = &self.resolved;
        insert_some(&mut members, "stateMachineVersionArn", version.as_deref());
        insert_some(&mut members, "stateMachineAliasArn", alias.as_deref());
        let ended = self.ended();
        insert_some(
            &mut members,
            "stopDate",
            ended.map(|ended| seconds(ended.at)),
        );
        members
    }
}

/// What an execution comes to that ends with such an event.
fn outcome(event: &EventDetails) -> Option<Outcome> {
    Some(match event {
        EventDetails::ExecutionSucceeded { output } => Outcome::Succeeded(output.clone()),
        EventDetails::ExecutionFailed(error) => Outcome::Failed(error.clone()),
        EventDetails::ExecutionTimedOut(error) => Outcome::TimedOut(error.clone()),
        EventDetails::ExecutionAborted(error) => Outcome::Aborted(error.clone()),
        _ => return None,
    })
}

impl Ended {
    /// What the execution came to: `output`, or `error` and `cause`.
    pub(crate) fn result(&self) -> Object {
        match &self.outcome {
            Outcome::Succeeded(output) => Object::from([("output", output.to_json())]),
            Outcome::Failed(error) | Outcome::TimedOut(error) | Outcome::Aborted(error) => {
                failed(error)
            }
        }
    }
}

fn failed(error: &ErrorDetails) -> Object {
    let mut members = Object::new();
    insert_some(&mut members, "error", error.error.as_ref());
    insert_some(&mut members, "cause", error.cause.as_ref());
    members
}

/// Says that a payload is told in full.
pub(crate) fn included() -> Object {
    Object::from([("included", true)])
}
