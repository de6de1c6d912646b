//! `DeleteStateMachineAlias`.

use sandstep_json::Value;

use super::api_error::ApiError;
use super::describe_state_machine_alias::check_alias;
use super::lookup::check_length;
use super::params::Params;
use super::records::Unchanged;
use super::{StepFunctions, arn};

/// What `DeleteStateMachineAlias` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteStateMachineAliasInput {
    /// The alias.
    pub state_machine_alias_arn: String,
}

/// What `DeleteStateMachineAlias` answers: nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeleteStateMachineAliasOutput;

impl StepFunctions {
    /// Deletes an alias, if there is one. Its versions stay, and executions go
    /// on.
    ///
    /// Refuses with `ValidationException` and `InvalidArn`.
    pub async fn delete_state_machine_alias(
        &self,
        input: DeleteStateMachineAliasInput,
    ) -> Result<DeleteStateMachineAliasOutput, ApiError> {
        let alias_arn = input.state_machine_alias_arn;
        check_length("stateMachineAliasArn", &alias_arn)?;
        check_alias(&alias_arn)?;
        loop {
            match self.drop_alias(&alias_arn).await {
                Err(Unchanged::Outrun) => {}
                Err(Unchanged::Refused(error)) => return Err(error),
                Ok(()) => return Ok(DeleteStateMachineAliasOutput),
            }
        }
    }

    async fn drop_alias(&self, alias_arn: &str) -> Result<(), Unchanged> {
        let machine_arn = arn::machine(alias_arn)?.machine;
        let machine = self.0.records.machines.find(machine_arn).await?;
        let alias = self.0.records.aliases.find(alias_arn).await?;
        let (Some(machine), Some(alias)) = (machine, alias) else {
            return Ok(());
        };
        let mut with_one_less = machine.record.clone();
        with_one_less.aliases = with_one_less.aliases.saturating_sub(1);
        let changes = vec![alias.remove(), machine.replace(&with_one_less)];
        self.0.records.change(changes).await
    }
}

impl DeleteStateMachineAliasInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_alias_arn: params.required("stateMachineAliasArn")?,
        })
    }
}
