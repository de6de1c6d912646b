//! What an engine is made of, and how much it may take on.

use std::{error::Error, sync::Arc};

use futures_util::future::BoxFuture;
use sandstep_asl::{StateMachine, TokenKey};
use sandstep_journal::Journal;
use tokio::runtime::Handle;

use crate::{Clock, TaskRunner};

/// What an [`Engine`](super::Engine) is opened with.
pub struct EngineSettings {
    /// Where executions are kept. The engine claims it.
    pub journal: Arc<dyn Journal>,
    /// Where the definitions of executions are found that are loaded again.
    pub definitions: Arc<dyn Definitions>,
    /// What runs tasks.
    pub tasks: Arc<dyn TaskRunner>,
    /// What the tokens of tasks are sealed with, also of executions that are loaded
    /// again. With another one, tokens that were given away are worth nothing.
    pub token_key: TokenKey,
    /// Whose time executions have.
    pub clock: Clock,
    /// Where executions and their tasks run.
    pub runtime: Handle,
    /// How much the engine takes on.
    pub limits: EngineLimits,
}

/// Finds the definitions that executions are pinned to.
pub trait Definitions: Send + Sync + 'static {
    /// The machine of the definition that an execution was started with: the text is
    /// its [`NewRun::definition`](super::NewRun::definition). The same text must give the
    /// same machine for as long as an execution is pinned to it.
    fn find<'a>(
        &'a self,
        definition: &'a str,
    ) -> BoxFuture<'a, Result<Arc<StateMachine>, DefinitionError>>;

    /// Whether there is an activity of this ARN: the tasks of one that is not there
    /// fail at once, those of one that is wait for a worker. There are all, unless said.
    fn has_activity<'a>(&'a self, _arn: &'a str) -> BoxFuture<'a, bool> {
        Box::pin(std::future::ready(true))
    }
}

/// Why a definition was not found.
pub type DefinitionError = Box<dyn Error + Send + Sync>;

/// How much an engine takes on. What is beyond is refused as
/// [`EngineError::Saturated`](super::EngineError::Saturated), or waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineLimits {
    /// How many executions may be in memory that run tasks or were just started;
    /// beyond it, starts are refused. Those that only wait for jobs (`.sync`) are not
    /// counted: nested executions may need the room. Default 10,000.
    pub active: usize,
    /// How many more executions may be in memory because they were loaded: their time
    /// came, a restart found them with tasks in flight, or somebody told them something.
    /// Those whose time has come wait beyond it; the others are refused. Those that only
    /// wait for jobs are not counted. Default 10,000.
    pub loaded: usize,
    /// How many messages may wait for one execution: stops, completions of tasks,
    /// heartbeats. Beyond it they are refused. Default 256.
    pub messages: usize,
    /// How many bytes of records one execution gathers between two waits before it
    /// commits early, so that memory stays bounded. Default 1 MiB.
    pub batch_bytes: usize,
    /// How many records one execution may make in one moment of virtual time; see
    /// [`Driver::with_records_per_moment`](crate::Driver::with_records_per_moment).
    pub records_per_moment: u64,
}

impl Default for EngineLimits {
    fn default() -> Self {
        Self {
            active: 10_000,
            loaded: 10_000,
            messages: 256,
            batch_bytes: 1024 * 1024,
            records_per_moment: crate::virtual_time::RECORDS_PER_MOMENT,
        }
    }
}
