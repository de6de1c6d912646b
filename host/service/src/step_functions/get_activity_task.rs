//! `GetActivityTask`.

use std::time::Duration;

use sandstep_asl::TaskToken;
use sandstep_driver::durable::{EngineError, Health, Taken};
use sandstep_json::{Object, Value};
use tokio::time::{Instant, timeout_at};

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::executions::engine_error;
use super::params::Params;

/// How long a worker waits for a task at most (API reference, `GetActivityTask`).
const LONGEST_POLL: Duration = Duration::from_secs(60);

/// What `GetActivityTask` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetActivityTaskInput {
    /// The activity.
    pub activity_arn: String,
    /// What the worker calls itself, in up to 80 characters; the history shows it.
    pub worker_name: Option<String>,
}

/// What `GetActivityTask` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetActivityTaskOutput {
    /// The task; `None` where none came in time.
    pub task: Option<ActivityTask>,
}

/// The task of an activity, in the hands of a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityTask {
    /// What to end it by.
    pub task_token: String,
    /// Its input, as JSON text.
    pub input: String,
}

impl StepFunctions {
    /// Takes the task of an activity that waits longest, or waits up to a minute for one.
    /// Workers are served in the order in which they came. Dropping the future is
    /// hanging up: then no task is taken.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, `ActivityDoesNotExist`, and with
    /// `ActivityWorkerLimitExceeded` where a thousand workers wait for the activity.
    pub async fn get_activity_task(
        &self,
        input: GetActivityTaskInput,
    ) -> Result<GetActivityTaskOutput, ApiError> {
        if let Some(worker_name) = &input.worker_name {
            Constraints::default()
                .length("workerName", worker_name, 1, 80)
                .check()?;
        }
        self.activity(&input.activity_arn).await?;
        let place = self.0.pollers.join(&input.activity_arn);
        let place = place.ok_or_else(|| {
            let message = "The maximum number of workers concurrently polling for activity tasks \
                           has been reached.";
            ApiError::new("ActivityWorkerLimitExceeded", message)
        })?;
        let end = Instant::now() + LONGEST_POLL;
        let taken = match timeout_at(end, place.is_first()).await {
            Ok(_turn) => self.wait_for_task(&input, end).await?,
            Err(_) => None,
        };
        Ok(GetActivityTaskOutput {
            task: taken.map(|taken| self.hand_over(taken)),
        })
    }

    /// Takes a task, or waits for one until `end`. A task that is being taken is waited
    /// for longer: it would be nobody's otherwise.
    async fn wait_for_task(
        &self,
        input: &GetActivityTaskInput,
        end: Instant,
    ) -> Result<Option<Taken>, ApiError> {
        let engine = self.engine();
        loop {
            let enqueued = engine.enqueued();
            let taken = engine.take(&input.activity_arn, input.worker_name.clone());
            let taken = match taken.await {
                // The worker asks again, and finds whoever is there then.
                Err(EngineError::Stopped) if engine.health() == Health::Stopping => {
                    return Ok(None);
                }
                taken => taken.map_err(|error| engine_error(error, ""))?,
            };
            if taken.is_some() || timeout_at(end, enqueued).await.is_err() {
                return Ok(taken);
            }
        }
    }

    fn hand_over(&self, taken: Taken) -> ActivityTask {
        let token = TaskToken {
            execution_arn: taken.arn,
            scheduled: taken.scheduled,
        };
        ActivityTask {
            task_token: token.seal(&self.0.token_key),
            input: taken.input.to_json(),
        }
    }
}

impl GetActivityTaskInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            activity_arn: params.required("activityArn")?,
            worker_name: params.text("workerName")?,
        })
    }
}

impl GetActivityTaskOutput {
    pub(crate) fn to_json(&self) -> Object {
        let (token, input) = match &self.task {
            Some(task) => (
                Value::from(task.task_token.as_str()),
                Value::from(task.input.as_str()),
            ),
            None => (Value::Null, Value::Null),
        };
        Object::from([("taskToken", token), ("input", input)])
    }
}
