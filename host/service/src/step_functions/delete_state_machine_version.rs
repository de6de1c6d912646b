//! `DeleteStateMachineVersion`.

use sandstep_json::Value;

use super::api_error::ApiError;
use super::lookup::check_long;
use super::machine::Machine;
use super::params::Params;
use super::records::{Kept, Unchanged};
use super::{StepFunctions, arn};

/// What `DeleteStateMachineVersion` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteStateMachineVersionInput {
    /// The version.
    pub state_machine_version_arn: String,
}

/// What `DeleteStateMachineVersion` answers: nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeleteStateMachineVersionOutput;

impl StepFunctions {
    /// Deletes a version, if there is one. Its executions go on, and its number
    /// is never used again.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, and with
    /// `ConflictException` where an alias refers to it.
    pub async fn delete_state_machine_version(
        &self,
        input: DeleteStateMachineVersionInput,
    ) -> Result<DeleteStateMachineVersionOutput, ApiError> {
        let version_arn = input.state_machine_version_arn;
        check_long("stateMachineVersionArn", &version_arn)?;
        let named = arn::machine(&version_arn)?;
        let number = named
            .version()
            .ok_or_else(|| arn::malformed(&version_arn))?;
        loop {
            let Some(machine) = self.0.records.machines.find(named.machine).await? else {
                return Ok(DeleteStateMachineVersionOutput);
            };
            match self.drop_version(&machine, &version_arn, number).await {
                Err(Unchanged::Outrun) => {}
                Err(Unchanged::Refused(error)) => return Err(error),
                Ok(()) => return Ok(DeleteStateMachineVersionOutput),
            }
        }
    }

    /// The machine is written as well, and so are aliases with theirs: none
    /// comes to refer to a version that is about to go.
    async fn drop_version(
        &self,
        there: &Kept<Machine>,
        version_arn: &str,
        number: u64,
    ) -> Result<(), Unchanged> {
        let Some(version) = self.0.records.versions.find(version_arn).await? else {
            return Ok(());
        };
        self.check_no_alias(&there.name, version_arn).await?;
        let mut machine = there.record.clone();
        machine.versions = machine.versions.saturating_sub(1);
        if machine.published == Some(number) {
            machine.published = None;
        }
        let changes = vec![version.remove(), there.replace(&machine)];
        self.0.records.change(changes).await
    }

    async fn check_no_alias(&self, machine_arn: &str, version_arn: &str) -> Result<(), ApiError> {
        let mut aliases = self.aliases_of(machine_arn).await?;
        aliases.retain(|alias| alias.routing.versions().any(|arn| arn == version_arn));
        if aliases.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = aliases.iter().map(|alias| &*alias.record.name).collect();
        Err(ApiError::conflict(format_args!(
            "Version to be deleted must not be referenced by an alias. Current list of aliases \
             referencing this version: [{}]",
            names.join(", ")
        )))
    }
}

impl DeleteStateMachineVersionInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_version_arn: params.required("stateMachineVersionArn")?,
        })
    }
}
