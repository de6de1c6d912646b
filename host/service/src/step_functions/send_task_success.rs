//! `SendTaskSuccess`.

use sandstep_driver::durable::Completion;
use sandstep_json::Value;

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::params::Params;
use super::task_token::check_length;

/// What `SendTaskSuccess` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendTaskSuccessInput {
    /// The task's token.
    pub task_token: String,
    /// The task's result: any JSON text of up to
    /// [`Quotas::input_bytes`](super::Quotas::input_bytes).
    pub output: String,
}

/// What `SendTaskSuccess` answers: nothing more than that it lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SendTaskSuccessOutput;

impl StepFunctions {
    /// Ends a task that waits for its token, or an activity's, with a result.
    ///
    /// Refuses with `ValidationException`, `InvalidToken`, `InvalidOutput`,
    /// `TaskDoesNotExist`, and `TaskTimedOut` where nobody waits for it any more.
    pub async fn send_task_success(
        &self,
        input: SendTaskSuccessInput,
    ) -> Result<SendTaskSuccessOutput, ApiError> {
        let mut constraints = Constraints::default();
        check_length(&mut constraints, &input.task_token);
        constraints.bytes("output", &input.output, self.quotas().input_bytes);
        constraints.check()?;
        let token = self.open_token(&input.task_token)?;
        let output = Value::parse(&input.output).map_err(|error| {
            let message = format_args!("Invalid Output: '{error}'");
            ApiError::new("InvalidOutput", message)
        })?;
        self.complete(&token, Completion::Succeeded(output)).await?;
        Ok(SendTaskSuccessOutput)
    }
}

impl SendTaskSuccessInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            task_token: params.required("taskToken")?,
            output: params.required("output")?,
        })
    }
}
