//! `sandstep run`

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use sandstep_asl::{ErrorDetails, Outcome, Record, Start, StateMachine};
use sandstep_driver::Driver;
use sandstep_json::{Object, Value};
use sandstep_sandbox::{Call, Invocation};
use sandstep_service::mock::{MockRunner, Mocks};
use sandstep_service::{FunctionRunner, Functions, InvocationObserver, UNSUPPORTED_RESOURCE};

use super::{add_functions, read_json, read_json_file, show_outcome};
use crate::args::{ClockName, RunArgs};
use crate::command_error::CommandError;
use crate::execution::{self, interrupt, interrupt_or_gap, start};
use crate::history::HistoryFile;
use crate::project::{Machine, MachineKind, MockedCase, open, prepare, read_mocks};
use crate::runtime;
use crate::terminal::{Progress, Terminal, function_log, say};

/// Runs one execution in memory.
pub(crate) fn run(args: &RunArgs, terminal: Terminal) -> Result<ExitCode, CommandError> {
    refuse_dash(args)?;
    let mut project = open(&args.project, &args.values.defines)?;
    add_functions(&mut project, &args.values.functions)?;
    let machine = project.machine(args.machine.as_deref())?;
    let kind = if args.express {
        MachineKind::Express
    } else {
        machine.kind
    };
    let limits = machine.limits.of(kind);
    let input = input(args, machine, limits.payload_bytes)?;
    let mocked = match &args.mock {
        Some(file) => read_mocks(file, machine, args.test_case.as_deref())?,
        None => MockedCase::default(),
    };
    let prepared = prepare(&project, machine, kind, &mocked.mocks)?;
    for warning in mocked.warnings.iter().chain(&prepared.warnings) {
        terminal.warning(warning.to_text(terminal.paint).trim_end());
    }
    let history = args.history.as_deref().map(HistoryFile::open);
    let history = history.transpose()?;
    runtime::threads(args.clock)?.block_on(async {
        let functions = runtime::load(&project, &prepared.functions, terminal).await?;
        let start = start(machine, kind, limits, args.clock, input);
        let run = Run {
            clock: args.clock,
            machine: prepared.machine,
            start,
            mocks: args.mock.is_some().then_some(mocked.mocks),
        };
        run.execute(functions, history, terminal).await
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

/// An input beyond the limit starts no execution (Step Functions API reference,
/// "StartExecution").
fn input(args: &RunArgs, machine: &Machine, limit: usize) -> Result<Value, CommandError> {
    match (&args.input, &machine.input) {
        (Some(argument), _) => read_json("--input", argument, limit),
        (None, Some(file)) => read_json_file(file, limit),
        (None, None) => Ok(Object::new().into()),
    }
}

/// An execution that has all it needs.
struct Run {
    clock: ClockName,
    machine: StateMachine,
    start: Start,
    /// Where a mock file was given, if only for some of the states.
    mocks: Option<Mocks>,
}

impl Run {
    async fn execute(
        self,
        functions: Functions,
        mut history: Option<HistoryFile>,
        terminal: Terminal,
    ) -> Result<ExitCode, CommandError> {
        let progress = Arc::new(Mutex::new(Progress::new(terminal)));
        let watcher = Watcher(Arc::clone(&progress));
        let functions = Arc::new(FunctionRunner::new(functions, watcher));
        let append = |record: Record| {
            progress
                .lock()
                .expect("drawing does not panic")
                .record(&record);
            if let (Some(history), Some(event)) = (&mut history, &record.event) {
                history.append(event);
            }
        };
        let clock = execution::clock(self.clock);
        let machine = Arc::new(self.machine);
        let outcome = match self.mocks {
            None => {
                let driver = Driver::new(functions.clone(), clock);
                driver.run(machine, self.start, append, interrupt()).await
            }
            Some(mocks) => {
                let runner = Arc::new(MockRunner::new(mocks, functions.clone()));
                let stop = interrupt_or_gap(&runner);
                let driver = Driver::new(runner.clone(), clock);
                driver.run(machine, self.start, append, stop).await
            }
        };
        tokio::select! {
            () = functions.finish() => {}
            _ = interrupt() => {}
        }
        progress.lock().expect("drawing does not panic").finish();
        // The output comes first: it must not be lost with the history.
        let status = show(outcome, terminal);
        history.map_or(Ok(()), HistoryFile::finish)?;
        status
    }
}

/// Shows what functions print as soon as they return.
struct Watcher(Arc<Mutex<Progress>>);

impl InvocationObserver for Watcher {
    fn invoked(&self, function: &str, _call: &Call<'_>, invocation: &Invocation<Value>) {
        if !invocation.log.text.is_empty() {
            let mut progress = self.0.lock().expect("drawing does not panic");
            let text = function_log(function, &invocation.log, progress.paint());
            progress.print_above(&text);
        }
    }
}

fn show(outcome: Outcome, terminal: Terminal) -> Result<ExitCode, CommandError> {
    let is_unsupported = matches!(
        &outcome,
        Outcome::Failed(ErrorDetails { error: Some(error), .. }) if *error == UNSUPPORTED_RESOURCE
    );
    let status = show_outcome(outcome, terminal)?;
    if is_unsupported {
        let hint = terminal.paint.bold("hint:");
        say(&format!(
            "  {hint} a mock file can answer in its place: --mock FILE\n"
        ));
    }
    Ok(status)
}
