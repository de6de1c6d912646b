//! `DescribeExecution`.

use std::sync::Arc;

use sandstep_json::{Object, Value};

use super::api_error::ApiError;
use super::execution::{Execution, ExecutionStatus, included};
use super::params::Params;
use super::{StepFunctions, arn, constraints::Constraints};

/// What `DescribeExecution` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeExecutionInput {
    /// The execution.
    pub execution_arn: String,
}

/// What `DescribeExecution` answers.
#[derive(Clone)]
pub struct DescribeExecutionOutput(Arc<Execution>);

impl StepFunctions {
    /// Describes an execution as it is now.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, also for an execution
    /// of an EXPRESS machine, and `ExecutionDoesNotExist`.
    pub async fn describe_execution(
        &self,
        input: DescribeExecutionInput,
    ) -> Result<DescribeExecutionOutput, ApiError> {
        let execution = self.execution(&input.execution_arn).await?;
        Ok(DescribeExecutionOutput(execution))
    }

    /// The execution that an ARN names.
    pub(crate) async fn execution(&self, execution_arn: &str) -> Result<Arc<Execution>, ApiError> {
        Constraints::default()
            .length("executionArn", execution_arn, 1, 256)
            .check()?;
        arn::check_execution(execution_arn)?;
        let found = self.0.executions.find(execution_arn);
        found.ok_or_else(|| ApiError::no_execution(execution_arn))
    }
}

impl DescribeExecutionInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            execution_arn: params.required("executionArn")?,
        })
    }
}

impl DescribeExecutionOutput {
    /// Where it stands.
    pub fn status(&self) -> ExecutionStatus {
        self.0.status()
    }

    pub(crate) fn to_json(&self) -> Object {
        let mut members = self.0.describe();
        members.insert("input", self.0.input.as_str());
        members.insert("inputDetails", included());
        members.insert("redriveCount", 0);
        if let Some(ended) = self.0.ended() {
            let result = ended.result();
            if result.contains_key("output") {
                members.insert("outputDetails", included());
            }
            members.extend(&result);
        }
        members.extend(&redrive(self.status()));
        members
    }
}

/// Whether AWS would redrive an execution of that status.
fn redrive(status: ExecutionStatus) -> Object {
    match status {
        ExecutionStatus::Running | ExecutionStatus::Succeeded => {
            let reason = format!("Execution is {} and cannot be redriven", status.name());
            Object::from([
                ("redriveStatus", Value::from("NOT_REDRIVABLE")),
                ("redriveStatusReason", reason.into()),
            ])
        }
        ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted => {
            Object::from([("redriveStatus", "REDRIVABLE")])
        }
    }
}
