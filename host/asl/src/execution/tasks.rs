//! Tasks, from their scheduling to their results, and what time does.

use std::{sync::Arc, time::Duration};

use sandstep_json::{Object, Text, Value};
use sandstep_jsonpath::Path;

use super::{
    Execution, Progress,
    failure::Failure,
    record::Note,
    scope::Scope,
    task::{Task, TaskId, TaskOutcome, unusable_parameters},
    thread::{Phase, RunningTask, TaskStage, ThreadId},
};
use crate::{
    history::{ErrorDetails, EventDetails, EventId, TaskScheduled},
    machine::{DataFlow, Dynamic, QueryLanguage, State, StateKind, TaskState},
    resource::{Pattern, Resource, ResourceKind},
    timestamp::Timestamp,
};

impl Execution {
    /// A task began to run. One that began before its execution was restored does
    /// not begin again.
    pub fn handle_started(&mut self, task: TaskId, now: Timestamp) {
        self.begin_task(task, None, now);
    }

    /// A worker that may have a name took the task of an activity: from now on
    /// its time counts (AWS, "Task workflow state", `TimeoutSeconds`,
    /// `HeartbeatSeconds`).
    pub fn handle_taken(&mut self, task: TaskId, worker: Option<Text>, now: Timestamp) {
        self.begin_task(task, worker, now);
    }

    fn begin_task(&mut self, task: TaskId, worker: Option<Text>, now: Timestamp) {
        self.observe(now);
        let Some(running) = self.running(task) else {
            return;
        };
        if running.stage != TaskStage::Scheduled {
            return;
        }
        let note = match running.resource.is_activity() {
            true => self.armed(running.timeout_seconds, running.heartbeat_seconds),
            false => None,
        };
        let resource = Arc::clone(&running.resource);
        let started = EventDetails::TaskStarted { resource, worker };
        self.append(task.thread, started, note);
    }

    /// The task of an activity cannot wait for workers: there is no such
    /// activity. That ends the execution (seen of the service: `States.Runtime`).
    pub fn handle_no_activity(&mut self, task: TaskId, now: Timestamp) {
        self.observe(now);
        let Some(running) = self.running(task) else {
            return;
        };
        let resource = Arc::clone(&running.resource);
        let failure = Failure::runtime(format!("The activity {resource} does not exist."));
        let error = failure.details.clone();
        let failed = EventDetails::TaskScheduleFailed { resource, error };
        self.append(task.thread, failed, None);
        self.fail(task.thread, failure);
    }

