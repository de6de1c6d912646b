//! `sandstep run`

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use sandstep_asl::{ErrorDetails, Limits, Outcome, Record, Start, Timestamp};
use sandstep_driver::{Clock, Driver, StopRequest};
use sandstep_json::{Object, Value};
use sandstep_sandbox::Invocation;
use sandstep_service::{FunctionRunner, Functions, InvocationObserver};

use super::{add_functions, print_json, read_json, read_json_file};
use crate::args::{ClockName, RunArgs};
use crate::command_error::{CommandError, FAILED, INTERRUPTED};
use crate::history::HistoryFile;
use crate::project::{ACCOUNT, Machine, MachineKind, Prepared, Project, REGION, open, prepare};
use crate::runtime;
use crate::terminal::{Progress, Terminal, function_log};

/// Where virtual time begins: 2000-01-01T00:00:00Z, before anything that an
/// input is likely to wait for.
const VIRTUAL_START: Timestamp = Timestamp::from_millis(946_684_800_000);

/// Runs one execution in memory.
pub(crate) fn run(args: &RunArgs, terminal: Terminal) -> Result<ExitCode, CommandError> {
    refuse_dash(args)?;
    let mut project = open(&args.project, &args.values.defines)?;
    add_functions(&mut project, &args.values.functions)?;
    let machine = choose(&project, args.machine.as_deref())?;
    let kind = if args.express {
        MachineKind::Express
    } else {
        machine.kind
    };
    let limits = machine.limits.of(kind);
    let input = input(args, machine, limits.payload_bytes)?;
    let prepared = prepare(&project, machine, kind)?;
    for warning in &prepared.warnings {
        terminal.warning(warning.to_text(terminal.paint).trim_end());
    }
    let history = args.history.as_deref().map(HistoryFile::create);
    let history = history.transpose()?;
    runtime::threads(args.clock)?.block_on(async {
        let functions = runtime::load(&project, &prepared.functions, terminal).await?;
        let start = start(machine, kind, limits, args.clock, input);
        execute(args.clock, prepared, functions, start, history, terminal).await
    })
}

/// stdout carries nothing but the output.
fn refuse_dash(args: &RunArgs) -> Result<(), CommandError> {
    match args.history.as_deref() == Some(Path::new("-")) {
        true => Err(CommandError::new(
            "--history needs a file: stdout is for the output alone",
        )),
        false => Ok(()),
    }
}

/// The machine of a name, or the only one.
fn choose<'p>(project: &'p Project, name: Option<&str>) -> Result<&'p Machine, CommandError> {
    let names: Vec<&str> = project
        .machines
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let listed = || format!("the project's state machines: {}", names.join(", "));
    match (name, &project.machines[..]) {
        (_, []) => Err(CommandError::new("the project has no state machine")),
        (None, [machine]) => Ok(machine),
        (None, _) => Err(
            CommandError::new("--machine NAME must say which state machine to run").hint(listed()),
        ),
        (Some(name), machines) => {
            let is_named =
                |machine: &&Machine| machine.name == name || machine.key.as_deref() == Some(name);
            machines.iter().find(is_named).ok_or_else(|| {
                CommandError::new(format!("there is no state machine \"{name}\"")).hint(listed())
            })
        }
    }
}

/// An input beyond the limit starts no execution (Step Functions API reference,
/// "StartExecution").
fn input(args: &RunArgs, machine: &Machine, limit: usize) -> Result<Value, CommandError> {
    match (&args.input, &machine.input) {
        (Some(argument), _) => read_json("--input", argument, limit),
        (None, Some(file)) => read_json_file(file, limit),
        (None, None) => Ok(Object::new().into()),
    }
}

/// What the execution is told. Under a virtual clock nothing of it changes
/// from run to run.
fn start(
    machine: &Machine,
    kind: MachineKind,
    limits: Limits,
    clock: ClockName,
    input: Value,
) -> Start {
    let seed = match clock {
        ClockName::Real => rand::random(),
        ClockName::Virtual => 0,
    };
    let name = match clock {
        ClockName::Real => format!("run-{:016x}", seed as u64),
        ClockName::Virtual => "virtual".to_owned(),
    };
    let machine_name = &machine.name;
    let resource = match kind {
        MachineKind::Standard => "execution",
        MachineKind::Express => "express",
    };
    let arn = |resource: &str| format!("arn:aws:states:{REGION}:{ACCOUNT}:{resource}");
    Start {
        input,
        execution_arn: arn(&format!("{resource}:{machine_name}:{name}")).into(),
        name: name.into(),
        role_arn: format!("arn:aws:iam::{ACCOUNT}:role/sandstep").into(),
        machine_arn: arn(&format!("stateMachine:{machine_name}")).into(),
        machine_name: machine_name.as_str().into(),
        seed,
        limits,
    }
}

async fn execute(
    clock: ClockName,
    prepared: Prepared<'_>,
    functions: Functions,
    start: Start,
    mut history: Option<HistoryFile>,
    terminal: Terminal,
) -> Result<ExitCode, CommandError> {
    let clock = match clock {
        ClockName::Real => Clock::Real,
        ClockName::Virtual => Clock::Virtual(VIRTUAL_START),
    };
    let progress = Arc::new(Mutex::new(Progress::new(terminal)));
    let watcher = Watcher(Arc::clone(&progress));
    let runner = Arc::new(FunctionRunner::new(functions, watcher));
    let append = |record: Record| {
        progress
            .lock()
            .expect("drawing does not panic")
            .record(&record);
        if let (Some(history), Some(event)) = (&mut history, &record.event) {
            history.append(event);
        }
    };
    let driver = Driver::new(runner.clone(), clock);
    let outcome = driver
        .run(Arc::new(prepared.machine), start, append, interrupt())
        .await;
    tokio::select! {
        () = runner.finish() => {}
        _ = interrupt() => {}
    }
    progress.lock().expect("drawing does not panic").finish();
    // The output comes first: it must not be lost with the history.
    let status = show(outcome, terminal);
    history.map_or(Ok(()), HistoryFile::finish)?;
    status
}

/// Shows what functions print as soon as they return.
struct Watcher(Arc<Mutex<Progress>>);

impl InvocationObserver for Watcher {
    fn invoked(&self, function: &str, invocation: &Invocation<Value>) {
        if !invocation.log.text.is_empty() {
            let mut progress = self.0.lock().expect("drawing does not panic");
            let text = function_log(function, &invocation.log, progress.paint());
            progress.print_above(&text);
        }
    }
}

/// Ready when the user asks for an end. Who asks twice does not want to wait.
async fn interrupt() -> StopRequest {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without signals there is nothing to wait for.
        std::future::pending::<()>().await;
    }
    tokio::spawn(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(i32::from(INTERRUPTED));
        }
    });
    StopRequest {
        error: Some("Sandstep.Interrupted".to_owned()),
        cause: Some("the user stopped the execution".to_owned()),
    }
}

fn show(outcome: Outcome, terminal: Terminal) -> Result<ExitCode, CommandError> {
    let (status, details) = match outcome {
        Outcome::Succeeded(output) => {
            print_json(&output)?;
            return Ok(ExitCode::SUCCESS);
        }
        Outcome::Failed(details) => ("FAILED", details),
        Outcome::TimedOut(details) => ("TIMED_OUT", details),
        Outcome::Aborted(details) => ("ABORTED", details),
    };
    let ErrorDetails { error, cause } = details;
    let error = error.map_or_else(|| "no error name".to_owned(), |error| error.to_string());
    terminal.failure(&format!("{status}:"), &error, cause.as_deref());
    Ok(ExitCode::from(FAILED))
}
