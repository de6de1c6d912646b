//! The options of `sandstep test-state`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{ClockName, Format, Values};

/// Test one state alone, as AWS's TestState does
///
/// A task without a mock is run by the project's function. A Map or Parallel
/// state, an activity, and a task that waits for a job or a token need a mock.
/// The exit status is 0 if the state succeeded, or failed and a retrier or a
/// catcher of its own answers; 1 if it failed; and 2 if it could not be
/// tested.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TestStateArgs {
    /// A file with one state, or a definition or a project's folder with --state; JSON or YAML
    pub(crate) definition: PathBuf,
    /// Which state of the definition to test
    #[arg(long, short, value_name = "NAME")]
    pub(crate) state: Option<String>,
    /// Which of the project's state machines has it
    #[arg(long, short, value_name = "NAME")]
    pub(crate) machine: Option<String>,
    /// The state's input: JSON, @FILE, or - for stdin
    #[arg(long, short, value_name = "JSON|@FILE|-", default_value = "{}")]
    pub(crate) input: String,
    /// The variables that the state begins with, as an object
    #[arg(long, value_name = "JSON|@FILE|-")]
    pub(crate) variables: Option<String>,
    /// The whole context object; needs a mock
    #[arg(long, value_name = "JSON|@FILE|-")]
    pub(crate) context: Option<String>,
    #[command(flatten)]
    pub(crate) mock: MockArgs,
    #[command(flatten)]
    pub(crate) configuration: ConfigurationArgs,
    /// How much to tell: the output alone, or what each stage of the data flow came to
    #[arg(long, value_enum, default_value_t, ignore_case = true)]
    pub(crate) inspection_level: LevelName,
    /// Show secrets of HTTP requests
    #[arg(long)]
    pub(crate) reveal_secrets: bool,
    /// Whose time the state has; under a virtual clock no wait takes any
    #[arg(long, value_enum, default_value_t)]
    pub(crate) clock: ClockName,
    /// How to print the result: text for people, json as AWS answers; otherwise text on a
    /// terminal and json elsewhere
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    #[command(flatten)]
    pub(crate) values: Values,
}

/// Headings of the help.
const MOCK: &str = "Mock";
const AROUND: &str = "What happened before and around the state";

/// What stands in for the state's task, branches or iterations.
#[derive(Debug, Default, Args)]
pub(crate) struct MockArgs {
    /// The result of the state's task, branches or iterations, which are then not run
    #[arg(long, value_name = "JSON|@FILE|-", help_heading = MOCK)]
    pub(crate) mock_result: Option<String>,
    /// The error that they fail with
    #[arg(long, value_name = "ERROR[:CAUSE]", conflicts_with = "mock_result", help_heading = MOCK)]
    pub(crate) mock_error: Option<String>,
    /// How to compare a mocked result with the service's model: required and present fields,
    /// present fields, or nothing
    #[arg(
        long,
        value_enum,
        default_value_t,
        ignore_case = true,
        value_name = "MODE",
        help_heading = MOCK
    )]
    pub(crate) field_validation: ValidationName,
}

/// What happened before and around the state.
#[derive(Debug, Default, Args)]
pub(crate) struct ConfigurationArgs {
    /// How often the retrier that answers the error was used already
    #[arg(long, value_name = "COUNT", help_heading = AROUND)]
    pub(crate) retrier_retry_count: Option<u64>,
    /// The state inside a Map or Parallel state that the mocked error comes from
    #[arg(long, value_name = "NAME", help_heading = AROUND)]
    pub(crate) error_caused_by_state: Option<String>,
    /// How many iterations of a Map failed
    #[arg(long, value_name = "COUNT", help_heading = AROUND)]
    pub(crate) map_iteration_failure_count: Option<u64>,
    /// What a Map's ItemReader reads, as its source has it
    #[arg(long, value_name = "TEXT|@FILE|-", help_heading = AROUND)]
    pub(crate) map_item_reader_data: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LevelName {
    #[default]
    Info,
    Debug,
    Trace,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValidationName {
    #[default]
    Strict,
    Present,
    None,
}

const EXAMPLES: &str = "\
Examples:
  sandstep test-state orders.asl.json --state Charge --input '{\"total\": 12}' \\
    --mock-error 'Busy:try later' --retrier-retry-count 2 --inspection-level debug
  sandstep test-state choose.yaml --input @order.json
  sandstep test-state examples/shipping --machine validate-all --state Validate-All \\
    --input @examples/shipping/input.json --mock-result '[]' --inspection-level debug";
