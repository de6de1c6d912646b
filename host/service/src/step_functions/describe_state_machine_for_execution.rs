//! `DescribeStateMachineForExecution`.

use std::sync::Arc;

use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::execution::Execution;
use super::params::Params;
use super::render::seconds;

/// What `DescribeStateMachineForExecution` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeStateMachineForExecutionInput {
    /// The execution.
    pub execution_arn: String,
}

/// What `DescribeStateMachineForExecution` answers.
#[derive(Clone)]
pub struct DescribeStateMachineForExecutionOutput(Arc<Execution>);

impl StepFunctions {
    /// Describes the state machine as it was when an execution was started.
    ///
    /// Refuses with `ValidationException`, `InvalidArn` and
    /// `ExecutionDoesNotExist`.
    pub async fn describe_state_machine_for_execution(
        &self,
        input: DescribeStateMachineForExecutionInput,
    ) -> Result<DescribeStateMachineForExecutionOutput, ApiError> {
        let execution = self.execution(&input.execution_arn).await?;
        Ok(DescribeStateMachineForExecutionOutput(execution))
    }
}

impl DescribeStateMachineForExecutionInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            execution_arn: params.required("executionArn")?,
        })
    }
}

impl DescribeStateMachineForExecutionOutput {
    /// The definition, as its author wrote it.
    pub fn definition(&self) -> &str {
        &self.0.machine.revision.definition
    }

    pub(crate) fn to_json(&self) -> Object {
        let machine = &*self.0.machine;
        let mut members = machine.describe(&machine.revision);
        members.insert("updateDate", seconds(machine.revision.updated));
        members
    }
}
