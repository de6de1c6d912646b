//! `StartExecution`, and what it shares with `StartSyncExecution`.

use std::sync::Arc;

use sandstep_asl::{Start, Timestamp, TokenKey};
use sandstep_driver::StopRequest;
use sandstep_json::{Object, Value};
use tokio::{sync::oneshot, task::JoinHandle};

use super::api_error::ApiError;
use super::constraints::{Constraints, check_name};
use super::execution::{Execution, ExecutionStatus};
use super::executions::Refused;
use super::machine::StateMachineType;
use super::params::Params;
use super::render::seconds;
use super::resolve::Resolved;
use super::revision::Revision;
use super::{StepFunctions, input};

/// What `StartExecution` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartExecutionInput {
    /// The state machine, one of its versions, or an alias.
    pub state_machine_arn: String,
    /// The execution's name, a UUID unless said.
    pub name: Option<String>,
    /// Any JSON text of up to 262,144 characters, `{}` unless said.
    pub input: Option<String>,
}

/// What `StartExecution` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartExecutionOutput {
    /// The execution.
    pub execution_arn: String,
    /// When it was started.
    pub start_date: Timestamp,
}

/// An execution on its way.
pub(crate) struct Launched {
    pub(crate) execution: Arc<Execution>,
    /// Ready when it has ended.
    pub(crate) end: JoinHandle<()>,
}

impl StepFunctions {
    /// Starts an execution and does not wait for it. An execution of the same
    /// name and input that still runs is answered with as if it were new.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, `InvalidName`,
    /// `InvalidExecutionInput`, `StateMachineDoesNotExist`, `StateMachineDeleting`,
    /// `ExecutionAlreadyExists`, and with `ExecutionLimitExceeded` beyond
    /// [`Quotas::open_executions`](super::Quotas::open_executions).
    pub async fn start_execution(
        &self,
        input: StartExecutionInput,
    ) -> Result<StartExecutionOutput, ApiError> {
        self.check_start(&input)?;
        let resolved = self.resolve(&input.state_machine_arn).await?;
        let launched = self.launch(resolved, &input, Some(0));
        let execution = match launched {
            Ok(launched) => launched.execution,
            Err(Unlaunched::Refused(error)) => return Err(error),
            Err(Unlaunched::Taken(there)) => same_again(there, &input)?,
        };
        Ok(StartExecutionOutput {
            execution_arn: execution.arn.to_string(),
            start_date: execution.started,
        })
    }

    /// Refuses what has nothing to do with the state machine.
    pub(crate) fn check_start(&self, input: &StartExecutionInput) -> Result<(), ApiError> {
        let Some(name) = &input.name else {
            return Ok(());
        };
        Constraints::default()
            .length("name", name, 1, self.0.quotas.name_length)
            .check()?;
        check_name(name)
    }

    /// Starts an execution; see [`Start::redrive_count`].
    pub(crate) fn launch(
        &self,
        resolved: Resolved,
        input: &StartExecutionInput,
        redrive_count: Option<u64>,
    ) -> Result<Launched, Unlaunched> {
        let text = input.input.as_deref().unwrap_or("{}");
        let start = Start {
            redrive_count,
            ..self.start(
                &resolved.revision,
                input.name.as_deref(),
                input::parse(text)?,
            )
        };
        let add = self.0.executions.add(&start.execution_arn, |number| {
            let text = text.to_owned();
            Execution::new(number, &start, text, resolved, self.now())
        });
        let (execution, stopped) = add.map_err(Unlaunched::from)?;
        let end = self.drive(Arc::clone(&execution), start, stopped);
        Ok(Launched { execution, end })
    }

    /// Everything that the interpreter has to know of an execution.
    fn start(&self, revision: &Revision, name: Option<&str>, input: Value) -> Start {
        let name = name.map_or_else(|| self.draw_uuid(), str::to_owned);
        let arn = match revision.kind {
            StateMachineType::Standard => self.arn(&format!("execution:{}:{name}", revision.name)),
            StateMachineType::Express => {
                let unique = self.draw_uuid();
                self.arn(&format!("express:{}:{name}:{unique}", revision.name))
            }
        };
        let seed = (self.0.draw)();
        Start {
            input,
            execution_arn: arn.into(),
            name: name.into(),
            role_arn: revision.role_arn.as_str().into(),
            machine_arn: revision.machine_arn.as_str().into(),
            machine_name: revision.name.as_str().into(),
            redrive_count: None,
            seed,
            token_key: TokenKey::of_seed(seed),
            limits: revision.kind.limits(),
        }
    }

    fn drive(
        &self,
        execution: Arc<Execution>,
        start: Start,
        stopped: oneshot::Receiver<StopRequest>,
    ) -> JoinHandle<()> {
        let driver = self.0.driver.clone();
        let executions = Arc::clone(&self.0.executions);
        self.0.runtime.spawn(async move {
            let machine = Arc::clone(&execution.resolved.revision.machine);
            let append = |record| execution.append(record);
            let stop = async {
                match stopped.await {
                    Ok(request) => request,
                    // Nobody is left who could stop it.
                    Err(_) => std::future::pending().await,
                }
            };
            driver.run(machine, start, append, stop).await;
            executions.close(&execution);
        })
    }
}

/// Why there is no new execution.
pub(crate) enum Unlaunched {
    Refused(ApiError),
    /// There is one of that name.
    Taken(Arc<Execution>),
}

impl From<ApiError> for Unlaunched {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<Refused> for Unlaunched {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Taken(there) => Self::Taken(there),
            Refused::Full => Self::Refused(ApiError::new(
                "ExecutionLimitExceeded",
                "The maximum number of running executions has been reached",
            )),
        }
    }
}

/// Starting an execution of STANDARD twice is starting it once, while it runs
/// (API reference, `StartExecution`).
fn same_again(
    there: Arc<Execution>,
    input: &StartExecutionInput,
) -> Result<Arc<Execution>, ApiError> {
    let same_input = there.input == input.input.as_deref().unwrap_or("{}");
    if same_input && there.status() == ExecutionStatus::Running {
        return Ok(there);
    }
    Err(ApiError::new(
        "ExecutionAlreadyExists",
        format_args!("Execution Already Exists: '{}'", there.arn),
    ))
}

impl StartExecutionInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_arn: params.required("stateMachineArn")?,
            name: params.text("name")?,
            input: params.text("input")?,
        })
    }
}

impl StartExecutionOutput {
    pub(crate) fn to_json(&self) -> Object {
        Object::from([
            ("executionArn", self.execution_arn.as_str().into()),
            ("startDate", seconds(self.start_date)),
        ])
    }
}
