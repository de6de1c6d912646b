//! `DescribeStateMachineForExecution`.

use std::sync::Arc;

use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::included_data::IncludedData;
use super::params::Params;
use super::records::Kept;
use super::render::seconds;
use super::revision::Revision;

/// What `DescribeStateMachineForExecution` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeStateMachineForExecutionInput {
    /// The execution.
    pub execution_arn: String,
    /// Whether to leave the definition away.
    pub included_data: IncludedData,
}

/// What `DescribeStateMachineForExecution` answers.
#[derive(Clone)]
pub struct DescribeStateMachineForExecutionOutput(Arc<Kept<Revision>>, IncludedData);

impl StepFunctions {
    /// Describes the state machine as it was when an execution was started.
    ///
    /// Refuses with `ValidationException`, `InvalidArn` and
    /// `ExecutionDoesNotExist`.
    pub async fn describe_state_machine_for_execution(
        &self,
        input: DescribeStateMachineForExecutionInput,
    ) -> Result<DescribeStateMachineForExecutionOutput, ApiError> {
        let _reading = self.0.readers.begin();
        let run = self.run(&input.execution_arn).await?;
        let revision = self.revision(&run.summary.definition).await?;
        let included = input.included_data;
        Ok(DescribeStateMachineForExecutionOutput(revision, included))
    }
}

impl DescribeStateMachineForExecutionInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            execution_arn: params.required("executionArn")?,
            included_data: IncludedData::from_json(&params)?,
        })
    }
}

impl DescribeStateMachineForExecutionOutput {
    /// The definition, as its author wrote it.
    pub fn definition(&self) -> &str {
        &self.0.definition
    }

    pub(crate) fn to_json(&self) -> Object {
        let revision = &self.0;
        let mut members = revision.describe(self.1);
        members.insert("updateDate", seconds(revision.updated));
        members
    }
}
