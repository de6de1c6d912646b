//! A test on its way.

use std::time::Duration;

use sandstep_json::{Object, Text, Value};

use super::{
    admission,
    context::{self, TestIdentity},
    inspection_data::InspectionData,
    mock::{self, Mock},
    refusal::Refusal,
    request::{StateConfiguration, TestRequest, TestSubject},
    result::{TestResult, TestStatus},
};
use crate::{
    execution::{
        Execution, Finding, Limits, Note, Record, Stage, Start, Task, TaskId, TaskOutcome, Testing,
        TokenKey,
    },
    history::{ErrorDetails, EventDetails},
    machine::StateKind,
    timestamp::Timestamp,
};

/// The longest that a test may take; beyond it, the state fails with `States.Timeout` (API
/// reference, `TestState`).
const MAX_DURATION: Duration = Duration::from_secs(5 * 60);

/// A test of one state.
///
/// Poll it. Run the task that it asks for and report through `handle_*`, or wait until the
/// time that it names, and poll it again, until it is done.
#[derive(Debug)]
pub struct TestRun {
    subject: TestSubject,
    execution: Execution,
    /// What answers in the place of a task.
    mock: Option<Mock>,
    inspection: InspectionData,
    /// Why the state failed last.
    failure: Option<ErrorDetails>,
    /// How many items a Map has.
    items: Option<usize>,
    /// The result, once there is one.
    ended: Option<TestResult>,
}

/// What a test does next.
#[derive(Debug)]
pub enum TestStep {
    /// It waits for this task, which nobody runs yet.
    Run(Box<Task>),
    /// It has more to compute. Let others run, tell it the time, and poll it again.
    Yield,
    /// It waits for the task that runs, or until then.
    Wait(Timestamp),
    /// It ended.
    Done(Box<TestResult>),
}

impl TestRun {
    /// Begins a test.
    ///
    /// # Errors
    ///
    /// What the service refuses to test: a request that is not as it has to be, or a state
    /// that needs a mock and has none.
    pub fn start(
        subject: TestSubject,
        request: &TestRequest,
        identity: TestIdentity,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let state = subject.state();
        let mock = admission::mock(request, &subject)?;
        if mock.is_none() {
            admission::check_without_mock(request, &identity, state)?;
        }
        let input = admission::input(request.input.as_deref())?;
        let variables = admission::variables(request.variables.as_deref())?;
        let context = match &request.context {
            Some(context) => context::parse(context)?,
            None => context::made_up(&identity, &subject.machine, state, &input, now),
        };
        let configuration = &request.configuration;
        let testing = testing(configuration, context, variables.clone(), mock.clone());
        let inspection = InspectionData {
            input: input.clone(),
            variables,
            ..InspectionData::default()
        };
        let machine = subject.machine.clone();
        let execution = Execution::test(machine, subject.id, start(identity, input), testing, now);
        let mut run = Self {
            subject,
            execution,
            mock,
            inspection,
            failure: None,
            items: None,
            ended: None,
        };
        run.ended = run.advance();
        run.check_failed_iterations(configuration.map_iteration_failure_count)?;
        Ok(run)
    }

    /// No more iterations can fail than there are items.
    fn check_failed_iterations(&self, failed: Option<u64>) -> Result<(), Refusal> {
        match (failed, self.items) {
            (Some(failed), Some(items)) if failed > items as u64 => Err(Refusal::validation(
                "MapIterationFailureCount cannot exceed the number of items of the Map state.",
            )),
            _ => Ok(()),
        }
    }

    /// The resource whose mocked result is compared with nothing although the service would
    /// compare it: we lack its model.
    pub fn unchecked_mock(&self) -> Option<&str> {
        let StateKind::Task(task) = &self.subject.state().kind else {
            return None;
        };
        let is_unchecked =
            matches!(self.mock, Some(Mock::Result(_))) && mock::is_unchecked(&task.resource);
        is_unchecked.then_some(task.resource.text().as_str())
    }

    /// The ARN of the execution that the state stands in.
    pub fn execution_arn(&self) -> &Text {
        self.execution.arn()
    }

    /// What comes next.
    pub fn poll(&mut self) -> TestStep {
        loop {
            if self.ended.is_none() {
                self.ended = self.advance();
            }
            if let Some(result) = &self.ended {
                return TestStep::Done(Box::new(result.clone()));
            }
            if self.execution.select_more() {
                return TestStep::Yield;
            }
            let Some(task) = self.execution.poll_task() else {
                let due = self.execution.poll_timeout();
                return TestStep::Wait(due.expect("an execution with a deadline has a timeout"));
            };
            match self.mock.clone() {
                Some(mock) => self.answer(task.id, mock),
                None => return TestStep::Run(Box::new(task)),
            }
        }
    }

