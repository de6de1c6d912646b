//! `DescribeExecution`.

use sandstep_asl::{NotRedrivable, Outcome};
use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::execution::{Execution, ExecutionStatus, included, result};
use super::included_data::IncludedData;
use super::params::Params;
use super::render::insert_some;

/// What `DescribeExecution` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeExecutionInput {
    /// The execution.
    pub execution_arn: String,
    /// Whether to answer with payloads.
    pub included_data: IncludedData,
}

/// What `DescribeExecution` answers.
#[derive(Clone)]
pub struct DescribeExecutionOutput {
    execution: Execution,
    input: String,
    outcome: Option<Outcome>,
    redrivable: Result<(), NotRedrivable>,
    included_data: IncludedData,
}

impl StepFunctions {
    /// Describes an execution as it is now.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, also for an execution
    /// of an EXPRESS machine, and `ExecutionDoesNotExist`.
    pub async fn describe_execution(
        &self,
        request: DescribeExecutionInput,
    ) -> Result<DescribeExecutionOutput, ApiError> {
        let run = self.run(&request.execution_arn).await?;
        let execution = Execution::try_from(run.summary)?;
        let input = execution.attachment.input.clone();
        Ok(DescribeExecutionOutput {
            redrivable: self.check_redrivable(&execution).await?,
            input: input.unwrap_or_else(|| run.input.to_json()),
            outcome: run.outcome,
            included_data: request.included_data,
            execution,
        })
    }
}

impl DescribeExecutionInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            execution_arn: params.required("executionArn")?,
            included_data: IncludedData::from_json(&params)?,
        })
    }
}

impl DescribeExecutionOutput {
    /// Where it stands.
    pub fn status(&self) -> ExecutionStatus {
        self.execution.identity.status
    }

    /// How it ended, if it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    pub(crate) fn to_json(&self) -> Object {
        let mut members = self.execution.to_json();
        let trace_header = self.execution.attachment.trace_header.as_deref();
        insert_some(&mut members, "traceHeader", trace_header);
        if self.included_data == IncludedData::AllData {
            self.insert_data(&mut members);
        }
        let status = match self.redrivable {
            Ok(()) => "REDRIVABLE",
            Err(_) => "NOT_REDRIVABLE",
        };
        members.insert("redriveStatus", status);
        let reason = self.redrivable.err().map(|reason| reason.to_string());
        insert_some(&mut members, "redriveStatusReason", reason);
        members
    }

    fn insert_data(&self, members: &mut Object) {
        members.insert("input", self.input.as_str());
        members.insert("inputDetails", included());
        let Some(outcome) = &self.outcome else {
            return;
        };
        if let Outcome::Succeeded(_) = outcome {
            members.insert("outputDetails", included());
        }
        members.extend(&result(outcome));
    }
}
