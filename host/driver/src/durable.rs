//! Executions that outlive the process.
//!
//! An [`Engine`] drives executions as a [`Driver`](crate::Driver) does, and keeps them in
//! a [`Journal`](sandstep_journal::Journal): everything that an execution decides between
//! two waits is one commit, before any of its tasks starts or any answer leaves. Each
//! active execution is an actor of its own; one that only waits leaves the memory, but
//! for its place in a queue of due times.
//!
//! Transitions happen exactly once. A task that was running when its process ended is
//! run again, with the same [`Task::entered`](sandstep_asl::Task::entered), and is told so
//! ([`TaskCall::resumed`](crate::TaskCall::resumed)).

mod actor;
mod alarms;
mod batch;
mod codec;
mod core;
mod engine;
mod error;
mod health;
mod load;
mod mailbox;
mod message;
mod registry;
mod run;
mod settings;
mod waiters;

pub use codec::Damaged;
pub use engine::Engine;
pub use error::{CompleteError, EngineError, RedriveError};
pub use health::Health;
pub use run::{Completion, NewRun, Run, RunPage, RunSummary, Started, Taken};
pub use settings::{DefinitionError, Definitions, EngineLimits, EngineSettings};
