//! What is wrong with a definition, and where.

use std::fmt;

use crate::verdict::Code;

/// One problem of a definition.
///
/// Displayed as `7:15: error[unknown-state] $.States.A.Next: no state is called "Finnish"
/// (did you mean "Finish"?)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the definition can run all the same.
    pub severity: Severity,
    /// The rule that is broken, in kebab case: `unknown-field`, `missing-transition-target`, …
    /// Rules keep their names from version to version.
    pub rule: &'static str,
    /// What the service calls the problem; `None` where it does not report it.
    pub code: Option<Code>,
    /// The JSON path of the offending part: `$.States.Work.Retry[0].ErrorEquals`.
    /// Names longer than 80 characters are cut.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
    /// What is wrong, in lower case, without a full stop.
    pub message: String,
    /// What to do about it, where that can be told.
    pub hint: Option<String>,
}

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The definition is refused.
    Error,
    /// The definition runs, though perhaps not as meant.
    Warning,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            severity,
            rule,
            path,
            line,
            column,
            message,
            hint,
            ..
        } = self;
        write!(f, "{line}:{column}: {severity}[{rule}] {path}: {message}")?;
        match hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}
