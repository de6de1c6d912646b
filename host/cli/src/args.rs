//! The command line's grammar.

mod client;
mod serve;
mod test_state;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::client::{
    EndpointArgs, ExecutionsArgs, HistoryArgs, RedriveArgs, StartArgs, StopArgs,
};
pub(crate) use self::serve::{DurabilityName, ListenArgs, LogArgs, ServeArgs, StoreArgs};
pub(crate) use self::test_state::{
    ConfigurationArgs, LevelName, MockArgs, TestStateArgs, ValidationName,
};
use crate::terminal::{ColorChoice, Verbosity};

/// Run state machines whose Lambda functions are sandboxed WebAssembly components.
#[derive(Debug, Parser)]
#[command(name = "sandstep", version, propagate_version = false)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) speech: Speech,
}

/// How to speak on stderr.
#[derive(Debug, Args)]
pub(crate) struct Speech {
    /// Say more: every event, and what was decided
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    verbose: bool,
    /// Say nothing but errors and what functions print
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Colour stderr
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(RunArgs),
    Test(TestArgs),
    TestState(Box<TestStateArgs>),
    Replay(ReplayArgs),
    Validate(ValidateArgs),
    Invoke(InvokeArgs),
    Serve(Box<ServeArgs>),
    Start(StartArgs),
    Executions(ExecutionsArgs),
    History(HistoryArgs),
    Stop(StopArgs),
    Redrive(RedriveArgs),
    Build(BuildArgs),
    New(NewArgs),
    /// Compile a component; run by the sandbox itself
    #[command(hide = true)]
    CompileComponent {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<std::ffi::OsString>,
    },
}

/// Run a state machine to its end and print its output
///
/// Builds the functions whose sources have changed. The output is the only
/// thing on stdout. The exit status is 0 if the execution succeeded, 1 if it
/// failed, timed out or was aborted, and 2 if it could not be started or its
/// history could not be written.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sandstep run examples/classroom --input '{\"start\": \
    \"2019-06-16T22:00:00Z\", \"end\": \"2019-06-16T23:00:00Z\"}'\n  \
    sandstep run order.asl.json --mock MockConfigFile.json --test-case HappyPath"
)]
pub(crate) struct RunArgs {
    /// A project's folder, or a definition in JSON or YAML
    pub(crate) project: PathBuf,
    /// Which of the project's state machines to run
    #[arg(long, short, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// The input: JSON, @FILE, or - for stdin; otherwise what the project says, or {}
    #[arg(long, short, value_name = "JSON|@FILE|-")]
    pub(crate) input: Option<String>,
    #[command(flatten)]
    pub(crate) values: Values,
    /// Whose time the execution has; under a virtual clock no wait takes any,
    /// and a run repeats itself
    #[arg(long, value_enum, default_value_t)]
    pub(crate) clock: ClockName,
    /// Write the history to a file, as `aws stepfunctions get-execution-history` prints it
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Option<PathBuf>,
    /// Answer tasks from a mock file in the format of AWS's local Step Functions, JSON or YAML,
    /// so that nothing is called for the states that it mocks
    #[arg(long, value_name = "FILE")]
    pub(crate) mock: Option<PathBuf>,
    /// Which test case of the mock file to take, where it has several
    #[arg(long, value_name = "NAME", requires = "mock")]
    pub(crate) test_case: Option<String>,
    /// Run as an EXPRESS execution, whatever the project says
    #[arg(long)]
    pub(crate) express: bool,
}

/// Run a project's own tests
///
/// Tests are files named *.test.yaml, *.test.yml or *.test.json, anywhere in a
/// project. Each test is an execution on the virtual clock; what it does not
/// mock is run. The exit status is 0 if all tests passed, 1 if one failed, and
/// 2 if they could not be run.
#[derive(Debug, Args)]
#[command(after_help = TEST_EXAMPLE)]
pub(crate) struct TestArgs {
    /// Test files, or folders that have some
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Run only tests with TEXT in their file's path or their name
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Run this many tests at a time; otherwise one for each core
    #[arg(long, short, value_name = "NUMBER")]
    pub(crate) jobs: Option<std::num::NonZero<usize>>,
    /// Write the results to a file as JUnit's XML
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Print which states, Choice rules, retriers and catchers of the projects' machines the
    /// tests went through
    #[arg(long)]
    pub(crate) coverage: bool,
    /// Fail, with status 1, where they went through fewer
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) coverage_threshold: Option<f64>,
    #[command(flatten)]
    pub(crate) values: Values,
}

const TEST_EXAMPLE: &str = "\
Examples:
  sandstep test
  sandstep test examples/shipping --filter courier --junit results.xml
  sandstep test --coverage-threshold 90

A test file:
  machine: orders                # or definition: FILE; or the project's only machine
  mock-file: mocks.json          # optional, as AWS's local Step Functions has it
  tests:
    - name: a busy bank is asked again
      input: { total: 12 }
      test-case: HappyPath       # of the mock file
      mocks:                     # by state; one answer, or a list with one for each invocation
        Charge:
          - throws: { error: Busy, cause: later }
          - returns: { charged: true }
      expect:                    # also status, output-contains, error, cause, cause-contains,
        output: { done: true }   # events
        path: [Charge, { Each: [[Pack], [Pack]] }, Notify]";