    /// A service answered the request of a task that goes on.
    fn submit_task(&mut self, task: TaskId, response: Value) {
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

    /// A task gave a sign of life. It counts for one with `HeartbeatSeconds`,
    /// once its time counts.
    pub fn handle_heartbeat(&mut self, task: TaskId, now: Timestamp) {
        self.observe(now);
        if let Some(running) = self.running(task)
            && let (Some(_), Some(seconds)) = (running.heartbeat, running.heartbeat_seconds)
        {
            let due = self.now + Duration::from_secs(seconds);
            self.append_note(task.thread, Note::Heartbeat(due));
        }
    }

    /// A task ended, or goes on elsewhere. What comes for a task that nobody
    /// waits for is ignored.
    pub fn handle_task(&mut self, task: TaskId, outcome: TaskOutcome, now: Timestamp) {
        self.observe(now);
        let Some(running) = self.running(task) else {
            return;
        };
        let resource = Arc::clone(&running.resource);
        let outcome = match outcome {
            TaskOutcome::Accepted(response) if resource.pattern() != Pattern::RequestResponse => {
                match self.within_result_limit(&resource, response) {
                    Ok(response) => return self.submit_task(task, response),
                    Err(failure) => return self.fail_task(task.thread, resource, failure),
                }
            }
            TaskOutcome::Submitted { response, outcome } => {
                self.submit_task(task, response);
                *outcome
            }
            outcome => outcome,
        };
        if self.outcome.is_some() {
            return;
        }
        match self.judge(&resource, outcome) {
            Ok(result) => self.succeed_task(task.thread, resource, result),
            Err(failure) => self.fail_task(task.thread, resource, failure),
        }
    }

    fn fail_task(&mut self, thread: ThreadId, resource: Arc<Resource>, failure: Failure) {
        let error = failure.details.clone();
        self.append(thread, EventDetails::TaskFailed { resource, error }, None);
        self.fail(thread, failure);
    }

    /// Whether somebody still waits for the task.
    pub fn is_running(&self, task: TaskId) -> bool {
        self.running(task).is_some()
    }

    /// Names the task that this event scheduled, until it has ended. Looks at every
    /// thread: only a task that somebody outside ends is named by its event, and an index
    /// would cost all the others more.
    pub fn running_task(&self, scheduled: EventId) -> Option<TaskId> {
        if self.outcome.is_some() {
            return None;
        }
        let threads = self.threads.iter();
        let mut tasks = threads.filter_map(|(_, thread)| thread.running_task());
        tasks.find(|task| task.scheduled == scheduled)
    }

    /// Whether a task was scheduled and has not begun: no worker has it yet.
    pub fn is_untaken(&self, task: TaskId) -> bool {
        self.running(task)
            .is_some_and(|running| running.stage == TaskStage::Scheduled)
    }

    /// The resource of a task that has not ended.
    pub fn resource_of(&self, task: TaskId) -> Option<&Arc<Resource>> {
        self.running(task).map(|running| &running.resource)
    }

    /// The result as the state sees it, or why there is none.
    fn judge(&self, resource: &Resource, outcome: TaskOutcome) -> Result<Value, Failure> {
        match outcome {
            TaskOutcome::Succeeded(result) => {
                let result = self.within_result_limit(resource, result)?;
                Ok(match resource.is_lambda_invoke() {
                    true => invoke_response(result),
                    false => result,
                })
            }
            TaskOutcome::Responded(response) | TaskOutcome::Accepted(response) => {
                self.within_result_limit(resource, response)
            }
            TaskOutcome::Submitted { outcome, .. } => self.judge(resource, *outcome),
            TaskOutcome::Failed(ErrorDetails { error, cause }) => Err(Failure::new(error, cause)),
        }
    }

    fn within_result_limit(&self, resource: &Resource, result: Value) -> Result<Value, Failure> {
        match self.is_too_large(&result) {
            true => Err(oversized_result(resource)),
            false => Ok(result),
        }
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
        let note = match scheduled.resource.is_activity() {
            true => None,
            false => self.armed(scheduled.timeout_seconds, scheduled.heartbeat_seconds),
        };
        self.append(
            thread,
            EventDetails::TaskScheduled(Box::new(scheduled)),
            note,
        );
        Ok(Progress::Pause)
    }

    /// The deadlines of a task whose time counts from now on, if it has any.
    fn armed(&self, timeout: Option<u64>, heartbeat: Option<u64>) -> Option<Note> {
        let after = |seconds: Option<u64>| Some(self.now + Duration::from_secs(seconds?));
        match (after(timeout), after(heartbeat)) {
            (None, None) => None,
            (timeout, heartbeat) => Some(Note::TaskArmed { timeout, heartbeat }),
        }
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

    /// Whether a task is still to be run, or to be followed where it has a job.
    pub(super) fn is_wanted(&self, task: &Task) -> bool {
        let Some(running) = self.running(task.id) else {
            return false;
        };
        match running.stage {
            TaskStage::Scheduled => true,
            TaskStage::Started(_) => !running.resource.is_activity(),
            TaskStage::Submitted => task.job.is_some(),
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
            DataFlow::JsonPath(flow) if task.has_other_fields() => {
                let selected = self.selected_input(flow)?;
                (selected.clone(), self.parameters(flow, selected)?)
            }
            _ => (Value::Null, self.effective_input()?),
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
        if let Some(faults) = unusable_parameters(&task.resource, &input) {
            return Err(self.runtime(&format!(
                "The {} '{input}' could not be used to start the Task: [{faults}]",
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
