//! Finds what an ARN names.

use std::sync::Arc;

use sandstep_journal::{Error, StorageError};

use super::StepFunctions;
use super::activity::Activity;
use super::api_error::ApiError;
use super::arn;
use super::constraints::Constraints;
use super::machine::{Machine, MachineStatus};
use super::records::Kept;
use super::revision::Revision;

impl StepFunctions {
    /// Does something to its end, even where nobody waits for it any more: a
    /// client that hangs up leaves nothing half done behind it.
    pub(crate) async fn to_its_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    ) -> Result<T, ApiError> {
        let done = self.0.runtime.spawn(work).await;
        // Or else the runtime shuts down.
        done.unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// The state machine of an ARN that has no qualifier.
    pub(crate) async fn machine(&self, machine_arn: &str) -> Result<Arc<Kept<Machine>>, ApiError> {
        check_length("stateMachineArn", machine_arn)?;
        arn::machine(machine_arn)?;
        // A qualified ARN is the name of no state machine.
        let found = self.0.records.machines.find(machine_arn).await?;
        found.ok_or_else(|| ApiError::no_machine(machine_arn))
    }

    /// The same, unless it is about to go.
    pub(crate) async fn active(&self, machine_arn: &str) -> Result<Arc<Kept<Machine>>, ApiError> {
        let machine = self.machine(machine_arn).await?;
        match machine.status {
            MachineStatus::Active => Ok(machine),
            MachineStatus::Deleting => Err(ApiError::machine_deleting(machine_arn)),
        }
    }

    /// The revision of a digest that something refers to.
    pub(crate) async fn revision(&self, digest: &str) -> Result<Arc<Kept<Revision>>, ApiError> {
        let found = self.0.records.revisions.find(digest).await?;
        found.ok_or_else(|| {
            let problem = format!("revision {digest} is missing");
            Error::from(StorageError::Corrupt(problem)).into()
        })
    }

    /// The activity of an ARN.
    pub(crate) async fn activity(
        &self,
        activity_arn: &str,
    ) -> Result<Arc<Kept<Activity>>, ApiError> {
        check_length("activityArn", activity_arn)?;
        arn::check_activity(activity_arn)?;
        let found = self.0.records.activities.find(activity_arn).await?;
        found.ok_or_else(|| ApiError::no_activity(activity_arn))
    }
}

/// Refuses what is no ARN for its length (API reference, `Arn`).
pub(crate) fn check_length(field: &str, arn: &str) -> Result<(), ApiError> {
    Constraints::default().length(field, arn, 1, 256).check()
}

/// The same for what may lie deeper (API reference, `LongArn`).
pub(crate) fn check_long(field: &str, arn: &str) -> Result<(), ApiError> {
    Constraints::default().length(field, arn, 1, 2_000).check()
}
