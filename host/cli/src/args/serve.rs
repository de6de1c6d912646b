//! The options of `sandstep serve`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::Values;
use crate::project::{ACCOUNT, REGION, Time};

/// Headings of the help.
const STORE: &str = "Store";
const ENDPOINT: &str = "Endpoint";
const LOG: &str = "Log";

/// Serve AWS's Step Functions and Lambda APIs, and keep every promise
///
/// Executions go on where they were when the server starts again, whatever
/// ended it. The functions of projects are built, their state machines are
/// created or brought up to date, and their http events answered; then the
/// endpoint's URL is printed, the only line on stdout. AWS's clients need
/// nothing but that URL.
///
/// Without credentials, requests need no signature, and the server listens on
/// this machine alone. SIGTERM and Ctrl-C end it in an orderly way, a second
/// one at once. The exit status is 0 if it ended in an orderly way, and 2 if
/// it could not be started.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ServeArgs {
    /// A project to deploy: its folder, or a definition in JSON or YAML; may be given often
    #[arg(long, short, value_name = "DIR")]
    pub(crate) project: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) values: Values,
    /// Lift or lower a quota, as the table of that name in sandstep.toml does; may be given often
    ///
    /// AWS's quotas are the defaults. Numbers: state-machines, versions, aliases, activities,
    /// tags, name-length, open-executions, active-executions, express-executions, connections,
    /// requests. Sizes such as "1 MB": definition, input, payload, request-head, request-body,
    /// request-bodies. Times such as "30 d", or unlimited: execution-time, express-time,
    /// redrive-period, retention. A number or unlimited: history-events.
    #[arg(long = "quota", value_name = "NAME=VALUE", value_parser = super::pair)]
    pub(crate) quotas: Vec<(String, String)>,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    #[command(flatten)]
    pub(crate) listen: ListenArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

/// Where everything is kept.
#[derive(Debug, Args)]
pub(crate) struct StoreArgs {
    /// Keep executions, state machines and functions in this folder
    #[arg(long, value_name = "DIR", default_value = "sandstep-data", help_heading = STORE)]
    pub(crate) data: PathBuf,
    /// What an acknowledged write outlives: the loss of power, or only the end of the process
    #[arg(long, value_enum, default_value_t, help_heading = STORE)]
    pub(crate) durability: DurabilityName,
}

/// Who may ask, and where.
#[derive(Debug, Args)]
pub(crate) struct ListenArgs {
    /// Listen at this address and port; port 0 takes a free one
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value_t = default_address(),
        help_heading = ENDPOINT
    )]
    pub(crate) listen: String,
    /// Answer only requests that are signed with one of the credentials in a file, which nobody
    /// else may read
    #[arg(long, value_name = "FILE", help_heading = ENDPOINT)]
    pub(crate) credentials: Option<PathBuf>,
    /// The region that ARNs name
    #[arg(long, value_name = "REGION", default_value = REGION, help_heading = ENDPOINT)]
    pub(crate) region: String,
    /// The account that ARNs name, twelve digits
    #[arg(
        long,
        value_name = "ACCOUNT",
        default_value = ACCOUNT,
        value_parser = account,
        help_heading = ENDPOINT
    )]
    pub(crate) account: String,
    /// How long an orderly end may take
    #[arg(
        long,
        value_name = "TIME",
        default_value = "30 s",
        value_parser = time,
        help_heading = ENDPOINT
    )]
    pub(crate) shutdown_timeout: Duration,
}

impl ListenArgs {
    /// The ARN of something of this server's account.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        let Self {
            region, account, ..
        } = self;
        format!("arn:aws:{service}:{region}:{account}:{resource}")
    }
}

/// What is told of what happens.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// How to write the log, on stderr: text for people, json for programs; otherwise text on a
    /// terminal and json elsewhere
    #[arg(long, value_enum, help_heading = LOG)]
    pub(crate) log: Option<super::Format>,
    /// What to log: error, warn, info, debug or trace, or such levels for parts of the program,
    /// such as info,sandstep_driver=debug; otherwise RUST_LOG, or info
    #[arg(long, value_name = "FILTER", help_heading = LOG)]
    pub(crate) log_level: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DurabilityName {
    #[default]
    Power,
    Process,
}

const EXAMPLES: &str = "\
Examples:
  sandstep serve --project examples/classroom
  aws stepfunctions list-state-machines --endpoint-url http://127.0.0.1:8083
  sandstep start classroom --input @input.json --wait

  sandstep serve --data /var/lib/sandstep --listen 0.0.0.0:8083 --credentials keys.ini";

fn default_address() -> String {
    format!("127.0.0.1:{}", crate::client::DEFAULT_PORT)
}

fn account(text: &str) -> Result<String, String> {
    match text.len() == 12 && text.bytes().all(|digit| digit.is_ascii_digit()) {
        true => Ok(text.to_owned()),
        false => Err("expected twelve digits".to_owned()),
    }
}

fn time(text: &str) -> Result<Duration, String> {
    let time = Time::parse(text).map(|time| time.0);
    time.ok_or_else(|| "expected a number and ms, s, min, h or d, such as \"30 s\"".to_owned())
}
