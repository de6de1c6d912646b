//! One file for each command.

mod build;
mod executions;
mod history;
mod invoke;
mod new;
mod redrive;
mod remote;
mod replay;
mod run;
mod serve;
mod start;
mod stop;
mod test;
mod test_state;
mod validate;

use std::io::{IsTerminal, Write, stdout};
use std::path::Path;
use std::process::ExitCode;

use sandstep_asl::{ErrorDetails, Outcome};
use sandstep_json::Value;

pub(crate) use build::build;
pub(crate) use executions::executions;
pub(crate) use history::history;
pub(crate) use invoke::invoke;
pub(crate) use new::new;
pub(crate) use redrive::redrive;
pub(crate) use replay::replay;
pub(crate) use run::run;
pub(crate) use serve::serve;
pub(crate) use start::start;
pub(crate) use stop::stop;
pub(crate) use test::test;
pub(crate) use test_state::test_state;
pub(crate) use validate::validate;

use crate::command_error::{CommandError, FAILED};
use crate::project::{Function, Project, code_at};
use crate::read::{check_size, read_stdin, read_text};
use crate::terminal::Terminal;

/// Reads `JSON`, `@FILE` or `-`, as options take a document, of at most
/// `limit` bytes.
fn read_json(option: &str, argument: &str, limit: usize) -> Result<Value, CommandError> {
    let text = match argument.strip_prefix('@') {
        Some(file) => return read_json_file(Path::new(file), limit),
        None if argument == "-" => read_stdin(limit)?,
        None => argument.to_owned(),
    };
    check_size(text.len(), limit, option)?;
    Value::parse(&text)
        .map_err(|cause| CommandError::caused(format!("{option} is not JSON"), &cause))
}

pub(crate) fn read_json_file(file: &Path, limit: usize) -> Result<Value, CommandError> {
    let text = read_text(file, limit)?;
    Value::parse(&text)
        .map_err(|cause| CommandError::caused(format!("{} is not JSON", file.display()), &cause))
}

/// Reads `TEXT`, `@FILE` or `-`, as options take what need not be JSON, of at
/// most `limit` bytes.
fn read_text_argument(option: &str, argument: &str, limit: usize) -> Result<String, CommandError> {
    let text = match argument.strip_prefix('@') {
        Some(file) => return read_text(Path::new(file), limit),
        None if argument == "-" => read_stdin(limit)?,
        None => argument.to_owned(),
    };
    check_size(text.len(), limit, option)?;
    Ok(text)
}

/// Prints a document on stdout: for a person on a terminal, in one line for a
/// program.
fn print_json(value: &Value) -> Result<(), CommandError> {
    let text = match stdout().is_terminal() {
        true => value.to_pretty(),
        false => value.to_json(),
    };
    print_line(&text)
}

/// Prints on stdout, whose end may be gone.
fn print_line(text: &str) -> Result<(), CommandError> {
    writeln!(stdout(), "{text}")
        .map_err(|cause| CommandError::caused("writing to standard output", &cause))
}

/// Prints what an execution came to, and answers its exit status.
fn show_outcome(outcome: Outcome, terminal: Terminal) -> Result<ExitCode, CommandError> {
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

/// Adds what `--function NAME=PATH` says.
pub(crate) fn add_functions(
    project: &mut Project,
    functions: &[(String, String)],
) -> Result<(), CommandError> {
    for (name, path) in functions {
        if !Function::is_name(name) {
            return Err(CommandError::new(format!(
                "--function: \"{name}\" is no function's name"
            )));
        }
        let Some(code) = code_at(Path::new(path)) else {
            let message = format!("--function {name}={path}: that is no function");
            return Err(CommandError::new(message)
                .hint("give a component (FILE.wasm), a script, or a folder that a builder knows"));
        };
        project.add_function(Function::new(name, code));
    }
    Ok(())
}
