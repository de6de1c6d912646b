//! `StartSyncExecution`.

use std::sync::Arc;

use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::billing::BillingDetails;
use super::execution::{Ended, Execution, ExecutionStatus, included};
use super::machine::StateMachineType;
use super::start_execution::{StartExecutionInput, Unlaunched};

/// What `StartSyncExecution` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartSyncExecutionInput {
    /// The state machine, of type EXPRESS.
    pub state_machine_arn: String,
    /// The execution's name, a UUID unless said.
    pub name: Option<String>,
    /// Any JSON text of up to 262,144 characters, `{}` unless said.
    pub input: Option<String>,
}

/// What `StartSyncExecution` answers.
#[derive(Clone)]
pub struct StartSyncExecutionOutput {
    execution: Arc<Execution>,
    ended: Ended,
}

impl StepFunctions {
    /// Runs an execution to its end. It goes on where the future is dropped.
    ///
    /// Refuses as [`start_execution`](Self::start_execution) does, and with
    /// `StateMachineTypeNotSupported` where the machine is not EXPRESS.
    pub async fn start_sync_execution(
        &self,
        input: StartSyncExecutionInput,
    ) -> Result<StartSyncExecutionOutput, ApiError> {
        let input = StartExecutionInput::from(input);
        self.check_start(&input)?;
        let resolved = self.resolve(&input.state_machine_arn).await?;
        if resolved.revision.kind != StateMachineType::Express {
            return Err(ApiError::type_not_supported());
        }
        let launched = self
            .launch(resolved, &input, None)
            .map_err(|error| match error {
                Unlaunched::Refused(error) => error,
                Unlaunched::Taken(_) => unreachable!("the ARNs of express executions are unique"),
            })?;
        // A runtime that shuts down ends it without an outcome.
        let _ = launched.end.await;
        let ended = launched.execution.ended().ok_or_else(interrupted)?;
        Ok(StartSyncExecutionOutput {
            execution: launched.execution,
            ended,
        })
    }
}

fn interrupted() -> ApiError {
    ApiError::new("ServiceUnavailable", "The execution was interrupted")
}

impl From<StartSyncExecutionInput> for StartExecutionInput {
    fn from(input: StartSyncExecutionInput) -> Self {
        Self {
            state_machine_arn: input.state_machine_arn,
            name: input.name,
            input: input.input,
        }
    }
}

impl StartSyncExecutionInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let StartExecutionInput {
            state_machine_arn,
            name,
            input,
        } = StartExecutionInput::from_json(request)?;
        Ok(Self {
            state_machine_arn,
            name,
            input,
        })
    }
}

impl StartSyncExecutionOutput {
    /// How it ended.
    pub fn status(&self) -> ExecutionStatus {
        self.execution.status()
    }

    /// What AWS would have billed.
    pub fn billing_details(&self) -> BillingDetails {
        BillingDetails::of(self.ended.at.since(self.execution.started))
    }

    pub(crate) fn to_json(&self) -> Object {
        let mut members = self.execution.describe();
        members.insert("input", self.execution.input.as_str());
        members.insert("inputDetails", included());
        members.insert("outputDetails", included());
        members.insert("billingDetails", self.billing_details().to_json());
        members.extend(&self.ended.result());
        members
    }
}
