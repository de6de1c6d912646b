//! Why an expression has no value.

use std::fmt;

/// A failure to parse or to evaluate, with JSONata's own error code.
///
/// The codes are those of the reference implementation of JSONata 2.0.6. D1011 to D1015 say that
/// a bound of [`Limits`](crate::Limits) was met, S0303 that a regular expression is malformed,
/// S0304 that an expression is nested too deep to be read, and T1013 that a result is a function.
/// D3142 to D3144 are of the functions that Step Functions adds: a text that is not JSON, a step
/// of zero, a size of chunks that is none.
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

    /// The same failure at a place, unless its place is known already.
    pub(crate) fn at(mut self, position: usize) -> Self {
        self.position.get_or_insert(position);
        self
    }

    /// The same failure with the token to blame, unless that is known already.
    pub(crate) fn of(mut self, token: &str) -> Self {
        self.token.get_or_insert_with(|| token.to_owned());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
