//! The events that `GetExecutionHistory` shows.

mod render;

use std::sync::Arc;

use sandstep_json::{Object, Text, Value};

use crate::{resource::Resource, timestamp::Timestamp};

/// Numbers an execution's events: 1, 2, 3, …; 0 is "no event".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u64);

/// One event of an execution's history (API reference, `HistoryEvent`).
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEvent {
    /// This event's number.
    pub id: EventId,
    /// The event before it in the same thread of control; 0 for the first state
    /// of an execution and for the end that somebody else decided.
    pub previous: EventId,
    /// When it happened.
    pub timestamp: Timestamp,
    /// What happened.
    pub details: EventDetails,
}

/// What happened, with what the service tells of it.
///
/// A task's events name its [`Resource`]; its kind decides which of the
/// service's three families they belong to (`LambdaFunctionScheduled`,
/// `TaskScheduled`, `ActivityScheduled`).
#[derive(Clone, Debug, PartialEq)]
#[allow(
    missing_docs,
    reason = "fields and variants are the service's own, documented there"
)]
pub enum EventDetails {
    ExecutionStarted {
        input: Value,
        role_arn: Text,
    },
    ExecutionSucceeded {
        output: Value,
    },
    ExecutionFailed(ErrorDetails),
    ExecutionTimedOut(ErrorDetails),
    ExecutionAborted(ErrorDetails),
    ExecutionRedriven {
        /// How often the execution was redriven, this time included.
        redrive_count: u64,
    },
    StateEntered {
        kind: StateType,
        name: Text,
        input: Value,
    },
    StateExited {
        kind: StateType,
        name: Text,
        output: Value,
        /// The variables that the state set, if it set any.
        assigned: Option<Object>,
    },
    EvaluationFailed(Box<EvaluationFailed>),
    StateAborted {
        kind: StateType,
    },
    TaskScheduled(Box<TaskScheduled>),
    /// An activity's schedule alone can fail: there is no such activity.
    TaskScheduleFailed {
        resource: Arc<Resource>,
        error: ErrorDetails,
    },
    TaskStarted {
        resource: Arc<Resource>,
        /// The name that an activity's worker gave itself.
        worker: Option<Text>,
    },
    TaskSubmitted {
        resource: Arc<Resource>,
        output: Value,
    },
    TaskSucceeded {
        resource: Arc<Resource>,
        output: Value,
    },
    TaskFailed {
        resource: Arc<Resource>,
        error: ErrorDetails,
    },
    TaskTimedOut {
        resource: Arc<Resource>,
        error: ErrorDetails,
    },
    ParallelStateStarted,
    ParallelStateSucceeded,
    ParallelStateFailed,
    MapStateStarted {
        length: usize,
    },
    MapStateSucceeded,
    MapStateFailed,
    MapIterationStarted {
        name: Text,
        index: usize,
    },
    MapIterationSucceeded {
        name: Text,
        index: usize,
    },
    MapIterationFailed {
        name: Text,
        index: usize,
    },
    MapIterationAborted {
        name: Text,
        index: usize,
    },
}

/// The eight state types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the States Language's own")]
pub enum StateType {
    Pass,
    Task,
    Choice,
    Wait,
    Succeed,
    Fail,
    Parallel,
    Map,
}

/// An error's name and cause; either may be missing, as they may be in a Fail
/// state or a timeout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorDetails {
    /// The error's name, such as `States.Timeout`.
    pub error: Option<Text>,
    /// What a person can make of it.
    pub cause: Option<Text>,
}

/// What is told of an expression in JSONata that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluationFailed {
    /// The name of the state.
    pub state: Text,
    /// The path of the field in the state, such as `Arguments/FunctionName`;
    /// `None` where no field is to blame.
    pub location: Option<Text>,
    /// The error that the state fails with.
    pub error: ErrorDetails,
}

/// What is told of a task when it is scheduled.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskScheduled {
    /// The Task state's `Resource`.
    pub resource: Arc<Resource>,
    /// The effective input: a function's event, or an integration's parameters.
    pub input: Value,
    /// The state's timeout, in seconds, where it has one.
    pub timeout_seconds: Option<u64>,
    /// The state's heartbeat, in seconds, where it has one.
    pub heartbeat_seconds: Option<u64>,
    /// The evaluated `Credentials`, where the state has them.
    pub credentials: Option<Value>,
}

impl StateType {
    /// The `Type` field of such a state.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "Pass",
            Self::Task => "Task",
            Self::Choice => "Choice",
            Self::Wait => "Wait",
            Self::Succeed => "Succeed",
            Self::Fail => "Fail",
            Self::Parallel => "Parallel",
            Self::Map => "Map",
        }
    }
}

impl EventDetails {
    /// Whether the execution ends with this event.
    pub fn is_end(&self) -> bool {
        matches!(
            self,
            Self::ExecutionSucceeded { .. }
                | Self::ExecutionFailed(_)
                | Self::ExecutionTimedOut(_)
                | Self::ExecutionAborted(_)
        )
    }

    /// Whether the events after it point past it, at the one before.
    ///
    /// The recordings of the service show this of the events that close a
    /// Parallel or Map, a failed iteration and an aborted state.
    pub(crate) fn is_passed_by(&self) -> bool {
        matches!(
            self,
            Self::ParallelStateSucceeded
                | Self::MapStateSucceeded
                | Self::MapIterationFailed { .. }
                | Self::MapIterationAborted { .. }
                | Self::StateAborted { .. }
        )
    }
}
