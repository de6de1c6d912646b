//! What an engine is told of an execution, and what it tells.

use std::sync::Arc;

use sandstep_asl::{Outcome, Start, StateMachine, Timestamp};
use sandstep_journal::{PageToken, Status};
use sandstep_json::{Text, Value};

/// An execution that is to start.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// What it is listed under: the ARNs of its state machine, of the version or alias
    /// that it was started through.
    pub groups: Vec<String>,
    /// The key of its definition, for [`Definitions`](super::Definitions).
    pub definition: Text,
    /// The definition.
    pub machine: Arc<StateMachine>,
    /// What else the interpreter has to know. Its ARN is its name: at most one execution
    /// has it.
    pub start: Start,
    /// Bytes of the caller's own, given back with each [`RunSummary`].
    pub attachment: Arc<[u8]>,
}

/// What became of a start.
#[derive(Clone, Debug)]
pub enum Started {
    /// The execution has begun, and that is durable.
    New(Run),
    /// An execution has that ARN already, running or ended. Nothing was started.
    Exists(Run),
}

/// An execution without its payloads: what lists show. Clones share its texts.
#[derive(Clone, Debug)]
pub struct RunSummary {
    /// Its name in the world.
    pub arn: Text,
    /// When it was started.
    pub started: Timestamp,
    /// When it ended, if it has.
    pub ended: Option<Timestamp>,
    /// How it stands.
    pub status: Status,
    /// As [`NewRun::definition`] was.
    pub definition: Text,
    /// As [`NewRun::attachment`] was.
    pub attachment: Arc<[u8]>,
    /// How many events its history has.
    pub events: u64,
    /// How often it was redriven.
    pub redrives: u32,
    /// When it was redriven last, if it was.
    pub redriven_at: Option<Timestamp>,
}

/// An execution with its payloads.
#[derive(Clone, Debug)]
pub struct Run {
    /// What lists show of it.
    pub summary: RunSummary,
    /// What it was started with.
    pub input: Value,
    /// How it ended, if it has.
    pub outcome: Option<Outcome>,
}

/// A page of a list of executions.
#[derive(Clone, Debug, Default)]
pub struct RunPage {
    /// The last started first.
    pub runs: Vec<RunSummary>,
    /// Where the next page begins; `None` if this is the last.
    pub next: Option<PageToken>,
}

/// What somebody outside says of a task that waits for them.
#[derive(Clone, Debug, PartialEq)]
pub enum Completion {
    /// It ended with this output.
    Succeeded(Value),
    /// It failed.
    Failed {
        /// The error's name.
        error: Option<String>,
        /// What a person can make of it.
        cause: Option<String>,
    },
    /// It goes on.
    Heartbeat,
}

/// A task of an activity that was given to a worker.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Whose task it is.
    pub arn: Text,
    /// The event that scheduled it.
    pub scheduled: sandstep_asl::EventId,
    /// Its input.
    pub input: Value,
}
