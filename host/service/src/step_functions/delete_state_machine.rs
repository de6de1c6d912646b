//! `DeleteStateMachine`.

use sandstep_json::Value;

use super::StepFunctions;
use super::api_error::ApiError;
use super::arn::{self, Qualifier};
use super::delete_state_machine_alias::DeleteStateMachineAliasInput;
use super::delete_state_machine_version::DeleteStateMachineVersionInput;
use super::lookup::check_length;
use super::params::Params;

/// What `DeleteStateMachine` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteStateMachineInput {
    /// The state machine; or a version or an alias, which alone is deleted then.
    pub state_machine_arn: String,
}

/// What `DeleteStateMachine` answers: nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeleteStateMachineOutput;

impl StepFunctions {
    /// Deletes a state machine with its versions, aliases and tags, if there is
    /// one.
    ///
    /// Where executions of a STANDARD machine run, it is DELETING until they
    /// are aborted: nothing can be started or changed then, and no other one
    /// can have its name. Executions of an EXPRESS machine go on.
    ///
    /// Refuses with `ValidationException` and `InvalidArn`.
    pub async fn delete_state_machine(
        &self,
        input: DeleteStateMachineInput,
    ) -> Result<DeleteStateMachineOutput, ApiError> {
        let given = input.state_machine_arn;
        check_length("stateMachineArn", &given)?;
        match arn::machine(&given)?.qualifier {
            None => {
                let (account, machine_arn) = (self.clone(), given);
                let remove = async move { account.begin_removal(&machine_arn).await };
                self.to_its_end(remove).await?;
            }
            Some(Qualifier::Version(_)) => {
                let state_machine_version_arn = given;
                let input = DeleteStateMachineVersionInput {
                    state_machine_version_arn,
                };
                self.delete_state_machine_version(input).await?;
            }
            Some(Qualifier::Alias(_)) => {
                let state_machine_alias_arn = given;
                let input = DeleteStateMachineAliasInput {
                    state_machine_alias_arn,
                };
                self.delete_state_machine_alias(input).await?;
            }
        }
        Ok(DeleteStateMachineOutput)
    }
}

impl DeleteStateMachineInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_arn: params.required("stateMachineArn")?,
        })
    }
}
