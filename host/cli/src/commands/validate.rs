//! `sandstep validate`

use std::path::Path;
use std::process::ExitCode;

use sandstep_asl::{Options, StateMachine};
use sandstep_json::Position;

use super::print_line;
use crate::args::{Format, ValidateArgs};
use crate::command_error::{CommandError, UNUSABLE};
use crate::project::{diagnose, is_lone_definition, open};
use crate::read::{DOCUMENT_BYTES, read_text};
use crate::report::{FileDiagnostic, in_file};
use crate::terminal::{Terminal, say};

/// Reports what is wrong with each file.
pub(crate) fn validate(args: &ValidateArgs, terminal: Terminal) -> Result<ExitCode, CommandError> {
    let mut found = Vec::new();
    for file in &args.files {
        found.extend(
            check(file)
                .or_else(CommandError::into_diagnostics)
                .unwrap_or_else(|error| vec![unreadable(file, &error)]),
        );
    }
    match args.format {
        Format::Text => print_text(&found, args.files.len(), terminal),
        Format::Json => print_json(&found)?,
    }
    match found.iter().any(FileDiagnostic::is_error) {
        true => Ok(ExitCode::from(UNUSABLE)),
        false => Ok(ExitCode::SUCCESS),
    }
}

fn check(file: &Path) -> Result<Vec<FileDiagnostic>, CommandError> {
    if is_lone_definition(file) {
        return check_definition(file);
    }
    Ok(open(file, &[])?
        .machines
        .iter()
        .flat_map(|one| in_file(&one.file, diagnose(one)))
        .collect())
}

fn check_definition(file: &Path) -> Result<Vec<FileDiagnostic>, CommandError> {
    let text = read_text(file, DOCUMENT_BYTES)?;
    let options = Options {
        allow_placeholders: true,
        ..Options::default()
    };
    let parsed = StateMachine::parse_file(file, &text, &options);
    Ok(in_file(file, parsed.diagnostics))
}

/// A file that nothing can be said of but why. The others are checked all the
/// same.
fn unreadable(file: &Path, error: &CommandError) -> FileDiagnostic {
    FileDiagnostic::error(file, "unreadable", Position::START, error.to_line())
}

fn print_text(found: &[FileDiagnostic], files: usize, terminal: Terminal) {
    for diagnostic in found {
        say(&diagnostic.to_text(terminal.paint));
    }
    let errors = found.iter().filter(|one| one.is_error()).count();
    let count = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    };
    let summary = format!(
        "{}: {}, {}",
        count(files, "file"),
        count(errors, "error"),
        count(found.len() - errors, "warning")
    );
    terminal.progress("Checked", &summary);
}

fn print_json(found: &[FileDiagnostic]) -> Result<(), CommandError> {
    let found: Vec<_> = found.iter().map(FileDiagnostic::to_json).collect();
    print_line(&format!("{:#}", serde_json::Value::from(found)))
}
