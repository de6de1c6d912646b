//! Operations by name, from JSON to JSON.

use sandstep_json::{Object, Value};

use super::api_error::ApiError;
use super::{
    CreateActivityInput, CreateStateMachineAliasInput, CreateStateMachineInput,
    DeleteActivityInput, DeleteStateMachineAliasInput, DeleteStateMachineInput,
    DeleteStateMachineVersionInput, DescribeActivityInput, DescribeExecutionInput,
    DescribeMapRunInput, DescribeStateMachineAliasInput, DescribeStateMachineForExecutionInput,
    DescribeStateMachineInput, GetActivityTaskInput, GetExecutionHistoryInput, ListActivitiesInput,
    ListExecutionsInput, ListMapRunsInput, ListStateMachineAliasesInput,
    ListStateMachineVersionsInput, ListStateMachinesInput, ListTagsForResourceInput,
    PublishStateMachineVersionInput, RedriveExecutionInput, SendTaskFailureInput,
    SendTaskHeartbeatInput, SendTaskSuccessInput, StartExecutionInput, StartSyncExecutionInput,
    StepFunctions, StopExecutionInput, TagResourceInput, TestStateInput, UntagResourceInput,
    UpdateMapRunInput, UpdateStateMachineAliasInput, UpdateStateMachineInput,
    ValidateStateMachineDefinitionInput,
};

impl StepFunctions {
    /// The operations that [`call`](Self::call) knows, by AWS's names.
    pub const OPERATIONS: [&str; 37] = [
        "CreateActivity",
        "CreateStateMachine",
        "CreateStateMachineAlias",
        "DeleteActivity",
        "DeleteStateMachine",
        "DeleteStateMachineAlias",
        "DeleteStateMachineVersion",
        "DescribeActivity",
        "DescribeExecution",
        "DescribeMapRun",
        "DescribeStateMachine",
        "DescribeStateMachineAlias",
        "DescribeStateMachineForExecution",
        "GetActivityTask",
        "GetExecutionHistory",
        "ListActivities",
        "ListExecutions",
        "ListMapRuns",
        "ListStateMachineAliases",
        "ListStateMachineVersions",
        "ListStateMachines",
        "ListTagsForResource",
        "PublishStateMachineVersion",
        "RedriveExecution",
        "SendTaskFailure",
        "SendTaskHeartbeat",
        "SendTaskSuccess",
        "StartExecution",
        "StartSyncExecution",
        "StopExecution",
        "TagResource",
        "TestState",
        "UntagResource",
        "UpdateMapRun",
        "UpdateStateMachine",
        "UpdateStateMachineAlias",
        "ValidateStateMachineDefinition",
    ];

