//! `DeleteStateMachine`.

use sandstep_json::Value;

use super::StepFunctions;
use super::api_error::ApiError;
use super::params::Params;
use super::{arn, constraints::Constraints};

/// What `DeleteStateMachine` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteStateMachineInput {
    /// The state machine.
    pub state_machine_arn: String,
}

/// What `DeleteStateMachine` answers: nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeleteStateMachineOutput;

impl StepFunctions {
    /// Deletes a state machine, if there is one. Its executions go on.
    ///
    /// Refuses with `ValidationException` and `InvalidArn`.
    pub async fn delete_state_machine(
        &self,
        input: DeleteStateMachineInput,
    ) -> Result<DeleteStateMachineOutput, ApiError> {
        Constraints::default()
            .length("stateMachineArn", &input.state_machine_arn, 1, 256)
            .check()?;
        arn::machine(&input.state_machine_arn)?;
        if let Ok(machine) = self.unqualified(&input.state_machine_arn).await {
            self.0.machines.remove(&machine.name);
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
