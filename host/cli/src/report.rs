//! What is wrong with a file of the user's, and how it is shown.

mod table;
mod tested_state;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use sandstep_asl::{Code, Diagnostic, Severity};
use sandstep_json::Position;

pub(crate) use table::{facts, table};
pub(crate) use tested_state::tested_state;

use crate::terminal::{Paint, acts, escaped, escaped_lines};

/// A problem of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileDiagnostic {
    /// The file, as the user may name it.
    pub(crate) file: PathBuf,
    /// The problem and its place in the file.
    pub(crate) diagnostic: Diagnostic,
    /// The line of the file, where it is shown.
    source: Option<String>,
}

/// How much of a line is shown, so that it fits a terminal: bundled code may
/// have lines of a megabyte.
const SHOWN_COLUMNS: usize = 100;

impl FileDiagnostic {
    /// An error of `file` that no definition's rule covers.
    pub(crate) fn error(
        file: &Path,
        rule: &'static str,
        position: Position,
        message: String,
    ) -> Self {
        let diagnostic = Diagnostic {
            severity: Severity::Error,
            rule,
            code: None,
            path: String::new(),
            line: position.line,
            column: position.column,
            message,
            hint: None,
        };
        Self {
            file: file.to_owned(),
            diagnostic,
            source: None,
        }
    }

    /// Something that may surprise, and keeps nothing from running.
    pub(crate) fn warning(
        file: &Path,
        rule: &'static str,
        position: Position,
        message: String,
    ) -> Self {
        let mut warning = Self::error(file, rule, position, message);
        warning.diagnostic.severity = Severity::Warning;
        warning
    }

    /// The same with a hint.
    pub(crate) fn with_hint(mut self, hint: impl Into<Option<String>>) -> Self {
        self.diagnostic.hint = hint.into();
        self
    }

    /// The same with the line that it is about.
    pub(crate) fn with_source(mut self, line: Option<String>) -> Self {
        self.source = line;
        self
    }

    /// Whether it is a problem of this rule.
    pub(crate) fn is(&self, rule: &str) -> bool {
        self.diagnostic.rule == rule
    }

    /// Whether the file cannot be used.
    pub(crate) fn is_error(&self) -> bool {
        self.diagnostic.severity == Severity::Error
    }

    /// `file:line:column: error[rule]: message`, then the line itself, where in
    /// the document and what to do about it.
    pub(crate) fn to_text(&self, paint: Paint) -> String {
        let Diagnostic {
            severity,
            rule,
            path,
            line,
            column,
            message,
            hint,
            ..
        } = &self.diagnostic;
        let label = format!("{severity}[{rule}]");
        let label = match severity {
            Severity::Error => paint.red(&label),
            Severity::Warning => paint.yellow(&label),
        };
        let file = self.file.display().to_string();
        let (file, message) = (escaped(&file), escaped_lines(message));
        let mut text = format!("{file}:{line}:{column}: {label}: {message}\n");
        if let Some(source) = &self.source {
            text += &excerpt(source, *line, *column);
        }
        if !path.is_empty() {
            let _ = writeln!(text, "    at {}", escaped(path));
        }
        if let Some(hint) = hint {
            let _ = writeln!(text, "    {} {}", paint.bold("hint:"), escaped_lines(hint));
        }
        text
    }

    /// The problem as an object for other programs, in the shape that `validate` documents.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        let Diagnostic {
            severity,
            rule,
            code,
            path,
            line,
            column,
            message,
            hint,
        } = &self.diagnostic;
        serde_json::json!({
            "file": self.file.display().to_string(),
            "line": line,
            "column": column,
            "severity": severity.to_string(),
            "rule": rule,
            "code": code.map(Code::as_str),
            "path": path,
            "message": message,
            "hint": hint,
        })
    }
}

/// Diagnostics of one file, each with the file's name.
pub(crate) fn in_file(
    file: &Path,
    diagnostics: impl IntoIterator<Item = Diagnostic>,
) -> Vec<FileDiagnostic> {
    let of_file = |diagnostic| FileDiagnostic {
        file: file.to_owned(),
        diagnostic,
        source: None,
    };
    diagnostics.into_iter().map(of_file).collect()
}

/// A line behind its number, and a mark beneath the column.
fn excerpt(source: &str, line: usize, column: usize) -> String {
    let before = column.saturating_sub(1);
    let skipped = (before + 1).saturating_sub(SHOWN_COLUMNS);
    // A tab is as wide as the terminal likes; other control characters may do
    // anything to it.
    let shown: String = source
        .chars()
        .skip(skipped)
        .take(SHOWN_COLUMNS)
        .map(|letter| {
            if letter == '\t' || acts(letter) {
                ' '
            } else {
                letter
            }
        })
        .collect();
    let (number, shown) = (line.to_string(), shown.trim_end());
    let mark = before - skipped + 1;
    format!(
        "    {number} | {shown}\n    {:width$} | {:>mark$}\n",
        "",
        "^",
        width = number.len()
    )
}

/// `did you mean "memory"?`, where a candidate looks alike.
pub(crate) fn did_you_mean<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<String> {
    let distance =
        |candidate: &str| strsim::osa_distance(&name.to_lowercase(), &candidate.to_lowercase());
    let (nearest, _) = candidates
        .into_iter()
        .map(|candidate| (candidate, distance(candidate)))
        .filter(|(candidate, distance)| *distance <= candidate.chars().count().max(3) / 3)
        .min_by_key(|(_, distance)| *distance)?;
    Some(format!("did you mean \"{nearest}\"?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_marked_at_its_column() {
        let expected = "    12 | \u{20}const a b\n       |          ^\n";
        assert_eq!(excerpt("\tconst a b", 12, 10), expected);
    }

    #[test]
    fn of_a_long_line_the_marked_part_is_shown() {
        let line = format!("{}!{}", "a".repeat(5000), "b".repeat(5000));
        let shown = excerpt(&line, 1, 5001);
        let (first, second) = shown.split_once('\n').unwrap();
        assert!(first.len() < 120, "{first}");
        assert_eq!(first.find('!'), second.find('^'));
    }
}
