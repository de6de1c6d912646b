//! Tasks, from their scheduling to their results, and what time does.

use std::{sync::Arc, time::Duration};

use sandstep_json::{Object, Value};
use sandstep_jsonpath::Path;

use super::{
    Execution, Progress,
    failure::Failure,
    record::Note,
    scope::Scope,
    task::{TaskId, TaskOutcome, missing_parameter},
    thread::{Phase, RunningTask, ThreadId},
};
use crate::{
    history::{ErrorDetails, EventDetails, EventId, TaskScheduled},
    machine::{DataFlow, Dynamic, QueryLanguage, State, StateKind, TaskState},
    resource::{Resource, ResourceKind},
    timestamp::Timestamp,
};

impl Execution {
    /// A task began to run. One that began before its execution was restored does
    /// not begin again.
    pub fn handle_started(&mut self, task: TaskId, now: Timestamp) {
        self.observe(now);
        let Some(running) = self.running(task) else {
            return;
        };
        if running.started.is_some() {
            return;
        }
        let resource = Arc::clone(&running.resource);
        self.append(task.thread, EventDetails::TaskStarted { resource }, None);
    }

    /// A service answered the request of a task that goes on.
    pub fn handle_submitted(&mut self, task: TaskId, response: Value, now: Timestamp) {
        self.observe(now);
        let Some(running) = self.running(task) else {
            return;
        };
        let resource = Arc::clone(&running.resource);
        let submitted = EventDetails::TaskSubmitted {
            resource,
            output: response,
        };
        self.append(task.thread, submitted, None);
    }

    /// A task gave a sign of life.
    pub fn handle_heartbeat(&mut self, task: TaskId, now: Timestamp) {
        self.observe(now);
        if let Some(RunningTask {
            heartbeat: Some((_, seconds)),
            ..
        }) = self.running(task)
        {
            let due = self.now + Duration::from_secs(*seconds);
            self.append_note(task.thread, Note::Heartbeat(due));
        }
    }

    /// A task ended. What comes for a task that nobody waits for is ignored.
    pub fn handle_task(&mut self, task: TaskId, outcome: TaskOutcome, now: Timestamp) {
        let outcome = match outcome {
            TaskOutcome::Submitted { response, outcome } => {
                self.handle_submitted(task, response, now);
                *outcome
            }
            outcome => outcome,
        };
        self.observe(now);
        let Some(running) = self.running(task) else {
            return;
        };
        let resource = Arc::clone(&running.resource);
        match self.judge(&resource, outcome) {
            Ok(result) => self.succeed_task(task.thread, resource, result),
            Err(failure) => {
                let error = failure.details.clone();
                self.append(
                    task.thread,
                    EventDetails::TaskFailed { resource, error },
                    None,
                );
                self.fail(task.thread, failure);
            }
        }
    }

    /// Whether somebody still waits for the task.
    pub fn is_running(&self, task: TaskId) -> bool {
        self.running(task).is_some()
    }

    /// Names the task that this event scheduled, while it runs.
    pub fn running_task(&self, scheduled: EventId) -> Option<TaskId> {
        self.threads
            .iter()
            .find_map(|(_, thread)| match &thread.phase {
                Phase::Running(running) => {
                    Some(running.task).filter(|id| id.scheduled() == scheduled)
                }
                _ => None,
            })
    }

    /// The result as the state sees it, or why there is none.
    fn judge(&self, resource: &Resource, outcome: TaskOutcome) -> Result<Value, Failure> {
        let (result, is_response) = match outcome {
            TaskOutcome::Succeeded(result) => (result, !resource.is_lambda_invoke()),
            TaskOutcome::Responded(response) => (response, true),
            TaskOutcome::Submitted { outcome, .. } => return self.judge(resource, *outcome),
            TaskOutcome::Failed { error, cause } => {
                return Err(Failure::new(Some(error), Some(cause)));
            }
        };
        if self.is_too_large(&result) {
            return Err(oversized_result(resource));
        }
        Ok(if is_response {
            result
        } else {
            invoke_response(result)
        })
    }

    fn succeed_task(&mut self, thread: ThreadId, resource: Arc<Resource>, result: Value) {
        let output = result.clone();
        self.append(
            thread,
            EventDetails::TaskSucceeded { resource, output },
            None,
        );
        if self.outcome.is_some() {
            return;
        }
        let state = self.machine.state(self.threads[thread].state);
        let StateKind::Task(task) = &state.kind else {
            return;
        };
        let next = task.next;
        let handover = self.scope(thread, state).hand_over(result);
        self.follow(
            thread,
            handover.map(|handover| Progress::Exit { handover, next }),
        );
    }

    /// Evaluates a Task state's fields and schedules its task.
    pub(super) fn schedule(
        &mut self,
        thread: ThreadId,
        state: &State,
        task: &TaskState,
    ) -> Result<Progress, Failure> {
        let scope = self.scope(thread, state);
        let scheduled = scope.scheduled(task)?;
        let after = |seconds: Option<u64>| Some(self.now + Duration::from_secs(seconds?));
        let note = match (
            after(scheduled.timeout_seconds),
            after(scheduled.heartbeat_seconds),
        ) {
            (None, None) => None,
            (timeout, heartbeat) => Some(Note::TaskArmed { timeout, heartbeat }),
        };
        self.append(
            thread,
            EventDetails::TaskScheduled(Box::new(scheduled)),
            note,
        );
        Ok(Progress::Pause)
    }

