//! The options of the commands that speak to an endpoint.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Format;

/// Headings of the help.
const ENDPOINT: &str = "Endpoint";

/// Which endpoint to speak to, and as whom.
#[derive(Debug, Default, Args)]
pub(crate) struct EndpointArgs {
    /// The endpoint's URL; otherwise SANDSTEP_ENDPOINT, AWS_ENDPOINT_URL_SFN, AWS_ENDPOINT_URL,
    /// or where `sandstep serve` listens by default: http://127.0.0.1:8083
    #[arg(long, value_name = "URL", help_heading = ENDPOINT)]
    pub(crate) endpoint: Option<String>,
    /// Sign requests with the first credentials of a file as `sandstep serve --credentials`
    /// takes it; otherwise with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or not at all
    #[arg(long, value_name = "FILE", help_heading = ENDPOINT)]
    pub(crate) credentials: Option<PathBuf>,
    /// The region that requests are signed for; otherwise AWS_REGION, AWS_DEFAULT_REGION, or
    /// us-east-1
    #[arg(long, value_name = "REGION", help_heading = ENDPOINT)]
    pub(crate) region: Option<String>,
}

/// Start an execution on a server
///
/// With --wait, the output is the only thing on stdout, and the exit status is
/// 0 if the execution succeeded, 1 if it failed, timed out or was aborted, and
/// 2 if it could not be started or watched. Ctrl-C ends the waiting, and not
/// the execution.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sandstep start orders --input '{\"total\": 12}' --name order-17\n  \
    sandstep start orders --input @order.json --wait | jq .receipt"
)]
pub(crate) struct StartArgs {
    /// The state machine: its name, or the ARN of it, of a version or of an alias
    pub(crate) machine: String,
    /// The input: JSON, @FILE, or - for stdin
    #[arg(long, short, value_name = "JSON|@FILE|-", default_value = "{}")]
    pub(crate) input: String,
    /// The execution's name; otherwise the server makes one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Show how far it is, and print its output once it has ended
    #[arg(long, short)]
    pub(crate) wait: bool,
    /// How to print what was started: text for people, json as AWS answers; otherwise text on a
    /// terminal and json elsewhere
    #[arg(long, value_enum, conflicts_with = "wait")]
    pub(crate) format: Option<Format>,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

/// List executions of a server, those that started last first
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sandstep executions\n  sandstep executions orders --status FAILED\n  \
    sandstep executions orders --limit 1 --format json | jq -r '.executions[].executionArn'"
)]
pub(crate) struct ExecutionsArgs {
    /// Only those of this state machine: its name, or the ARN of it, of a version or of an alias
    pub(crate) machine: Option<String>,
    /// Only those with this status
    #[arg(long, short, value_enum, ignore_case = true)]
    pub(crate) status: Option<StatusName>,
    /// List at most so many
    #[arg(long, short, value_name = "NUMBER", default_value_t = 100)]
    pub(crate) limit: usize,
    /// How to print them: text for people, json as AWS answers; otherwise text on a terminal and
    /// json elsewhere
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

/// Print the history of an execution of a server
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  sandstep history orders/order-17\n  \
    sandstep history orders/order-17 --follow\n  \
    sandstep history order-17 --format json > history.json && sandstep replay history.json")]
pub(crate) struct HistoryArgs {
    /// The execution: its ARN, MACHINE/NAME, or its name where no other machine has one of that
    /// name
    pub(crate) execution: String,
    /// The last event first
    #[arg(long, short)]
    pub(crate) reverse: bool,
    /// Show how far a running execution is, and print its output once it has ended; with the
    /// exit status of `start --wait`
    #[arg(long, short, conflicts_with_all = ["reverse", "format"])]
    pub(crate) follow: bool,
    /// How to print it: text for people, json as AWS answers, which `sandstep replay` reads;
    /// otherwise text on a terminal and json elsewhere
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

/// Stop a running execution of a server
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  sandstep stop orders/order-17 --error Cancelled --cause 'by phone'"
)]
pub(crate) struct StopArgs {
    /// The execution: its ARN, MACHINE/NAME, or its name where no other machine has one of that
    /// name
    pub(crate) execution: String,
    /// The error that it ends with
    #[arg(long, value_name = "ERROR")]
    pub(crate) error: Option<String>,
    /// Why it was stopped
    #[arg(long, value_name = "TEXT")]
    pub(crate) cause: Option<String>,
    /// How to print when it stopped: text for people, json as AWS answers; otherwise text on a
    /// terminal and json elsewhere
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

/// Continue an execution that failed, timed out or was aborted, from where it did
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  sandstep redrive orders/order-17 --wait")]
pub(crate) struct RedriveArgs {
    /// The execution: its ARN, MACHINE/NAME, or its name where no other machine has one of that
    /// name
    pub(crate) execution: String,
    /// Show how far it is, and print its output once it has ended; with the exit status of
    /// `start --wait`
    #[arg(long, short)]
    pub(crate) wait: bool,
    /// How to print when it was redriven: text for people, json as AWS answers; otherwise text on
    /// a terminal and json elsewhere
    #[arg(long, value_enum, conflicts_with = "wait")]
    pub(crate) format: Option<Format>,
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
}

/// The status of an execution, as AWS names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum StatusName {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
    PendingRedrive,
}

impl StatusName {
    /// AWS's name for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
            Self::PendingRedrive => "PENDING_REDRIVE",
        }
    }
}
