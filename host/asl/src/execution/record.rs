//! What an execution appends to its journal.

use std::{fmt, sync::Arc};

use sandstep_json::{Array, Text, Value};

use crate::{
    history::{EventId, HistoryEvent},
    timestamp::Timestamp,
};

/// What is appended. `GetExecutionHistory` shows the events alone.
#[derive(Clone, Debug)]
pub struct Record {
    /// The thread of control that it happened in.
    pub thread: ThreadPath,
    /// What the history shows of it.
    pub event: Option<HistoryEvent>,
    /// What restoring needs beside the event.
    pub note: Option<Note>,
}

/// The facts that the service's events leave out and that restoring an
/// execution needs. New kinds may be added; a kind's meaning never changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// With `ExecutionStarted` and `ExecutionRedriven`: when the execution times
    /// out, if it does.
    Deadline(Timestamp),
    /// A Wait state sleeps until then.
    WaitUntil(Timestamp),
    /// With a task's scheduling, or with the start of an activity's: when it
    /// times out, and when its heartbeat is missed.
    TaskArmed {
        /// The end of `TimeoutSeconds`.
        timeout: Option<Timestamp>,
        /// The end of the first `HeartbeatSeconds`.
        heartbeat: Option<Timestamp>,
    },
    /// A task gave a sign of life; the next one is due then.
    Heartbeat(Timestamp),
    /// A failed state is tried again by the retrier with this index.
    RetryAt {
        /// The index in the state's `Retry`.
        retrier: usize,
        /// When the next attempt begins.
        due: Timestamp,
        /// The event that the next attempt follows.
        previous: EventId,
    },
    /// With `ParallelStateStarted`: the state's effective input, which every
    /// branch begins with.
    ParallelPlanned(Value),
    /// With `MapStateStarted`: what the Map will do.
    MapPlanned(Box<MapPlan>),
    /// A branch of a Parallel state reached its end; no event tells it.
    BranchSucceeded,
    /// The thread was to enter this state when it was aborted, and a redrive lets
    /// it; or when a batch was cut off, and it will.
    Entering {
        /// The state's name.
        state: Text,
        /// What it would have entered with.
        input: Value,
    },
    /// The thread has yet to go on after the redrive before, where a batch was cut off.
    Resuming,
    /// With the redrive before: the token of the client who asked for it.
    RedrivenWith(Text),
}

/// What a Map state was started with.
#[derive(Clone, Debug, PartialEq)]
pub struct MapPlan {
    /// The items, one for each iteration.
    pub items: Array,
    /// The Map's effective input, which `ItemSelector` may refer to.
    pub input: Value,
    /// How many iterations may run at a time.
    pub concurrency: usize,
    /// How many iterations may fail before the state does.
    pub tolerated_failures: usize,
}

/// Names a thread of control: the way from the execution's root to it, as
/// pairs of the event that started the branches and the index among them.
///
/// The root thread's path is empty. Paths share their beginnings.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct ThreadPath(Option<Arc<Fork>>);

#[derive(PartialEq, Eq, Hash)]
struct Fork {
    parent: ThreadPath,
    started: EventId,
    index: usize,
}

impl ThreadPath {
    /// The path of the branch or iteration `index` of what the event `started`
    /// started in this thread.
    pub fn child(&self, started: EventId, index: usize) -> Self {
        Self(Some(Arc::new(Fork {
            parent: self.clone(),
            started,
            index,
        })))
    }

    /// The last step of the path: the event that started the branches, and the
    /// index among them. `None` for the root.
    pub fn last(&self) -> Option<(EventId, usize)> {
        self.0.as_ref().map(|fork| (fork.started, fork.index))
    }

    /// The thread that this one was started by. `None` for the root.
    pub fn parent(&self) -> Option<&Self> {
        self.0.as_ref().map(|fork| &fork.parent)
    }
}

/// `/5.0/9.2`; the root is `/`.
impl fmt::Display for ThreadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(fork) = &self.0 else {
            return f.write_str("/");
        };
        if fork.parent.0.is_some() {
            write!(f, "{}", fork.parent)?;
        }
        write!(f, "/{}.{}", fork.started.0, fork.index)
    }
}

impl fmt::Debug for ThreadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
