//! `sandstep test-state`

use std::io::{IsTerminal, stdout};
use std::process::ExitCode;
use std::sync::Arc;

use sandstep_asl::{
    FieldValidation, InspectionLevel, MockErrorOutput, MockInput, Refusal, StateConfiguration,
    TestIdentity, TestRequest, TestResult, TestRun, TestStatus,
};
use sandstep_driver::Driver;
use sandstep_json::Value;
use sandstep_sandbox::{Call, Invocation};
use sandstep_service::{FunctionRunner, Functions, InvocationObserver};

use super::{add_functions, print_json, print_line, read_json, read_text_argument};
use crate::args::ValidationName;
use crate::args::{ClockName, ConfigurationArgs, Format, LevelName, MockArgs, TestStateArgs};
use crate::command_error::{CommandError, FAILED, INTERRUPTED};
use crate::execution::{self, interrupt};
use crate::project::{
    ACCOUNT, MachineKind, MachineLimits, PreparedState, REGION, open, prepare_state,
};
use crate::report::tested_state;
use crate::runtime;
use crate::terminal::{Paint, Terminal, function_log, say};

/// Tests one state alone.
pub(crate) fn test_state(
    args: &TestStateArgs,
    terminal: Terminal,
) -> Result<ExitCode, CommandError> {
    let mut project = open(&args.definition, &args.values.defines)?;
    add_functions(&mut project, &args.values.functions)?;
    let machine = project.machine(args.machine.as_deref())?;
    let request = request(args)?;
    let prepared = prepare_state(
        &project,
        machine,
        args.state.as_deref(),
        request.mock.is_some(),
    )?;
    for warning in &prepared.warnings {
        terminal.warning(warning.to_text(terminal.paint).trim_end());
    }
    let level = request.inspection_level;
    let result = runtime::threads(args.clock)?.block_on(async {
        let functions = runtime::load(&project, &prepared.functions, terminal).await?;
        run(prepared, &request, functions, args.clock, terminal).await
    });
    match result? {
        Some(result) => show(&result, level, args.format),
        None => Ok(ExitCode::from(INTERRUPTED)),
    }
}

/// The result; `None` where the user did not want to wait for it.
async fn run(
    prepared: PreparedState<'_>,
    request: &TestRequest,
    functions: Functions,
    clock: ClockName,
    terminal: Terminal,
) -> Result<Option<TestResult>, CommandError> {
    let runner = Arc::new(FunctionRunner::new(functions, Watcher(terminal.paint)));
    let driver = Driver::new(runner.clone(), execution::clock(clock));
    let subject = prepared.subject;
    let start = |now| {
        let run = TestRun::start(subject, request, identity(&prepared.machine, clock), now)?;
        if let Some(resource) = run.unchecked_mock() {
            terminal.warning(&format!(
                "the mocked result of {resource} is not compared with the service's model, which \
                 is not known here"
            ));
        }
        Ok::<_, Refusal>(run)
    };
    let result = tokio::select! {
        result = driver.test(start) => result,
        _ = interrupt() => return Ok(None),
    };
    runner.finish().await;
    result
        .map(Some)
        .map_err(|refusal| CommandError::new(refusal.to_string()))
}

/// Shows what functions print as soon as they return.
struct Watcher(Paint);

impl InvocationObserver for Watcher {
    fn invoked(&self, function: &str, _call: &Call<'_>, invocation: &Invocation<Value>) {
        say(&function_log(function, &invocation.log, self.0));
    }
}

/// What the state is told of itself. Under a virtual clock nothing of it changes from test
/// to test.
fn identity(machine: &str, clock: ClockName) -> TestIdentity {
    let seed = match clock {
        ClockName::Real => rand::random(),
        ClockName::Virtual => 0,
    };
    let name = format!("test-{:016x}", seed as u64);
    let arn = |resource: &str| format!("arn:aws:states:{REGION}:{ACCOUNT}:{resource}");
    TestIdentity {
        execution_arn: arn(&format!("express:{machine}:{name}")).into(),
        name: name.into(),
        role_arn: Some(format!("arn:aws:iam::{ACCOUNT}:role/sandstep").into()),
        machine_arn: arn(&format!("stateMachine:{machine}")).into(),
        machine_name: machine.into(),
        seed,
    }
}

fn request(args: &TestStateArgs) -> Result<TestRequest, CommandError> {
    let json = |option: &str, argument: &Option<String>| {
        let document = argument
            .as_ref()
            .map(|text| read_json(option, text, limit()));
        Ok::<_, CommandError>(document.transpose()?.map(|document| document.to_json()))
    };
    Ok(TestRequest {
        input: json("--input", &Some(args.input.clone()))?,
        variables: json("--variables", &args.variables)?,
        context: json("--context", &args.context)?,
        mock: mock(&args.mock, json("--mock-result", &args.mock.mock_result)?),
        configuration: configuration(&args.configuration)?,
        inspection_level: level(args.inspection_level),
        reveal_secrets: args.reveal_secrets,
    })
}

/// The longest document, in bytes (API reference, `TestState`).
fn limit() -> usize {
    MachineLimits::default()
        .of(MachineKind::Express)
        .payload_bytes
}

fn mock(args: &MockArgs, result: Option<String>) -> Option<MockInput> {
    let error_output = args.mock_error.as_deref().map(error_output);
    if result.is_none() && error_output.is_none() {
        return None;
    }
    Some(MockInput {
        result,
        error_output,
        field_validation: match args.field_validation {
            ValidationName::Strict => FieldValidation::Strict,
            ValidationName::Present => FieldValidation::Present,
            ValidationName::None => FieldValidation::None,
        },
    })
}

/// `ERROR:CAUSE`; no error's name has a colon.
fn error_output(text: &str) -> MockErrorOutput {
    let (error, cause) = match text.split_once(':') {
        Some((error, cause)) => (error, Some(cause.to_owned())),
        None => (text, None),
    };
    MockErrorOutput {
        error: Some(error.to_owned()),
        cause,
    }
}

fn configuration(args: &ConfigurationArgs) -> Result<StateConfiguration, CommandError> {
    let data = args.map_item_reader_data.as_deref();
    let read = |text| read_text_argument("--map-item-reader-data", text, limit());
    Ok(StateConfiguration {
        retrier_retry_count: args.retrier_retry_count,
        error_caused_by_state: args.error_caused_by_state.clone(),
        map_iteration_failure_count: args.map_iteration_failure_count,
        map_item_reader_data: data.map(read).transpose()?,
    })
}

fn level(name: LevelName) -> InspectionLevel {
    match name {
        LevelName::Info => InspectionLevel::Info,
        LevelName::Debug => InspectionLevel::Debug,
        LevelName::Trace => InspectionLevel::Trace,
    }
}

fn show(
    result: &TestResult,
    level: InspectionLevel,
    format: Option<Format>,
) -> Result<ExitCode, CommandError> {
    let is_for_people = match format {
        Some(format) => format == Format::Text,
        None => stdout().is_terminal(),
    };
    match is_for_people {
        true => print_line(tested_state(result, level).trim_end())?,
        false => print_json(&result.to_json(level).into())?,
    }
    Ok(match result.status {
        TestStatus::Failed => ExitCode::from(FAILED),
        _ => ExitCode::SUCCESS,
    })
}
