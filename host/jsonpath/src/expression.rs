//! Expressions: a path or an intrinsic function.

use std::fmt;

use sandstep_json::Value;

use crate::select::Meter;
use crate::{Call, ErrorKind, EvalError, Path, PathError, PathFailure, Roots};

/// How many bytes of text the fields of one template may take up together.
///
/// An object knows how long its JSON is, and reads each of its texts through to know it. No
/// payload of the service comes near; a definition whose fields all take up one long text is
/// stopped after some milliseconds.
pub const TEXT_BUDGET: usize = 64 * 1024 * 1024;

/// Where random numbers come from: each call gives 64 more random bits.
pub type Draw<'a> = &'a mut dyn FnMut() -> u64;

/// What a field like `"name.$"` or `CausePath` holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A path: `$.a`, `$$.Execution.Name`, `$variable`.
    Path(Path),
    /// A call of an intrinsic function: `States.Format('{}', $.a)`.
    Call(Call),
}

impl Expression {
    /// Reads a path, if the text begins with `$`, or else a call; blanks around are ignored.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if text.trim_start().starts_with('$') {
            return Path::parse(text).map(Self::Path);
        }
        Call::parse(text).map(Self::Call)
    }

    /// Calls `visit` with the name of each variable that the expression reads.
    pub fn each_variable(&self, visit: &mut dyn FnMut(&str)) {
        match self {
            Expression::Path(path) => path.root().each_variable(visit),
            Expression::Call(call) => call.each_variable(visit),
        }
    }

    /// The expression as it was written, without blanks around it.
    pub fn text(&self) -> &str {
        match self {
            Expression::Path(path) => path.text(),
            Expression::Call(call) => call.text(),
        }
    }

    /// The value of the expression.
    ///
    /// `field` is the name of the field that holds the expression, as it is written in the
    /// definition (`"name.$"`, `"CausePath"`); the error names it.
    pub fn evaluate(
        &self,
        field: &str,
        roots: &(impl Roots + ?Sized),
        draw: Draw<'_>,
    ) -> Result<Value, EvalError> {
        self.evaluate_within(field, &mut Scope::new(roots, draw))
    }

    pub(crate) fn evaluate_within<R: Roots + ?Sized>(
        &self,
        field: &str,
        scope: &mut Scope<'_, R>,
    ) -> Result<Value, EvalError> {
        match self {
            Expression::Path(path) => scope
                .follow(path)
                .map_err(|failure| field_failure(field, &failure, scope.roots)),
            Expression::Call(call) => call.evaluate_within(scope),
        }
    }
}

/// What one evaluation reads, draws from and spends.
pub(crate) struct Scope<'a, R: ?Sized> {
    pub(crate) roots: &'a R,
    pub(crate) draw: Draw<'a>,
    meter: Meter,
    /// Bytes of the texts that were taken up so far.
    text: usize,
}

impl<'a, R: Roots + ?Sized> Scope<'a, R> {
    pub(crate) fn new(roots: &'a R, draw: Draw<'a>) -> Self {
        Self {
            roots,
            draw,
            meter: Meter::default(),
            text: 0,
        }
    }

    /// Counts a value that goes into the result; fails when [`TEXT_BUDGET`] is spent.
    pub(crate) fn take_up(&mut self, value: &Value) -> Result<(), EvalError> {
        self.text += value.as_str().map_or(0, str::len);
        if self.text <= TEXT_BUDGET {
            return Ok(());
        }
        Err(EvalError {
            kind: ErrorKind::Runtime,
            message: format!("the texts of the template are longer than {TEXT_BUDGET} bytes"),
        })
    }

    pub(crate) fn follow(&mut self, path: &Path) -> Result<Value, PathFailure> {
        path.evaluate_within(self.roots, &mut self.meter)
    }
}

#[cold]
fn field_failure<R: Roots + ?Sized>(field: &str, failure: &PathFailure, roots: &R) -> EvalError {
    let message = if failure.found_nothing() {
        format!(
            "The JSONPath '{}' specified for the field '{field}' could not be found in the input '{}'",
            failure.path(),
            roots.input().to_json()
        )
    } else {
        failure.invalid_path()
    };
    EvalError {
        kind: ErrorKind::Runtime,
        message,
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
