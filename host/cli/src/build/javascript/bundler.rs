//! The conversation with the toolchain's script, which bundles a function and
//! makes a component of the bundle.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sandstep_json::Position;
use serde::{Deserialize, Serialize};

use super::handler::Entry;
use super::toolchain::Toolchain;
use crate::build::tool::{self, Ended, ToolError, ToolLimits};
use crate::command_error::CommandError;
use crate::report::FileDiagnostic;

/// The largest of bundles takes seconds; the function's own module-level code
/// runs within this time as well.
const LIMITS: ToolLimits = ToolLimits {
    wall_time: Duration::from_secs(3 * 60),
    output_bytes: 16 * 1024 * 1024,
};

/// How many seconds of processor time the script may take. If nobody is left
/// who could stop it, module-level code without an end still has one.
const CPU_SECONDS: &str = "360";

/// The exit status of a script that found something that the author must mend.
const REFUSED: i32 = 1;

/// Lines that are shown of what a broken script says.
const MAX_LINES: usize = 12;

/// What the script is asked for, in one JSON object.
#[derive(Debug, Serialize)]
pub(super) struct Request<'r> {
    entry: &'r Path,
    export: Option<&'r str>,
    output: &'r Path,
    name: &'r str,
    wit: PathBuf,
}

/// What it answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    /// Every file that was bundled.
    pub(super) inputs: Vec<PathBuf>,
    /// What may surprise, each with its place.
    pub(super) warnings: Vec<String>,
    /// What was decided, for those who want to know.
    pub(super) notes: Vec<String>,
    errors: Vec<Problem>,
}

/// What the author must mend, and where: lines and columns count from 1.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Problem {
    file: Option<PathBuf>,
    line: Option<usize>,
    column: Option<usize>,
    message: String,
    hint: Option<String>,
    text: Option<String>,
}

/// Makes a component of the function that begins at `entry`.
pub(super) fn bundle(
    name: &str,
    entry: &Entry,
    output: &Path,
    toolchain: &Toolchain,
) -> Result<Answer, CommandError> {
    let request = Request {
        entry: &entry.file,
        export: entry.export.as_deref(),
        output,
        name,
        wit: toolchain.wit(),
    };
    // A path need not be text; JSON has to be.
    let request = serde_json::to_vec(&request).map_err(|cause| {
        CommandError::caused(format!("asking for {}", entry.file.display()), &cause)
    })?;
    let ended =
        tool::run(&mut script(toolchain), &request, LIMITS).map_err(|error| match error {
            ToolError::Deadline(_) => error.of("the JavaScript toolchain").hint(format!(
                "code of \"{name}\" outside of its handler is run by the build: does it end?"
            )),
            _ => error.of("the JavaScript toolchain"),
        })?;
    answer(name, entry, &ended)
}

/// Node.js with the script, set its limit by the shell.
fn script(toolchain: &Toolchain) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -t \"$0\" && exec node \"$1\"", CPU_SECONDS])
        .arg(toolchain.build_script());
    command
}

fn answer(name: &str, entry: &Entry, ended: &Ended) -> Result<Answer, CommandError> {
    let answer = serde_json::from_slice::<Answer>(&ended.stdout);
    match (ended.status.code(), answer) {
        (Some(0), Ok(answer)) => Ok(answer),
        (Some(REFUSED), Ok(answer)) if !answer.errors.is_empty() => {
            let found = answer.errors.into_iter();
            let message = format!("the function \"{name}\" cannot be built");
            let diagnostics = found.map(|problem| problem.diagnostic(entry)).collect();
            Err(CommandError::diagnosed(message, diagnostics))
        }
        _ => Err(broken(name, ended)),
    }
}

/// A failure of the toolchain's own.
fn broken(name: &str, ended: &Ended) -> CommandError {
    let message = format!(
        "the JavaScript toolchain failed to build \"{name}\" ({})",
        ended.status
    );
    let said = ended.stderr.lines().filter(|line| !line.trim().is_empty());
    CommandError::new(message).causes(said.take(MAX_LINES))
}

impl Problem {
    fn diagnostic(self, entry: &Entry) -> FileDiagnostic {
        let file = self.file.unwrap_or_else(|| entry.file.clone());
        let position = Position {
            line: self.line.unwrap_or(1),
            column: self.column.unwrap_or(1),
            ..Position::START
        };
        FileDiagnostic::error(&shown(&file), "javascript", position, self.message)
            .with_hint(self.hint)
            .with_source(self.text)
    }
}

/// A file as someone in this folder would name it.
fn shown(file: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    file.strip_prefix(here).unwrap_or(file).to_owned()
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;
    use crate::terminal::{ColorChoice, Terminal, Verbosity};

    fn ended(code: i32, stdout: &str) -> Result<Answer, CommandError> {
        let entry = Entry {
            file: PathBuf::from("/project/start.js"),
            export: None,
        };
        let ended = Ended {
            status: ExitStatus::from_raw(code << 8),
            stdout: stdout.as_bytes().to_vec(),
            stderr: "Error: out of memory\n".to_owned(),
        };
        answer("start", &entry, &ended)
    }

    fn text(error: CommandError) -> String {
        let terminal = Terminal::new(ColorChoice::Never, Verbosity::Normal);
        error.to_text(terminal.paint)
    }

    #[test]
    fn a_component_has_inputs_and_warnings() {
        let answer = ended(
            0,
            r#"{"inputs": ["/project/start.js"], "warnings": ["odd"]}"#,
        )
        .unwrap();
        assert_eq!(answer.inputs, [PathBuf::from("/project/start.js")]);
        assert_eq!(answer.warnings, ["odd"]);
    }

    #[test]
    fn an_authors_error_has_its_place_and_line() {
        let stdout = r#"{"errors": [{"file": "/project/lib.js", "line": 3, "column": 7,
            "message": "Expected \";\"", "hint": null, "text": "const a b"}]}"#;
        let text = text(ended(1, stdout).unwrap_err());
        let expected = "/project/lib.js:3:7: error[javascript]: Expected \";\"\n    3 | const a b\n      |       ^\n";
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn an_error_without_a_place_is_the_entrys() {
        let text = text(ended(1, r#"{"errors": [{"message": "no export"}]}"#).unwrap_err());
        assert!(text.starts_with("/project/start.js:1:1: error[javascript]: no export\n"));
    }

    #[test]
    fn a_failure_of_the_toolchain_is_told_apart() {
        for (code, stdout) in [(1, ""), (1, "{\"errors\": []}"), (7, "{}"), (0, "no json")] {
            let text = text(ended(code, stdout).unwrap_err());
            assert!(text.contains("toolchain failed"), "{code} {stdout}: {text}");
            assert!(text.contains("out of memory"), "{text}");
        }
    }
}
