//! Operations by name, from JSON to JSON.

use sandstep_json::{Object, Value};

use super::api_error::ApiError;
use super::{
    CreateStateMachineInput, DeleteStateMachineInput, DescribeExecutionInput,
    DescribeStateMachineForExecutionInput, DescribeStateMachineInput, GetExecutionHistoryInput,
    ListExecutionsInput, ListStateMachinesInput, StartExecutionInput, StartSyncExecutionInput,
    StepFunctions, StopExecutionInput, TestStateInput, UpdateStateMachineInput,
    ValidateStateMachineDefinitionInput,
};

impl StepFunctions {
    /// The operations that [`call`](Self::call) knows, by AWS's names.
    pub const OPERATIONS: [&str; 14] = [
        "CreateStateMachine",
        "DeleteStateMachine",
        "DescribeExecution",
        "DescribeStateMachine",
        "DescribeStateMachineForExecution",
        "GetExecutionHistory",
        "ListExecutions",
        "ListStateMachines",
        "StartExecution",
        "StartSyncExecution",
        "StopExecution",
        "TestState",
        "UpdateStateMachine",
        "ValidateStateMachineDefinition",
    ];

    /// Answers a request in AWS's JSON protocol.
    ///
    /// An operation that is not among [`OPERATIONS`](Self::OPERATIONS) is an
    /// `UnknownOperationException`; a member of another type than the model
    /// says is a `SerializationException`.
    pub async fn call(&self, operation: &str, request: &Value) -> Result<Object, ApiError> {
        Ok(match operation {
            "CreateStateMachine" => self
                .create_state_machine(CreateStateMachineInput::from_json(request)?)
                .await?
                .to_json(),
            "DeleteStateMachine" => {
                self.delete_state_machine(DeleteStateMachineInput::from_json(request)?)
                    .await?;
                Object::new()
            }
            "DescribeExecution" => self
                .describe_execution(DescribeExecutionInput::from_json(request)?)
                .await?
                .to_json(),
            "DescribeStateMachine" => self
                .describe_state_machine(DescribeStateMachineInput::from_json(request)?)
                .await?
                .to_json(),
            "DescribeStateMachineForExecution" => {
                let input = DescribeStateMachineForExecutionInput::from_json(request)?;
                self.describe_state_machine_for_execution(input)
                    .await?
                    .to_json()
            }
            "GetExecutionHistory" => self
                .get_execution_history(GetExecutionHistoryInput::from_json(request)?)
                .await?
                .to_json(),
            "ListExecutions" => self
                .list_executions(ListExecutionsInput::from_json(request)?)
                .await?
                .to_json(),
            "ListStateMachines" => self
                .list_state_machines(ListStateMachinesInput::from_json(request)?)
                .await?
                .to_json(),
            "StartExecution" => self
                .start_execution(StartExecutionInput::from_json(request)?)
                .await?
                .to_json(),
            "StartSyncExecution" => self
                .start_sync_execution(StartSyncExecutionInput::from_json(request)?)
                .await?
                .to_json(),
            "StopExecution" => self
                .stop_execution(StopExecutionInput::from_json(request)?)
                .await?
                .to_json(),
            "TestState" => self
                .test_state(TestStateInput::from_json(request)?)
                .await?
                .to_json(),
            "UpdateStateMachine" => self
                .update_state_machine(UpdateStateMachineInput::from_json(request)?)
                .await?
                .to_json(),
            "ValidateStateMachineDefinition" => {
                let input = ValidateStateMachineDefinitionInput::from_json(request)?;
                self.validate_state_machine_definition(input)
                    .await?
                    .to_json()
            }
            other => {
                let message = format_args!("There is no operation {other}");
                return Err(ApiError::new("UnknownOperationException", message));
            }
        })
    }
}
