//! What an event changes in what is shown.

use std::borrow::Cow;

use sandstep_asl::{EventDetails, EventId, HistoryEvent, ThreadPath, Timestamp};
use sandstep_service::replay::PlacedEvent;

/// An event, as far as progress shows it.
pub(crate) struct Sight<'e> {
    pub(super) thread: &'e ThreadPath,
    pub(super) id: EventId,
    kind: Kind<'e>,
    pub(super) at: Timestamp,
    pub(super) change: Change<'e>,
}

/// What tells an event's type, which is seldom shown.
enum Kind<'e> {
    Of(&'e HistoryEvent),
    Named(&'e str),
}

/// What an event changes in what runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Change<'e> {
    Entered {
        name: &'e str,
    },
    Exited {
        name: &'e str,
    },
    MapStarted {
        length: usize,
    },
    /// An iteration of a Map is over.
    ItemEnded,
    /// All branches or iterations of a state are over.
    ChildrenEnded,
    /// A state was aborted, with all that ran in it.
    Aborted,
    /// The execution ended before its states did.
    Stopped,
    Nothing,
}

impl<'e> Sight<'e> {
    /// An event of an execution of ours.
    pub(super) fn of(thread: &'e ThreadPath, event: &'e HistoryEvent) -> Self {
        Self {
            thread,
            id: event.id,
            kind: Kind::Of(event),
            at: event.timestamp,
            change: Change::of(&event.details),
        }
    }

    /// Its type, such as `TaskStateEntered`.
    pub(super) fn type_name(&self) -> Cow<'e, str> {
        match self.kind {
            Kind::Of(event) => event.type_name().into(),
            Kind::Named(name) => name.into(),
        }
    }
}

impl<'e> From<&'e PlacedEvent> for Sight<'e> {
    fn from(event: &'e PlacedEvent) -> Self {
        Self {
            thread: &event.thread,
            id: event.id,
            kind: Kind::Named(&event.kind),
            at: event.timestamp.unwrap_or_default(),
            change: Change::of_placed(event),
        }
    }
}

impl<'e> Change<'e> {
    fn of(details: &'e EventDetails) -> Self {
        match details {
            EventDetails::StateEntered { name, .. } => Self::Entered { name },
            EventDetails::StateExited { name, .. } => Self::Exited { name },
            EventDetails::MapStateStarted { length } => Self::MapStarted { length: *length },
            EventDetails::MapIterationSucceeded { .. }
            | EventDetails::MapIterationFailed { .. } => Self::ItemEnded,
            EventDetails::MapStateSucceeded
            | EventDetails::MapStateFailed
            | EventDetails::ParallelStateSucceeded
            | EventDetails::ParallelStateFailed => Self::ChildrenEnded,
            EventDetails::StateAborted { .. } => Self::Aborted,
            EventDetails::ExecutionFailed(_)
            | EventDetails::ExecutionTimedOut(_)
            | EventDetails::ExecutionAborted(_) => Self::Stopped,
            _ => Self::Nothing,
        }
    }

    /// The same of an event that only its type's name tells.
    fn of_placed(event: &'e PlacedEvent) -> Self {
        let name = event.name.as_deref().unwrap_or_default();
        match &*event.kind {
            "MapStateStarted" => Self::MapStarted {
                length: event.length.unwrap_or_default(),
            },
            "MapIterationSucceeded" | "MapIterationFailed" => Self::ItemEnded,
            "MapStateSucceeded"
            | "MapStateFailed"
            | "ParallelStateSucceeded"
            | "ParallelStateFailed" => Self::ChildrenEnded,
            "ExecutionFailed" | "ExecutionTimedOut" | "ExecutionAborted" => Self::Stopped,
            kind if kind.ends_with("StateEntered") => Self::Entered { name },
            kind if kind.ends_with("StateExited") => Self::Exited { name },
            kind if kind.ends_with("StateAborted") => Self::Aborted,
            _ => Self::Nothing,
        }
    }
}