    /// The task began to run.
    pub fn handle_started(&mut self, task: TaskId, now: Timestamp) {
        self.execution.handle_started(task, now);
    }

    /// The task ended.
    pub fn handle_task(&mut self, task: TaskId, outcome: TaskOutcome, now: Timestamp) {
        self.execution.handle_task(task, outcome, now);
    }

    /// The time has come that [`TestStep::Wait`] named.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.execution.handle_timeout(now);
    }

    /// A mocked task ends when it begins.
    fn answer(&mut self, task: TaskId, mock: Mock) {
        let now = self.execution.now();
        self.execution.handle_started(task, now);
        self.execution.handle_task(task, mock.outcome(), now);
    }

    /// Has the state go on until it waits or is left.
    fn advance(&mut self) -> Option<TestResult> {
        loop {
            let record = self.execution.poll_record();
            self.take_findings();
            if let Some(result) = self.end(&record?) {
                return Some(result);
            }
        }
    }

    fn take_findings(&mut self) {
        while let Some(found) = self.execution.poll_inspection() {
            match &found.finding {
                Finding::Failure(failure) => self.failure = Some(failure.clone()),
                Finding::Value(Stage::Items | Stage::AfterItemsPointer, Value::Array(items)) => {
                    self.items = Some(items.len());
                }
                _ => {}
            }
            self.inspection.take(self.subject.state(), found.finding);
        }
    }

    /// The result, where a record says that the state was left or is given up for now.
    fn end(&mut self, record: &Record) -> Option<TestResult> {
        if let Some(Note::RetryAt { .. }) = record.note {
            return Some(self.result(TestStatus::Retriable, None));
        }
        match &record.event.as_ref()?.details {
            EventDetails::StateExited { output, .. } => {
                let status = match self.inspection.error_details.catcher {
                    Some(_) => TestStatus::CaughtError,
                    None => TestStatus::Succeeded,
                };
                Some(self.result(status, Some(output.clone())))
            }
            EventDetails::ExecutionFailed(error) => {
                self.failure = Some(error.clone());
                Some(self.result(TestStatus::Failed, None))
            }
            EventDetails::ExecutionTimedOut(_) => {
                self.failure = Some(timed_out());
                Some(self.result(TestStatus::Failed, None))
            }
            _ => None,
        }
    }

    fn result(&mut self, status: TestStatus, output: Option<Value>) -> TestResult {
        let next_state = output.as_ref().and_then(|_| self.execution.next_state());
        let failed = status != TestStatus::Succeeded;
        let failure = self.failure.take().filter(|_| failed);
        TestResult {
            status,
            next_state: next_state.map(|state| state.name.clone()),
            output,
            error: failure.map(told),
            inspection: std::mem::take(&mut self.inspection),
        }
    }
}

/// What the test puts in the place of what is around the state and inside it.
fn testing(
    configuration: &StateConfiguration,
    context: Value,
    variables: Object,
    mock: Option<Mock>,
) -> Testing {
    let retries = configuration.retrier_retry_count;
    Testing {
        retries: retries.or_else(|| retry_count(&context)).unwrap_or(0),
        context,
        variables,
        joined: mock.map(Mock::joined),
        failed_iterations: configuration.map_iteration_failure_count.unwrap_or(0),
        item_source: configuration.map_item_reader_data.clone(),
        selection: None,
    }
}

/// How often the state was tried before, as its context object tells it (developer guide,
/// "Testing state machines with TestState API", "Testing catch handlers").
fn retry_count(context: &Value) -> Option<u64> {
    let count = context.get("State")?.get("RetryCount")?.as_number()?;
    count.as_u64()
}

/// An error as far as a mock told it: the interpreter takes empty texts for what is missing.
fn told(ErrorDetails { error, cause }: ErrorDetails) -> ErrorDetails {
    let told = |text: &Text| !text.is_empty();
    ErrorDetails {
        error: error.filter(told),
        cause: cause.filter(told),
    }
}

fn timed_out() -> ErrorDetails {
    ErrorDetails {
        error: Some("States.Timeout".into()),
        cause: None,
    }
}

/// What the execution around the state is told of itself.
fn start(identity: TestIdentity, input: Value) -> Start {
    let limits = Limits {
        duration: Some(MAX_DURATION),
        ..Limits::express()
    };
    Start {
        input,
        execution_arn: identity.execution_arn,
        name: identity.name,
        role_arn: identity.role_arn.unwrap_or_default(),
        machine_arn: identity.machine_arn,
        machine_name: identity.machine_name,
        redrive_count: None,
        seed: identity.seed,
        token_key: TokenKey::of_seed(identity.seed),
        limits,
    }
}
