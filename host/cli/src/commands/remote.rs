//! What the commands share that speak to an endpoint.

use std::io::{IsTerminal, stdout};
use std::process::ExitCode;

use sandstep_json::{Object, Text, Value};
use sandstep_service::replay::moment;

use super::{print_json, print_line, show_outcome};
use crate::args::{ClockName, EndpointArgs, Format};
use crate::client::{Client, Watch};
use crate::command_error::{CommandError, INTERRUPTED};
use crate::execution::interrupt;
use crate::report::facts;
use crate::runtime;
use crate::terminal::{Progress, Terminal, say};

/// Runs a command with a client of the endpoint.
pub(super) fn run(
    endpoint: &EndpointArgs,
    command: impl AsyncFnOnce(Client) -> Result<ExitCode, CommandError>,
) -> Result<ExitCode, CommandError> {
    let client = Client::new(endpoint)?;
    // One thread is enough to wait on.
    runtime::threads(ClockName::Virtual)?.block_on(command(client))
}

/// Whether to print for people.
pub(super) fn is_for_people(format: Option<Format>) -> bool {
    match format {
        Some(format) => format == Format::Text,
        None => stdout().is_terminal(),
    }
}

/// Prints an answer: its members as facts for people, or as it is.
pub(super) fn print_answer(
    answer: &Value,
    format: Option<Format>,
) -> Result<ExitCode, CommandError> {
    match (is_for_people(format), answer.as_object()) {
        (true, Some(answer)) => print_line(facts(&facts_of(answer)).trim_end())?,
        _ => print_json(answer)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn facts_of(answer: &Object) -> Vec<(&str, String)> {
    let members = answer.iter();
    members
        .map(|(key, value)| (key.as_str(), fact(key, value)))
        .collect()
}

/// A member for people: dates are seconds since 1970 in AWS's JSON.
fn fact(key: &str, value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Number(_) if key.ends_with("Date") => date(Some(value)),
        other => other.to_json(),
    }
}

/// A date of an answer; nothing where there is none.
pub(super) fn date(value: Option<&Value>) -> String {
    value
        .and_then(moment)
        .map_or_else(String::new, |moment| moment.to_string())
}

/// A text of an answer; nothing where there is none.
pub(super) fn text(answer: &Value, key: &str) -> Text {
    let text = answer.get(key).and_then(Value::as_text);
    text.cloned().unwrap_or_default()
}

/// Shows how far an execution is until it ends, and then how it did. Who does
/// not want to wait for that interrupts the waiting alone.
pub(super) async fn wait_for(
    client: &Client,
    arn: &str,
    terminal: Terminal,
) -> Result<ExitCode, CommandError> {
    let mut progress = Progress::new(terminal);
    let watch = Watch::new(client, arn);
    let ended = tokio::select! {
        ended = watch.until_end(|event| progress.event(&event.into())) => Some(ended),
        _ = interrupt() => None,
    };
    progress.finish();
    match ended {
        Some(outcome) => show_outcome(outcome?, terminal),
        None => {
            say(&format!(
                "the execution goes on; `sandstep stop {arn}` ends it\n"
            ));
            Ok(ExitCode::from(INTERRUPTED))
        }
    }
}
