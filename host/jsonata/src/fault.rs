//! Why an expression has no value.

use std::fmt;

/// A failure to parse or to evaluate, with JSONata's own error code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The code that the reference implementation gives: `S0201`, `T2001`, `D3030`, …
    pub code: &'static str,
    /// What is wrong, as a sentence.
    pub message: String,
    /// Where in the expression, in bytes from its beginning, if one place is to blame.
    pub position: Option<usize>,
    /// The token at fault: a function's or an operator's name, a character.
    pub token: Option<String>,
}

impl Fault {
    /// A failure whose place is not known yet.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            position: None,
            token: None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
