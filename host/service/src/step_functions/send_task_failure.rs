//! `SendTaskFailure`.

use sandstep_driver::durable::Completion;
use sandstep_json::Value;

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::params::Params;
use super::task_token::check_length;

/// What `SendTaskFailure` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendTaskFailureInput {
    /// The task's token.
    pub task_token: String,
    /// The error's name, of up to 256 characters.
    pub error: Option<String>,
    /// The cause, of up to 32,768 characters.
    pub cause: Option<String>,
}

/// What `SendTaskFailure` answers: nothing more than that it lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SendTaskFailureOutput;

impl StepFunctions {
    /// Ends a task that waits for its token, or an activity's, with an error.
    ///
    /// Refuses with `ValidationException`, `InvalidToken`, `TaskDoesNotExist`, and
    /// `TaskTimedOut` where nobody waits for it any more.
    pub async fn send_task_failure(
        &self,
        input: SendTaskFailureInput,
    ) -> Result<SendTaskFailureOutput, ApiError> {
        let SendTaskFailureInput {
            task_token,
            error,
            cause,
        } = input;
        let mut constraints = Constraints::default();
        check_length(&mut constraints, &task_token);
        constraints
            .length("error", error.as_deref().unwrap_or_default(), 0, 256)
            .length("cause", cause.as_deref().unwrap_or_default(), 0, 32_768)
            .check()?;
        let token = self.open_token(&task_token)?;
        self.complete(&token, Completion::Failed { error, cause })
            .await?;
        Ok(SendTaskFailureOutput)
    }
}

impl SendTaskFailureInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            task_token: params.required("taskToken")?,
            error: params.text("error")?,
            cause: params.text("cause")?,
        })
    }
}
