//! Why an engine refuses or fails.

use std::sync::Arc;

use sandstep_asl::NotRedrivable;

use super::settings::DefinitionError;

/// Why an operation of an [`Engine`](super::Engine) failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EngineError {
    /// As much is under way as may be, here or in the store. Nothing was done; it
    /// may be tried again.
    #[error("as many executions are under way as may be")]
    Saturated,
    /// No execution has this ARN.
    #[error("no such execution")]
    NoSuchExecution,
    /// The engine stops, or has stopped, and acknowledges nothing any more.
    #[error("the engine has stopped")]
    Stopped,
    /// The execution was given up before the answer was certain: its next owner goes
    /// on from what the store has.
    #[error("the execution was interrupted")]
    Interrupted,
    /// The definition that the execution is pinned to is not to be had.
    #[error("cannot find the definition {definition}")]
    Definition {
        /// Its key.
        definition: String,
        /// Why.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// What the store holds of an execution cannot be read.
    #[error("cannot read what is stored of the execution {arn}")]
    Damaged {
        /// Which.
        arn: String,
        /// Why.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// The store refused or failed.
    #[error(transparent)]
    Store(sandstep_journal::Error),
}

/// Why a task was not completed from outside.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CompleteError {
    /// The execution has no such task, and never had.
    #[error("no such task")]
    NoSuchTask,
    /// The task has ended, or nobody waits for it any more.
    #[error("the task is over")]
    Over,
    /// The engine could not tell the execution.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Why an execution was not redriven.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RedriveError {
    /// It is in no state to go on from.
    #[error(transparent)]
    Refused(#[from] NotRedrivable),
    /// The engine could not tell the execution.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl EngineError {
    pub(super) fn damaged(
        arn: &str,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self::Damaged {
            arn: arn.to_owned(),
            source: Arc::new(source),
        }
    }

    pub(super) fn definition(definition: &str, source: DefinitionError) -> Self {
        Self::Definition {
            definition: definition.to_owned(),
            source: source.into(),
        }
    }
}

impl From<sandstep_journal::Error> for EngineError {
    fn from(error: sandstep_journal::Error) -> Self {
        match error {
            sandstep_journal::Error::Busy => Self::Saturated,
            sandstep_journal::Error::Closed => Self::Stopped,
            error => Self::Store(error),
        }
    }
}
