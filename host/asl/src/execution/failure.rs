//! Why a state failed, and whom that concerns.

use sandstep_json::Text;

use crate::history::ErrorDetails;

/// A predefined error name (States Language, "Appendix A").
pub(super) mod names {
    pub(in super::super) const ALL: &str = "States.ALL";
    pub(in super::super) const DATA_LIMIT_EXCEEDED: &str = "States.DataLimitExceeded";
    pub(in super::super) const EXCEED_TOLERATED_FAILURE_THRESHOLD: &str =
        "States.ExceedToleratedFailureThreshold";
    pub(in super::super) const HEARTBEAT_TIMEOUT: &str = "States.HeartbeatTimeout";
    pub(in super::super) const ITEM_READER_FAILED: &str = "States.ItemReaderFailed";
    pub(in super::super) const INTRINSIC_FAILURE: &str = "States.IntrinsicFailure";
    pub(in super::super) const QUERY_EVALUATION_ERROR: &str = "States.QueryEvaluationError";
    pub(in super::super) const RESULT_PATH_MATCH_FAILURE: &str = "States.ResultPathMatchFailure";
    pub(in super::super) const RUNTIME: &str = "States.Runtime";
    pub(in super::super) const TASK_FAILED: &str = "States.TaskFailed";
    pub(in super::super) const TIMEOUT: &str = "States.Timeout";
}

/// The longest error name and cause, in characters (API reference,
/// `ExecutionFailedEventDetails`). What is longer is cut.
const MAX_ERROR: usize = 256;
const MAX_CAUSE: usize = 32_768;

/// The longest location of a failed evaluation, in characters (API reference,
/// `EvaluationFailedEventDetails`).
const MAX_LOCATION: usize = 256;

/// Why a state failed.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) details: ErrorDetails,
    pub(super) reach: Reach,
    /// Where an expression failed, which the history has yet to tell.
    pub(super) evaluation: Option<Evaluation>,
}

/// The failed evaluation of a field in JSONata.
#[derive(Clone, Debug)]
pub(super) struct Evaluation {
    /// The path of the field in its state; `None` where no field is to blame.
    pub(super) location: Option<Text>,
}

/// Which retriers and catchers a failure concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those that name it, and wildcards.
    Any,
    /// Those that name it (`States.DataLimitExceeded` of the interpreter: "This
    /// error can't be caught by States.ALL", developer guide, "Error names").
    Named,
    /// As [`Reach::Any`]; the history says `States.Timeout` (recorded), and
    /// `States.HeartbeatTimeout` names it too.
    MissedHeartbeat,
    /// None: `States.Runtime` ends the execution, whatever its catchers say
    /// (recorded).
    Nobody,
}

impl Failure {
    /// A failure that a task, a Fail state or a named rule reports.
    pub(super) fn new(error: Option<Text>, cause: Option<Text>) -> Self {
        Self {
            details: ErrorDetails {
                error: error.map(|error| cut(error, MAX_ERROR)),
                cause: cause.map(|cause| cut(cause, MAX_CAUSE)),
            },
            reach: Reach::Any,
            evaluation: None,
        }
    }

    /// A failure with a predefined name.
    pub(super) fn named(error: &str, cause: impl Into<Text>) -> Self {
        Self::new(Some(error.into()), Some(cause.into()))
    }

    /// A failure that ends the execution.
    pub(super) fn runtime(cause: impl Into<Text>) -> Self {
        Self {
            reach: Reach::Nobody,
            ..Self::named(names::RUNTIME, cause)
        }
    }

    /// An expression in JSONata failed, or yielded what its field cannot use.
    pub(super) fn query_evaluation(cause: impl Into<Text>, location: Option<Text>) -> Self {
        Self {
            evaluation: Some(Evaluation {
                location: location.map(|location| cut(location, MAX_LOCATION)),
            }),
            ..Self::named(names::QUERY_EVALUATION_ERROR, cause)
        }
    }

    /// What a state or task of that name made was larger than allowed.
    pub(super) fn data_limit(name: &str) -> Self {
        let cause = format!(
            "The state/task '{name}' returned a result with a size exceeding the maximum number \
             of bytes service limit."
        );
        Self {
            reach: Reach::Named,
            ..Self::named(names::DATA_LIMIT_EXCEEDED, cause)
        }
    }

    pub(super) fn timeout() -> Self {
        Self::new(Some(names::TIMEOUT.into()), None)
    }

    pub(super) fn missed_heartbeat() -> Self {
        Self {
            reach: Reach::MissedHeartbeat,
            ..Self::timeout()
        }
    }

    /// Whether an `ErrorEquals` concerns this failure.
    pub(super) fn is_in(&self, error_equals: &[Text]) -> bool {
        self.reach != Reach::Nobody && error_equals.iter().any(|name| self.is_named(name))
    }

    fn is_named(&self, name: &str) -> bool {
        let error = self.details.error.as_deref();
        match name {
            _ if error == Some(name) => true,
            names::ALL => self.reach != Reach::Named,
            names::TASK_FAILED => self.reach == Reach::Any && error != Some(names::TIMEOUT),
            names::HEARTBEAT_TIMEOUT => self.reach == Reach::MissedHeartbeat,
            _ => false,
        }
    }
}

fn cut(text: Text, most: usize) -> Text {
    if text.len() <= most {
        return text;
    }
    match text.char_indices().nth(most) {
        Some((end, _)) => text[..end].into(),
        None => text,
    }
}
