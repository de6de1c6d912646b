//! `StopExecution`.

use sandstep_asl::Timestamp;
use sandstep_driver::StopRequest;
use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::executions::{check_arn, engine_error};
use super::params::Params;
use super::render::seconds;

/// What `StopExecution` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StopExecutionInput {
    /// The execution.
    pub execution_arn: String,
    /// The error to report, of up to 256 characters.
    pub error: Option<String>,
    /// The cause to report, of up to 32,768 characters.
    pub cause: Option<String>,
}

/// What `StopExecution` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopExecutionOutput {
    /// When it was stopped, or when it had ended before.
    pub stop_date: Timestamp,
}

impl StepFunctions {
    /// Aborts an execution, unless it has ended. The answer means that this lasts.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, also for an execution of an
    /// EXPRESS machine, and `ExecutionDoesNotExist`.
    pub async fn stop_execution(
        &self,
        input: StopExecutionInput,
    ) -> Result<StopExecutionOutput, ApiError> {
        let StopExecutionInput {
            execution_arn,
            error,
            cause,
        } = input;
        Constraints::default()
            .length("error", error.as_deref().unwrap_or_default(), 0, 256)
            .length("cause", cause.as_deref().unwrap_or_default(), 0, 32_768)
            .check()?;
        check_arn(&execution_arn)?;
        let request = StopRequest { error, cause };
        let stopped = self.engine().stop(&execution_arn, request).await;
        Ok(StopExecutionOutput {
            stop_date: stopped.map_err(|error| engine_error(error, &execution_arn))?,
        })
    }
}

impl StopExecutionInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            execution_arn: params.required("executionArn")?,
            error: params.text("error")?,
            cause: params.text("cause")?,
        })
    }
}

impl StopExecutionOutput {
    pub(crate) fn to_json(self) -> Object {
        Object::from([("stopDate", seconds(self.stop_date))])
    }
}
