//! The log on stderr.

use std::env;
use std::io::{IsTerminal, stderr};

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry, fmt};

use crate::args::{Format, LogArgs};
use crate::command_error::CommandError;
use crate::terminal::Terminal;

/// Begins to write the log: one line for each thing that happens, with the
/// fields of what it happens in, such as the execution's ARN.
pub(crate) fn start_log(args: &LogArgs, terminal: Terminal) -> Result<(), CommandError> {
    let filter = filter(args)?;
    let lines = fmt::layer().with_writer(stderr);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match is_text(args) {
        true => lines.with_ansi(terminal.paint.is_enabled()).boxed(),
        false => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed(),
    };
    let log = Registry::default().with(lines.with_filter(filter));
    tracing::subscriber::set_global_default(log)
        .map_err(|cause| CommandError::caused("starting the log", &cause))
}

/// Whether the log is written for people.
pub(crate) fn is_text(args: &LogArgs) -> bool {
    match args.log {
        Some(format) => format == Format::Text,
        None => stderr().is_terminal(),
    }
}

fn filter(args: &LogArgs) -> Result<Targets, CommandError> {
    let from_environment = || env::var("RUST_LOG").ok().filter(|text| !text.is_empty());
    let text = args.log_level.clone().or_else(from_environment);
    let text = text.as_deref().unwrap_or("info");
    text.parse().map_err(|cause| {
        CommandError::caused(format!("\"{text}\" is no filter of the log"), &cause)
            .hint("--log-level takes error, warn, info, debug or trace")
    })
}
