//! `SendTaskHeartbeat`.

use sandstep_driver::durable::Completion;
use sandstep_json::Value;

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::params::Params;
use super::task_token::check_length;

/// What `SendTaskHeartbeat` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendTaskHeartbeatInput {
    /// The task's token.
    pub task_token: String,
}

/// What `SendTaskHeartbeat` answers: nothing more than that it lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SendTaskHeartbeatOutput;

impl StepFunctions {
    /// Says that a task is alive that waits for its token, or an activity's: its
    /// `HeartbeatSeconds` begin anew. No event tells of it.
    ///
    /// Refuses with `ValidationException`, `InvalidToken`, `TaskDoesNotExist`, and
    /// `TaskTimedOut` where nobody waits for it any more.
    pub async fn send_task_heartbeat(
        &self,
        input: SendTaskHeartbeatInput,
    ) -> Result<SendTaskHeartbeatOutput, ApiError> {
        let mut constraints = Constraints::default();
        check_length(&mut constraints, &input.task_token);
        constraints.check()?;
        let token = self.open_token(&input.task_token)?;
        self.complete(&token, Completion::Heartbeat).await?;
        Ok(SendTaskHeartbeatOutput)
    }
}

impl SendTaskHeartbeatInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            task_token: params.required("taskToken")?,
        })
    }
}