    /// Answers a request in AWS's JSON protocol.
    ///
    /// An operation that is not among [`OPERATIONS`](Self::OPERATIONS) is an
    /// `UnknownOperationException`; a member of another type than the model
    /// says is a `SerializationException`.
    pub async fn call(&self, operation: &str, request: &Value) -> Result<Object, ApiError> {
        Ok(match operation {
            "CreateActivity" => {
                let input = CreateActivityInput::from_json(request)?;
                self.create_activity(input).await?.to_json()
            }
            "CreateStateMachine" => {
                let input = CreateStateMachineInput::from_json(request)?;
                self.create_state_machine(input).await?.to_json()
            }
            "CreateStateMachineAlias" => {
                let input = CreateStateMachineAliasInput::from_json(request)?;
                self.create_state_machine_alias(input).await?.to_json()
            }
            "DeleteActivity" => {
                let input = DeleteActivityInput::from_json(request)?;
                self.delete_activity(input).await?;
                Object::new()
            }
            "DeleteStateMachine" => {
                let input = DeleteStateMachineInput::from_json(request)?;
                self.delete_state_machine(input).await?;
                Object::new()
            }
            "DeleteStateMachineAlias" => {
                let input = DeleteStateMachineAliasInput::from_json(request)?;
                self.delete_state_machine_alias(input).await?;
                Object::new()
            }
            "DeleteStateMachineVersion" => {
                let input = DeleteStateMachineVersionInput::from_json(request)?;
                self.delete_state_machine_version(input).await?;
                Object::new()
            }
            "DescribeActivity" => {
                let input = DescribeActivityInput::from_json(request)?;
                self.describe_activity(input).await?.to_json()
            }
            "DescribeExecution" => {
                let input = DescribeExecutionInput::from_json(request)?;
                self.describe_execution(input).await?.to_json()
            }
            "DescribeMapRun" => {
                let input = DescribeMapRunInput::from_json(request)?;
                match self.describe_map_run(input).await? {}
            }
            "DescribeStateMachine" => {
                let input = DescribeStateMachineInput::from_json(request)?;
                self.describe_state_machine(input).await?.to_json()
            }
            "DescribeStateMachineAlias" => {
                let input = DescribeStateMachineAliasInput::from_json(request)?;
                self.describe_state_machine_alias(input).await?.to_json()
            }
            "DescribeStateMachineForExecution" => {
                let input = DescribeStateMachineForExecutionInput::from_json(request)?;
                self.describe_state_machine_for_execution(input)
                    .await?
                    .to_json()
            }
            "GetActivityTask" => {
                let input = GetActivityTaskInput::from_json(request)?;
                self.get_activity_task(input).await?.to_json()
            }
            "GetExecutionHistory" => {
                let input = GetExecutionHistoryInput::from_json(request)?;
                self.get_execution_history(input).await?.to_json()
            }
            "ListActivities" => {
                let input = ListActivitiesInput::from_json(request)?;
                self.list_activities(input).await?.to_json()
            }
            "ListExecutions" => {
                let input = ListExecutionsInput::from_json(request)?;
                self.list_executions(input).await?.to_json()
            }
            "ListMapRuns" => {
                let input = ListMapRunsInput::from_json(request)?;
                self.list_map_runs(input).await?.to_json()
            }
            "ListStateMachineAliases" => {
                let input = ListStateMachineAliasesInput::from_json(request)?;
                self.list_state_machine_aliases(input).await?.to_json()
            }
            "ListStateMachineVersions" => {
                let input = ListStateMachineVersionsInput::from_json(request)?;
                self.list_state_machine_versions(input).await?.to_json()
            }
            "ListStateMachines" => {
                let input = ListStateMachinesInput::from_json(request)?;
                self.list_state_machines(input).await?.to_json()
            }
            "ListTagsForResource" => {
                let input = ListTagsForResourceInput::from_json(request)?;
                self.list_tags_for_resource(input).await?.to_json()
            }
            "PublishStateMachineVersion" => {
                let input = PublishStateMachineVersionInput::from_json(request)?;
                self.publish_state_machine_version(input).await?.to_json()
            }
            "RedriveExecution" => {
                let input = RedriveExecutionInput::from_json(request)?;
                self.redrive_execution(input).await?.to_json()
            }
            "SendTaskFailure" => {
                let input = SendTaskFailureInput::from_json(request)?;
                self.send_task_failure(input).await?;
                Object::new()
            }
            "SendTaskHeartbeat" => {
                let input = SendTaskHeartbeatInput::from_json(request)?;
                self.send_task_heartbeat(input).await?;
                Object::new()
            }
            "SendTaskSuccess" => {
                let input = SendTaskSuccessInput::from_json(request)?;
                self.send_task_success(input).await?;
                Object::new()
            }
            "StartExecution" => {
                let input = StartExecutionInput::from_json(request)?;
                self.start_execution(input).await?.to_json()
            }
            "StartSyncExecution" => {
                let input = StartSyncExecutionInput::from_json(request)?;
                self.start_sync_execution(input).await?.to_json()
            }
            "StopExecution" => {
                let input = StopExecutionInput::from_json(request)?;
                self.stop_execution(input).await?.to_json()
            }
            "TagResource" => {
                let input = TagResourceInput::from_json(request)?;
                self.tag_resource(input).await?;
                Object::new()
            }
            "TestState" => {
                let input = TestStateInput::from_json(request)?;
                self.test_state(input).await?.to_json()
            }
            "UntagResource" => {
                let input = UntagResourceInput::from_json(request)?;
                self.untag_resource(input).await?;
                Object::new()
            }
            "UpdateMapRun" => {
                let input = UpdateMapRunInput::from_json(request)?;
                match self.update_map_run(input).await? {}
            }
            "UpdateStateMachine" => {
                let input = UpdateStateMachineInput::from_json(request)?;
                self.update_state_machine(input).await?.to_json()
            }
            "UpdateStateMachineAlias" => {
                let input = UpdateStateMachineAliasInput::from_json(request)?;
                self.update_state_machine_alias(input).await?.to_json()
            }
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
