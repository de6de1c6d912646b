//! Why a command did not do its work, said once for the person at the terminal.

use std::error::Error;
use std::io;
use std::path::Path;

use crate::report::FileDiagnostic;
use crate::terminal::{Paint, escaped_lines};

/// The exit status of an execution or a function that failed.
pub(crate) const FAILED: u8 = 1;
/// The exit status of everything that kept it from starting.
pub(crate) const UNUSABLE: u8 = 2;

/// The exit status of a command that a signal ended, as shells tell it: 128 and
/// the number of SIGINT.
pub(crate) const INTERRUPTED: u8 = 130;

/// Why a command ends with status 2: kind and cause in one sentence, the
/// chain beneath it, and hints.
///
/// An execution that fails is no such error: it did run.
#[derive(Debug, Default)]
pub(crate) struct CommandError {
    message: String,
    causes: Vec<String>,
    diagnostics: Vec<FileDiagnostic>,
    hints: Vec<String>,
}

impl CommandError {
    /// An error that its message tells in full: lower case, no full stop.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }

    /// What failed, and why.
    pub(crate) fn caused(message: impl Into<String>, cause: &dyn Error) -> Self {
        let chain = std::iter::successors(Some(cause), |error| (*error).source());
        Self {
            causes: chain.map(ToString::to_string).collect(),
            ..Self::new(message)
        }
    }

    /// A file that could not be read, or another operation on a path.
    pub(crate) fn io(operation: &str, path: &Path, cause: &io::Error) -> Self {
        Self::caused(format!("{operation} {}", path.display()), cause)
    }

    /// Problems in files of the user's.
    pub(crate) fn diagnosed(message: impl Into<String>, diagnostics: Vec<FileDiagnostic>) -> Self {
        Self {
            diagnostics,
            ..Self::new(message)
        }
    }

    /// Several errors in one, said once each; `None` of none.
    pub(crate) fn several(message: &str, mut errors: Vec<Self>) -> Option<Self> {
        if errors.len() < 2 {
            return errors.pop();
        }
        let mut all = Self::new(message);
        for mut error in errors {
            all.diagnostics.append(&mut error.diagnostics);
            all.causes.push(error.to_line());
            all.hints.append(&mut error.hints);
        }
        all.causes.dedup();
        all.hints.sort();
        all.hints.dedup();
        Some(all)
    }

    /// Adds what the person may do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds lines that say why.
    pub(crate) fn causes<'c>(mut self, lines: impl IntoIterator<Item = &'c str>) -> Self {
        self.causes.extend(lines.into_iter().map(ToOwned::to_owned));
        self
    }

    /// The problems of files alone, if that is what this error consists of.
    pub(crate) fn into_diagnostics(self) -> Result<Vec<FileDiagnostic>, Self> {
        match self.diagnostics.is_empty() {
            true => Err(self),
            false => Ok(self.diagnostics),
        }
    }

    /// The message and its causes, without what may be done about it.
    pub(crate) fn to_line(&self) -> String {
        let causes = self.causes.iter().map(String::as_str);
        let parts: Vec<&str> = std::iter::once(self.message.as_str())
            .chain(causes)
            .collect();
        parts.join(": ")
    }

    /// The text for the terminal.
    pub(crate) fn to_text(&self, paint: Paint) -> String {
        let mut text: String = self
            .diagnostics
            .iter()
            .map(|one| one.to_text(paint))
            .collect();
        text += &format!("{} {}\n", paint.red("error:"), escaped_lines(&self.message));
        for cause in &self.causes {
            text += &format!("  {} {}\n", paint.bold("cause:"), escaped_lines(cause));
        }
        for hint in &self.hints {
            text += &format!("  {} {}\n", paint.bold("hint:"), escaped_lines(hint));
        }
        text
    }
}

impl From<FileDiagnostic> for CommandError {
    fn from(diagnostic: FileDiagnostic) -> Self {
        let message = format!("{} cannot be used", diagnostic.file.display());
        Self::diagnosed(message, vec![diagnostic])
    }
}
