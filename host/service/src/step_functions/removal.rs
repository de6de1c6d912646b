//! How a state machine goes: first nothing can be begun any more, then its
//! executions are aborted, then it is removed with all that belongs to it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::api_error::ApiError;
use super::machine::{Machine, MachineStatus, StateMachineType};
use super::records::{Kept, Records, Unchanged};
use super::{Account, ListExecutionsInput, StepFunctions, StopExecutionInput};

/// How long to wait before looking again whether executions have ended.
const PAUSE: Duration = Duration::from_millis(100);

/// What a removal waits for.
enum Step {
    /// It is done.
    Gone,
    /// Executions run.
    Busy,
}

/// How many state machines there are, and the ARNs of those that are about to
/// go.
pub(crate) async fn survey(records: &Records) -> Result<(usize, Vec<String>), ApiError> {
    let mut leaving = Vec::new();
    let look = |machine: Kept<Machine>| {
        if machine.status == MachineStatus::Deleting {
            leaving.push(machine.name);
        }
    };
    let count = records.machines.visit("", look).await?;
    Ok((count, leaving))
}

impl StepFunctions {
    /// Marks a state machine as DELETING and removes it, now or as soon as its
    /// executions have ended.
    pub(crate) async fn begin_removal(&self, machine_arn: &str) -> Result<(), ApiError> {
        loop {
            let Some(there) = self.0.records.machines.find(machine_arn).await? else {
                return Ok(());
            };
            match self.mark_deleting(&there).await {
                Err(Unchanged::Outrun) => {}
                Err(Unchanged::Refused(error)) => return Err(error),
                Ok(true) => return Ok(()),
                Ok(false) => break,
            }
        }
        // They have found it active, and nobody does any more.
        self.settle().await;
        match self.remove(machine_arn).await {
            Ok(Step::Gone) => {}
            // It is DELETING, whatever hinders it at the moment.
            Ok(Step::Busy) | Err(_) => self.remove_later(machine_arn.to_owned()),
        }
        Ok(())
    }

    /// Marks a machine, and answers whether it was marked already.
    async fn mark_deleting(&self, there: &Kept<Machine>) -> Result<bool, Unchanged> {
        if there.status == MachineStatus::Deleting {
            return Ok(true);
        }
        let deleting = Machine {
            status: MachineStatus::Deleting,
            ..there.record.clone()
        };
        self.0
            .records
            .change(vec![there.replace(&deleting)])
            .await?;
        Ok(false)
    }

    /// Goes on removing a machine for as long as the account is there.
    pub(crate) fn remove_later(&self, machine_arn: String) {
        let account = Arc::downgrade(&self.0);
        self.0.runtime.spawn(remove_in_time(account, machine_arn));
    }

    /// Removes a machine unless executions run, which are aborted.
    async fn remove(&self, machine_arn: &str) -> Result<Step, ApiError> {
        let Some(there) = self.0.records.machines.find(machine_arn).await? else {
            return Ok(Step::Gone);
        };
        if there.status == MachineStatus::Active {
            // Another one of that name.
            return Ok(Step::Gone);
        }
        if there.kind == StateMachineType::Standard && self.abort_some(machine_arn).await? {
            return Ok(Step::Busy);
        }
        match self.remove_all(&there).await {
            Ok(()) => Ok(Step::Gone),
            Err(Unchanged::Outrun) => Ok(Step::Busy),
            Err(Unchanged::Refused(error)) => Err(error),
        }
    }

    /// Aborts a page of the executions that run, and answers whether there were
    /// any.
    async fn abort_some(&self, machine_arn: &str) -> Result<bool, ApiError> {
        let running = ListExecutionsInput {
            state_machine_arn: Some(machine_arn.to_owned()),
            status_filter: Some("RUNNING".to_owned()),
            ..ListExecutionsInput::default()
        };
        let running = self.list_executions(running).await?.executions;
        for execution in &running {
            let stop = StopExecutionInput {
                execution_arn: execution.execution_arn().to_owned(),
                ..StopExecutionInput::default()
            };
            self.stop_execution(stop).await?;
        }
        Ok(!running.is_empty())
    }

    /// Removes a machine with its versions, aliases and tags, at once. What its
    /// executions are pinned to stays for them.
    async fn remove_all(&self, there: &Kept<Machine>) -> Result<(), Unchanged> {
        let versions = self.versions_of(&there.name).await?;
        let aliases = self.aliases_of(&there.name).await?;
        let tags = self.0.records.tags.find(&there.name).await?;
        let mut changes = vec![there.remove()];
        changes.extend(versions.iter().map(Kept::remove));
        changes.extend(aliases.iter().map(Kept::remove));
        changes.extend(tags.iter().map(|tags| tags.remove()));
        let revision = self.revision(&there.revision).await?;
        self.0.records.change(changes).await?;
        self.0.machines.release();
        self.0
            .leftovers
            .add(revision.definition.len() * (versions.len() + 1));
        Ok(())
    }
}

async fn remove_in_time(account: Weak<Account>, machine_arn: String) {
    loop {
        tokio::time::sleep(PAUSE).await;
        let Some(account) = account.upgrade() else {
            return;
        };
        match StepFunctions(account).remove(&machine_arn).await {
            Ok(Step::Gone) => return,
            Ok(Step::Busy) => {}
            Err(error) => {
                tracing::warn!(%machine_arn, %error, "a state machine cannot be removed yet");
            }
        }
    }
}
