//! `StartExecution`, and what it shares with `StartSyncExecution`.

use std::sync::Arc;

use sandstep_asl::{Start, Timestamp};
use sandstep_driver::durable::{EngineError, NewRun, Run, Started};
use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::attachment::Attachment;
use super::constraints::{Constraints, check_name};
use super::execution::Execution;
use super::executions::engine_error;
use super::express::Starter;
use super::input::Input;
use super::machine::StateMachineType;
use super::params::Params;
use super::render::seconds;
use super::resolve::Resolved;
use super::revision::Revision;

/// What `StartExecution` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartExecutionInput {
    /// The state machine, or a version or an alias of it.
    pub state_machine_arn: String,
    /// The execution's name, a UUID unless said.
    pub name: Option<String>,
    /// Any JSON text of up to [`Quotas::input_bytes`](super::Quotas), `{}` unless
    /// said.
    pub input: Option<String>,
    /// An X-Ray header of up to 256 characters. It is kept, and nothing is traced.
    pub trace_header: Option<String>,
}

/// What `StartExecution` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartExecutionOutput {
    /// The execution.
    pub execution_arn: String,
    /// When it was started.
    pub start_date: Timestamp,
}

impl StepFunctions {
    /// Starts an execution and does not wait for its end. Where the machine is STANDARD,
    /// the answer means that the execution lasts; an execution of the same name and
    /// input that still runs is answered with as if it were new.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, `InvalidName`,
    /// `InvalidExecutionInput`, `StateMachineDoesNotExist`, `StateMachineDeleting`,
    /// `ExecutionAlreadyExists`, `ExecutionLimitExceeded` beyond
    /// [`Quotas::open_executions`](super::Quotas::open_executions), and
    /// `ThrottlingException` where more is under way than may be.
    pub async fn start_execution(
        &self,
        request: StartExecutionInput,
    ) -> Result<StartExecutionOutput, ApiError> {
        self.check_start(&request)?;
        let resolved = self.resolve(&request.state_machine_arn).await?;
        let input = Input::parse(request.input_text(), self.quotas().input_bytes)?;
        if resolved.revision.kind == StateMachineType::Express {
            let launched =
                self.launch_express(&resolved.revision, &request, input, Starter::GoesOn)?;
            return Ok(StartExecutionOutput {
                execution_arn: launched.arn,
                start_date: launched.started,
            });
        }
        let new = self.new_run(&resolved, &request, input);
        let arn = new.start.execution_arn.clone();
        let started = self.begin(new).await;
        match started.map_err(|error| engine_error(error, &arn))? {
            Some(Started::New(run)) => Ok(StartExecutionOutput::of(&run)),
            Some(Started::Exists(run)) => same_again(run, request.input_text()),
            None => Err(ApiError::execution_limit()),
        }
    }

    /// Starts an execution, unless there are as many as there may be.
    async fn begin(&self, new: NewRun) -> Result<Option<Started>, EngineError> {
        let engine = self.engine();
        if engine.open_executions() < self.quotas().open_executions {
            return engine.start(new).await.map(Some);
        }
        let there = engine.find(&new.start.execution_arn).await?;
        Ok(there.map(Started::Exists))
    }

    /// Refuses what has nothing to do with the state machine.
    pub(crate) fn check_start(&self, request: &StartExecutionInput) -> Result<(), ApiError> {
        let mut constraints = Constraints::default();
        if let Some(name) = &request.name {
            constraints.length("name", name, 1, self.quotas().name_length);
        }
        if let Some(trace_header) = &request.trace_header {
            constraints
                .length("traceHeader", trace_header, 0, 256)
                .pattern(
                    "traceHeader",
                    trace_header,
                    r"\p{ASCII}*",
                    trace_header.is_ascii(),
                );
        }
        constraints.check()?;
        request.name.as_deref().map_or(Ok(()), check_name)
    }

    fn new_run(
        &self,
        resolved: &Resolved,
        request: &StartExecutionInput,
        input: Input<'_>,
    ) -> NewRun {
        let name = self.name_or_new(request.name.as_deref());
        let arn = self.arn(&format!(
            "execution:{}:{name}",
            resolved.revision.record.name
        ));
        let attachment = Attachment {
            input: input.unlike_ours(),
            trace_header: request.trace_header.clone(),
            version: resolved.version.clone(),
            alias: resolved.alias.clone(),
        };
        NewRun {
            groups: resolved.groups(),
            definition: resolved.revision.name.as_str().into(),
            machine: Arc::clone(&resolved.revision.machine),
            start: Start {
                redrive_count: Some(0),
                ..self.start(&resolved.revision, arn, name, input.value)
            },
            attachment: attachment.to_bytes().into(),
        }
    }

    /// Everything that the interpreter has to know of an execution; see
    /// [`Start::redrive_count`].
    pub(crate) fn start(
        &self,
        revision: &Revision,
        arn: String,
        name: String,
        input: Value,
    ) -> Start {
        Start {
            input,
            execution_arn: arn.into(),
            name: name.into(),
            role_arn: revision.role_arn.as_str().into(),
            machine_arn: revision.machine_arn.as_str().into(),
            machine_name: revision.name.as_str().into(),
            redrive_count: None,
            seed: (self.0.draw)(),
            token_key: self.0.token_key.clone(),
            limits: self.quotas().limits_of(&revision.name, revision.kind),
        }
    }

    pub(crate) fn name_or_new(&self, name: Option<&str>) -> String {
        name.map_or_else(|| self.draw_uuid(), str::to_owned)
    }
}

/// Starting an execution of STANDARD twice is starting it once, while it runs
/// (API reference, `StartExecution`).
fn same_again(there: Run, input: &str) -> Result<StartExecutionOutput, ApiError> {
    let output = StartExecutionOutput::of(&there);
    let is_running = there.outcome.is_none();
    let execution = Execution::try_from(there.summary)?;
    let had = execution.attachment.input;
    let had = had.unwrap_or_else(|| there.input.to_json());
    if had == input && is_running {
        return Ok(output);
    }
    Err(ApiError::new(
        "ExecutionAlreadyExists",
        format_args!("Execution Already Exists: '{}'", output.execution_arn),
    ))
}

impl StartExecutionInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_arn: params.required("stateMachineArn")?,
            name: params.text("name")?,
            input: params.text("input")?,
            trace_header: params.text("traceHeader")?,
        })
    }

    /// The input, as its starter wrote it.
    pub(crate) fn input_text(&self) -> &str {
        self.input.as_deref().unwrap_or("{}")
    }
}

impl StartExecutionOutput {
    fn of(run: &Run) -> Self {
        Self {
            execution_arn: run.summary.arn.to_string(),
            start_date: run.summary.started,
        }
    }

    pub(crate) fn to_json(&self) -> Object {
        Object::from([
            ("executionArn", self.execution_arn.as_str().into()),
            ("startDate", seconds(self.start_date)),
        ])
    }
}
