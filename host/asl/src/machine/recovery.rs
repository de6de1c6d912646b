//! What a state does about failures.

use sandstep_json::Text;

use super::{Payload, ResultPath, StateId};
use crate::jsonata;

/// `Retry` and `Catch` of a Task, Parallel or Map state.
#[derive(Debug, Default)]
pub(crate) struct Recovery {
    pub(crate) retriers: Box<[Retrier]>,
    pub(crate) catchers: Box<[Catcher]>,
}

#[derive(Debug)]
pub(crate) struct Retrier {
    /// `ErrorEquals`.
    pub(crate) errors: Box<[Text]>,
    /// `IntervalSeconds`, default 1.
    pub(crate) interval_seconds: u64,
    /// `MaxAttempts`, default 3; 0 means never retry.
    pub(crate) max_attempts: u64,
    /// `BackoffRate`, default 2.0, at least 1.0.
    pub(crate) backoff_rate: f64,
    /// `MaxDelaySeconds`.
    pub(crate) max_delay_seconds: Option<u64>,
    /// `JitterStrategy` is `FULL`.
    pub(crate) full_jitter: bool,
}

#[derive(Debug)]
pub(crate) struct Catcher {
    /// `ErrorEquals`.
    pub(crate) errors: Box<[Text]>,
    /// What the next state enters with.
    pub(crate) flow: CatchFlow,
    /// Evaluated on the error output.
    pub(crate) assign: Option<Payload>,
    pub(crate) next: StateId,
}

/// What a catcher makes of the error output.
#[derive(Debug)]
pub(crate) enum CatchFlow {
    /// `ResultPath`.
    JsonPath(ResultPath),
    /// `Output`; the error output itself where there is none.
    Jsonata(Option<jsonata::Template>),
}