    /// Moves a thread whose time has come.
    pub(super) fn wake(&mut self, thread: ThreadId) {
        let machine = Arc::clone(&self.machine);
        let state = machine.state(self.threads[thread].state);
        match (&self.threads[thread].phase, &state.kind) {
            (Phase::Waiting { .. }, StateKind::Wait(wait)) => {
                self.set_phase(thread, Phase::Deciding);
                let progress = self.end_wait(thread, state, wait);
                self.follow(thread, progress);
            }
            (Phase::Retrying { .. }, _) => {
                self.set_phase(thread, Phase::Deciding);
                let progress = self.decide(thread, state);
                self.follow(thread, progress);
            }
            (Phase::Running(running), _) => {
                let resource = Arc::clone(&running.resource);
                let failure = running.time_out(self.now);
                let error = failure.details.clone();
                self.append(thread, EventDetails::TaskTimedOut { resource, error }, None);
                self.fail(thread, failure);
            }
            _ => self.set_phase(thread, Phase::Deciding),
        }
    }

    pub(super) fn running(&self, task: TaskId) -> Option<&RunningTask> {
        match &self.threads.get(task.thread)?.phase {
            Phase::Running(running) if running.task == task => Some(running),
            _ => None,
        }
    }
}

impl RunningTask {
    /// Which of its two deadlines a task missed.
    fn time_out(&self, now: Timestamp) -> Failure {
        match self.timeout {
            Some(timeout) if timeout <= now => Failure::timeout(),
            _ => Failure::missed_heartbeat(),
        }
    }
}

impl Scope<'_> {
    /// What the history tells of the task. In JSONPath, only its input is what
    /// `Parameters` makes of the state's; the fields beside it look at what
    /// `InputPath` selects (recorded of `TimeoutSecondsPath` and `Credentials`).
    fn scheduled(&self, task: &TaskState) -> Result<TaskScheduled, Failure> {
        let (selected, input) = match &self.state.flow {
            DataFlow::JsonPath(flow) => {
                let selected = self.selected_input(flow)?;
                (selected.clone(), self.parameters(flow, selected)?)
            }
            DataFlow::Jsonata(_) => (Value::Null, self.effective_input()?),
        };
        let input = self.within_limit(input)?;
        let seconds = |field: &Option<Dynamic<u64>>, name| {
            field
                .as_ref()
                .map(|field| self.task_seconds(field, name, &selected))
                .transpose()
        };
        let timeout_seconds = seconds(&task.timeout, "TimeoutSecondsPath")?;
        let heartbeat_seconds = seconds(&task.heartbeat, "HeartbeatSecondsPath")?;
        let credentials = task.credentials.as_ref();
        let credentials = credentials
            .map(|fields| self.within_limit(self.payload(fields, &selected)?))
            .transpose()?;
        if let Some(missing) = missing_parameter(&task.resource, &input) {
            return Err(self.runtime(&format!(
                "The {} '{input}' could not be used to start the Task: [{missing}]",
                match self.state.flow.language() {
                    QueryLanguage::JsonPath => "Parameters",
                    QueryLanguage::Jsonata => "Arguments",
                },
            )));
        }
        let resource = Arc::clone(&task.resource);
        Ok(TaskScheduled {
            resource,
            input,
            timeout_seconds,
            heartbeat_seconds,
            credentials,
        })
    }

    fn task_seconds(
        &self,
        field: &Dynamic<u64>,
        name: &str,
        input: &Value,
    ) -> Result<u64, Failure> {
        match field {
            Dynamic::Constant(seconds) => Ok(*seconds),
            Dynamic::Path(path) => self.positive_integer(path, name, input),
            Dynamic::Jsonata(query) => self.states_variable().integer(query, 1),
        }
    }

    fn positive_integer(&self, path: &Path, name: &str, input: &Value) -> Result<u64, Failure> {
        let value = self.at(path, input)?;
        let integer = value.as_number().and_then(|number| number.as_u64());
        integer.filter(|&integer| integer > 0).ok_or_else(|| {
            self.runtime(&format!(
                "The {name} parameter does not reference a positive integer: {path} == {value}"
            ))
        })
    }
}

/// What a result beyond the payload limit does to its task (recorded: the
/// history names a function's ARN, but an integration's service).
fn oversized_result(resource: &Resource) -> Failure {
    let name = match resource.kind() {
        ResourceKind::Integration { service, .. } => service,
        _ => resource.text(),
    };
    // As a task's own failure, wildcards catch it (recorded).
    Failure {
        reach: super::failure::Reach::Any,
        ..Failure::data_limit(name)
    }
}

/// What `lambda:invoke` makes of a function's result, without what only the
/// service knows of its own answer.
fn invoke_response(payload: Value) -> Value {
    Value::from(Object::from([
        ("ExecutedVersion", Value::from("$LATEST")),
        ("Payload", payload),
        ("StatusCode", Value::from(200)),
    ]))
}

impl From<Failure> for ErrorDetails {
    fn from(failure: Failure) -> Self {
        failure.details
    }
}
