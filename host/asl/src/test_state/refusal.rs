//! Why a state cannot be tested.

use std::fmt;

use crate::diagnostic::Diagnostic;
use crate::verdict::Verdict;

/// Why a state cannot be tested as asked, in the service's own terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The definition has errors (`InvalidDefinition`), in our words and in the service's.
    Problems(Vec<Diagnostic>, Verdict),
    /// The definition is valid, but not for a test (`InvalidDefinition`).
    Untestable(String),
    /// The input is no JSON (`InvalidExecutionInput`).
    Input(String),
    /// A part of the request is not as it has to be (`ValidationException`).
    Validation(String),
}

impl Refusal {
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::Validation(message.into())
    }

    /// The name of the error that the service answers with (API reference, `TestState`,
    /// "Errors").
    pub fn code(&self) -> &'static str {
        match self {
            Self::Problems(..) | Self::Untestable(_) => "InvalidDefinition",
            Self::Input(_) => "InvalidExecutionInput",
            Self::Validation(_) => "ValidationException",
        }
    }
}

/// The message; of problems, a line for each.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problems(problems, _) => problems
                .iter()
                .try_for_each(|problem| writeln!(f, "{problem}")),
            Self::Untestable(message) | Self::Input(message) | Self::Validation(message) => {
                f.write_str(message)
            }
        }
    }
}

impl std::error::Error for Refusal {}
