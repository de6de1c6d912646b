//! One invocation as a row describes it, in this process.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use sandstep_asl::{Limits as ExecutionLimits, Outcome, Start, StateMachine, Timestamp, TokenKey};
use sandstep_driver::{Clock, Driver, StopRequest};
use sandstep_json::Value;
use sandstep_sandbox::{
    Call, ClockSource, CompilerProgram, Function, FunctionError, FunctionSpec, Grants, Invocation,
    Limits, Sandbox, SandboxConfig,
};
use sandstep_service::{FunctionRunner, Functions, InvocationObserver};

use crate::row::{Row, RowCall, RowLimits};

/// What came of an invocation, or of an execution around it.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) outcome: Result<Value, FunctionError>,
    /// The log's lines, without their request id.
    pub(crate) log: Vec<String>,
}

/// The request id of every call that no state machine makes.
pub(crate) const REQUEST_ID: &str = "contract-1";

/// Loads the component as the row's function.
pub(crate) async fn load(row: &Row, component: &[u8]) -> Result<Function, String> {
    let environment = row.environment.clone();
    let spec = FunctionSpec {
        limits: limits(&row.limits),
        grants: Grants {
            environment: environment.into_iter().collect(),
            ..Grants::default()
        },
        ..FunctionSpec::named("handler")
    };
    let loaded = sandbox().load(component, spec).await;
    loaded.map_err(|error| error.to_string())
}

/// One sandbox for all rows, as in a server.
pub(crate) fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| {
        let compiler = CompilerProgram::new(env!("CARGO_BIN_EXE_sandstep"), ["compile-component"]);
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache/sandstep");
        Sandbox::new(SandboxConfig::new(cache, compiler)).expect("the sandbox starts")
    })
}

fn limits(row: &RowLimits) -> Limits {
    let default = Limits::default();
    Limits {
        cpu_time: row.cpu_ms.map_or(default.cpu_time, Duration::from_millis),
        wall_time: row.wall_ms.map_or(default.wall_time, Duration::from_millis),
        memory_bytes: row.memory_mb.map_or(default.memory_bytes, |mb| mb << 20),
        log_bytes: row.log_bytes.unwrap_or(default.log_bytes),
        ..default
    }
}

/// Invokes the function with an event: alone, or from the row's state machine.
pub(crate) async fn invoke(row: &Row, function: &Function, event: &str) -> Result<Ended, String> {
    if let Some(definition) = &row.machine {
        return execute(definition, function.clone(), event).await;
    }
    let invocation = function
        .invoke_as(event, &call(&row.call), Value::parse)
        .await;
    Ok(Ended {
        log: untagged(&invocation.log.text)?,
        outcome: invocation.outcome,
    })
}

fn call(row: &RowCall) -> Call<'_> {
    Call {
        attempt: row.attempt.unwrap_or(1),
        execution_arn: row.execution_arn.as_deref().map(Into::into),
        state_name: row.state_name.as_deref().map(Into::into),
        idempotency_token: row.idempotency_token.as_deref().map(Into::into),
        clock: match row.clock_ms {
            Some(now_ms) => ClockSource::Virtual { now_ms },
            None => ClockSource::Real,
        },
        seed: row.seed,
        ..Call::new(REQUEST_ID)
    }
}

fn untagged(log: &str) -> Result<Vec<String>, String> {
    let lines = log.lines().map(|line| match line.split_once(' ') {
        Some((REQUEST_ID, line)) => Ok(line.to_owned()),
        _ => Err(format!("the log's line {line:?} bears no request id")),
    });
    lines.collect()
}

/// Runs an execution on the virtual clock.
async fn execute(
    definition: &serde_json::Value,
    function: Function,
    input: &str,
) -> Result<Ended, String> {
    let parsed = StateMachine::parse(&definition.to_string());
    let machine = parsed
        .machine
        .ok_or_else(|| format!("the row's machine: {:?}", parsed.diagnostics))?;
    let functions = Functions::default();
    functions.insert("handler", function);
    let logs = Logs::default();
    let runner = FunctionRunner::new(functions, logs.clone());
    let driver = Driver::new(Arc::new(runner), Clock::Virtual(VIRTUAL_START));
    let start = start(Value::parse(input).map_err(|error| error.to_string())?);
    let never = std::future::pending::<StopRequest>();
    let outcome = driver.run(Arc::new(machine), start, drop, never).await;
    Ok(Ended {
        outcome: result(outcome),
        log: logs.lines(),
    })
}

/// When executions start: 2020-01-01T00:00:00Z.
const VIRTUAL_START: Timestamp = Timestamp::from_millis(1_577_836_800_000);

fn start(input: Value) -> Start {
    Start {
        input,
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:contract:row".into(),
        name: "row".into(),
        role_arn: "arn:aws:iam::123456789012:role/contract".into(),
        machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:contract".into(),
        machine_name: "contract".into(),
        redrive_count: Some(0),
        seed: 7,
        token_key: TokenKey::of_seed(7),
        limits: ExecutionLimits::default(),
    }
}

fn result(outcome: Outcome) -> Result<Value, FunctionError> {
    let details = match outcome {
        Outcome::Succeeded(output) => return Ok(output),
        Outcome::Failed(details) | Outcome::TimedOut(details) | Outcome::Aborted(details) => {
            details
        }
    };
    Err(FunctionError {
        error: details
            .error
            .map(|error| error.to_string())
            .unwrap_or_default(),
        cause: details
            .cause
            .map(|cause| cause.to_string())
            .unwrap_or_default(),
    })
}

/// What the functions of an execution printed.
#[derive(Clone, Debug, Default)]
struct Logs(Arc<Mutex<Vec<String>>>);

impl InvocationObserver for Logs {
    fn invoked(&self, _function: &str, _call: &Call<'_>, invocation: &Invocation<Value>) {
        let lines = invocation.log.text.lines();
        let lines = lines.filter_map(|line| Some(line.split_once(' ')?.1.to_owned()));
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(lines);
    }
}

impl Logs {
    fn lines(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
