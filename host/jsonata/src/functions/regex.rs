//! Regular expressions: ECMAScript's syntax and meaning, with the work of a search bounded.
//!
//! JSONata's reference hands patterns to JavaScript's `RegExp`, so look-around, back-references and
//! captures mean what they mean there (ECMA-262, "RegExp (Regular Expression) Objects", with the
//! older forms of its annex B). The one difference: text is a sequence of code points, not of UTF-16
//! units, so `.` never matches half a character.
//!
//! Such patterns can only be matched by backtracking, whose time may be exponential. A search
//! therefore spends [`Effort`], and ends in an error when none is left. A repetition is a counter,
//! not a copy, so compiling is linear in the pattern's length.

mod char_set;
mod compile;
mod escape;
mod matcher;
mod parser;
mod program;
mod syntax;

use std::ops::Range;

use crate::Fault;
use matcher::Matcher;
use program::Program;

/// A parsed regular expression.
#[derive(Debug)]
pub(crate) struct Regex {
    program: Program,
}

/// What searching may still cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Instructions and characters; ten nanoseconds each, about.
    pub(crate) steps: u64,
    /// Bytes that the alternatives not yet tried may take at any time.
    pub(crate) memory: usize,
}

/// Where a regular expression matched, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    /// The whole match.
    pub(crate) span: Range<usize>,
    /// The captures in order; `None` for groups that took no part.
    pub(crate) groups: Vec<Option<Range<usize>>>,
}

/// The flags behind a literal's closing slash.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags {
    /// `i`
    pub(crate) ignore_case: bool,
    /// `m`: `^` and `$` match at every line
    pub(crate) multiline: bool,
}

impl Regex {
    /// Parses a pattern, the text between the slashes of a literal.
    ///
    /// Fails with S0303 where it is not a regular expression or nests deeper than 200 levels.
    pub(crate) fn parse(pattern: &str, flags: Flags) -> Result<Self, Fault> {
        let pattern = parser::parse(pattern)?;
        let program = compile::compile(&pattern, flags);
        Ok(Self { program })
    }

    /// The first match at or after byte `from`, which must be a character's beginning.
    ///
    /// Fails with D1012 once the effort is spent.
    pub(crate) fn find_at(
        &self,
        text: &str,
        from: usize,
        effort: &mut Effort,
    ) -> Result<Option<Match>, Fault> {
        Matcher::new(&self.program, text, effort).find_at(from)
    }
}

#[cfg(test)]
mod tests;