/// Replay a recorded execution against a definition that may have changed
///
/// Each task ends as it did and when it did, on the virtual clock; nothing is
/// called. Shows the first event that differs from the recording. The exit
/// status is 0 if none does, 1 if one does, and 2 if the history cannot be
/// replayed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  aws stepfunctions get-execution-history --execution-arn ARN > \
    history.json\n  sandstep replay history.json --definition order.asl.json\n  sandstep replay \
    history.json --machine order --write-test tests/failure.test.json"
)]
pub(crate) struct ReplayArgs {
    /// The history, as `aws stepfunctions get-execution-history` prints it or `sandstep run
    /// --history` writes it: one page, or a list of pages
    pub(crate) history: PathBuf,
    /// The definition, in JSON or YAML
    #[arg(long, value_name = "FILE", conflicts_with_all = ["project", "machine"])]
    pub(crate) definition: Option<PathBuf>,
    /// The project that has the state machine
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) project: PathBuf,
    /// Which of the project's state machines to replay
    #[arg(long, short, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// The input, for a history that was fetched without execution data
    #[arg(long, short, value_name = "JSON|@FILE|-")]
    pub(crate) input: Option<String>,
    /// Write a mock file with which `sandstep run --mock` repeats the recording
    #[arg(long, value_name = "FILE")]
    pub(crate) write_mock: Option<PathBuf>,
    /// Write a test file with which `sandstep test` repeats the recording: input, mocks, path
    /// and end
    #[arg(long, value_name = "FILE")]
    pub(crate) write_test: Option<PathBuf>,
    /// What to call the test case in those files
    #[arg(long, value_name = "NAME", default_value = "Replayed")]
    pub(crate) test_case: String,
    /// Fill the placeholder ${NAME} with VALUE; those of Task states need none
    #[arg(long = "define", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) defines: Vec<(String, String)>,
}

/// What the command line adds to a project.
#[derive(Debug, Default, Args)]
pub(crate) struct Values {
    /// Use PATH as the function NAME: a component, a script or a source folder
    #[arg(long = "function", value_name = "NAME=PATH", value_parser = pair)]
    pub(crate) functions: Vec<(String, String)>,
    /// Fill the placeholder ${NAME} with VALUE
    #[arg(long = "define", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) defines: Vec<(String, String)>,
}

/// Find everything that is wrong with definitions
///
/// Placeholders need no value. The exit status is 0 if no file has an error,
/// and 2 otherwise.
///
/// With --format json, stdout has one array with an object for each problem:
/// file, line and column (from 1), severity (error or warning), rule (a name
/// in kebab case that stays the same from version to version), code (what AWS
/// calls the problem, such as SCHEMA_VALIDATION_FAILED, or null), path (where
/// in the definition: $.States.Work.Next), message, and hint (or null).
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sandstep validate order.asl.json serverless.yml\n  \
    sandstep validate --format json . | jq -r '.[] | \"\\(.file):\\(.line): \\(.message)\"'"
)]
pub(crate) struct ValidateArgs {
    /// Definitions in JSON or YAML, serverless.yml, sandstep.toml or project folders
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// How to print what was found: text on stderr, json on stdout
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Call one function with an event and print its result
///
/// The exit status is 0 if the function returned, 1 if it failed, and 2 if it
/// could not be called.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sandstep invoke StartRecorder --project examples/classroom \
    --event '{\"start\": \"2019-06-16T22:00:00Z\"}'\n  sandstep invoke ./handler.js --event '{}'"
)]
pub(crate) struct InvokeArgs {
    /// A function of the project, or a path: a component, a script, a folder with a function's
    /// source, or a handler such as src/start.create
    pub(crate) function: String,
    /// The event: JSON, @FILE, or - for stdin
    #[arg(long, short, value_name = "JSON|@FILE|-", default_value = "{}")]
    pub(crate) event: String,
    /// The project that has the function
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) project: PathBuf,
}

/// Build the functions of a project whose sources have changed
///
/// A folder with a Cargo.toml is a function in Rust and takes Rust from
/// rustup.rs. A folder with a package.json, or a lone .js, .mjs, .cjs or .ts
/// file, is one in JavaScript or TypeScript and takes Node.js 20 or newer from
/// nodejs.org; the rest of its tools is installed once into the user's cache.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  sandstep build examples/classroom")]
pub(crate) struct BuildArgs {
    /// The project's folder
    #[arg(default_value = ".")]
    pub(crate) project: PathBuf,
}

/// Make a project that runs at once
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sandstep new orders && sandstep run orders\n  \
    sandstep new --lang ts orders && sandstep run orders"
)]
pub(crate) struct NewArgs {
    /// The folder to make
    pub(crate) folder: PathBuf,
    /// The language of its function
    #[arg(long, value_enum, default_value_t)]
    pub(crate) lang: LanguageName,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClockName {
    #[default]
    Real,
    Virtual,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LanguageName {
    #[default]
    Rust,
    /// JavaScript
    #[value(alias = "javascript")]
    Js,
    /// TypeScript
    #[value(alias = "typescript")]
    Ts,
}

impl Speech {
    pub(crate) fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

fn percent(text: &str) -> Result<f64, String> {
    let percent = text.parse().ok();
    percent
        .filter(|percent| (0.0..=100.0).contains(percent))
        .ok_or_else(|| "expected a number from 0 to 100".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_grammar_is_sound() {
        Cli::command().debug_assert();
    }
}
