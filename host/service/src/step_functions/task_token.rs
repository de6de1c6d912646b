//! What is told of a task by its token.

use sandstep_asl::TaskToken;
use sandstep_driver::durable::{CompleteError, Completion};

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::executions::engine_error;

/// The longest token, in characters (API reference, `TaskToken`).
const MAX_TOKEN: usize = 2048;

/// Adds the constraint of a token's length.
pub(crate) fn check_length(constraints: &mut Constraints, token: &str) {
    constraints.length("taskToken", token, 1, MAX_TOKEN);
}

impl StepFunctions {
    /// What a token names; `InvalidToken` where it was not made here.
    pub(crate) fn open_token(&self, text: &str) -> Result<TaskToken, ApiError> {
        let token = TaskToken::open(text, &self.0.token_key);
        token.ok_or_else(|| ApiError::invalid_token("Invalid token"))
    }

    /// Tells the execution of a token what became of the task. The answer means that
    /// this lasts.
    pub(crate) async fn complete(
        &self,
        token: &TaskToken,
        completion: Completion,
    ) -> Result<(), ApiError> {
        let TaskToken {
            execution_arn,
            scheduled,
        } = token;
        let done = self
            .engine()
            .complete(execution_arn, *scheduled, completion);
        done.await.map_err(|error| match error {
            CompleteError::NoSuchTask => ApiError::new(
                "TaskDoesNotExist",
                "Task Does Not Exist: 'Provided task does not exist'",
            ),
            // Seen of the service where the task was closed or its time is over.
            CompleteError::Over => ApiError::new(
                "TaskTimedOut",
                "Task Timed Out: 'Provided task does not exist anymore'",
            ),
            CompleteError::Engine(error) => engine_error(error, execution_arn),
        })
    }
}
