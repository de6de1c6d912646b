//! Errors in texts and errors of evaluation.

/// Why a text is not a path or an intrinsic function.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {})", offset + 1)]
pub struct PathError {
    /// What is wrong, in lower case.
    pub message: String,
    /// Bytes of the text before the place where it was noticed.
    pub offset: usize,
}

/// Which of the language's predefined errors an evaluation ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// An intrinsic function could not be applied to its arguments.
    IntrinsicFailure,
    /// A path could not be applied.
    ///
    /// The States Language names this `States.ParameterPathFailure`; recordings
    /// of the service show `States.Runtime`, and so do we.
    Runtime,
}

impl ErrorKind {
    /// The name as an execution reports it.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::IntrinsicFailure => "States.IntrinsicFailure",
            ErrorKind::Runtime => "States.Runtime",
        }
    }
}

/// Why an expression or a template has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EvalError {
    /// The predefined error.
    pub kind: ErrorKind,
    /// The cause, in the service's words where they are known.
    pub message: String,
}
