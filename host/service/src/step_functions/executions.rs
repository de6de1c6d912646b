//! The executions of STANDARD machines: the durable engine, as operations use it.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use sandstep_asl::StateMachine;
use sandstep_driver::durable::{DefinitionError, Definitions, Engine, EngineError, Run};

use super::StepFunctions;
use super::api_error::ApiError;
use super::records::Records;
use super::{arn, lookup::check_length};

/// Finds the definitions that executions are pinned to: revisions of state machines, by
/// their digests.
pub(crate) struct Pinned(pub(crate) Arc<Records>);

impl Definitions for Pinned {
    fn find<'a>(
        &'a self,
        definition: &'a str,
    ) -> BoxFuture<'a, Result<Arc<StateMachine>, DefinitionError>> {
        Box::pin(async move {
            let revision = self.0.revisions.find(definition).await?;
            let revision = revision.ok_or("there is no such revision")?;
            Ok(Arc::clone(&revision.machine))
        })
    }

    fn has_activity<'a>(&'a self, arn: &'a str) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let found = self.0.activities.find(arn).await;
            !matches!(found, Ok(None))
        })
    }
}

impl StepFunctions {
    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// The execution that an ARN names, with its payloads.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, also for an execution of an
    /// EXPRESS machine, and `ExecutionDoesNotExist`.
    pub(crate) async fn run(&self, execution_arn: &str) -> Result<Run, ApiError> {
        check_arn(execution_arn)?;
        let found = self.engine().find(execution_arn).await;
        let found = found.map_err(|error| engine_error(error, execution_arn))?;
        found.ok_or_else(|| ApiError::no_execution(execution_arn))
    }
}

/// Checks an execution's ARN.
pub(crate) fn check_arn(execution_arn: &str) -> Result<(), ApiError> {
    check_length("executionArn", execution_arn)?;
    arn::execution(execution_arn).map(|_| ())
}

/// What a client sees of the engine's failure; the log sees all of it.
pub(crate) fn engine_error(error: EngineError, execution_arn: &str) -> ApiError {
    match error {
        EngineError::Saturated => ApiError::throttled(),
        EngineError::NoSuchExecution => ApiError::no_execution(execution_arn),
        EngineError::Store(error) => error.into(),
        EngineError::Stopped | EngineError::Interrupted => ApiError::unavailable(&error),
        EngineError::Definition { .. } | EngineError::Damaged { .. } => ApiError::failure(&error),
    }
}
