//! Who calls, and what time it is for the guest.

use std::borrow::Cow;

/// The circumstances of one invocation. Its texts may be borrowed from whoever calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// Identifies the invocation; its log lines and errors bear it.
    pub request_id: Cow<'a, str>,
    /// The version that is called; otherwise the function's own.
    pub function_version: Option<Cow<'a, str>>,
    /// The ARN by which it is called; otherwise the function's own.
    pub invoked_function_arn: Option<Cow<'a, str>>,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// The execution that calls, if a state machine does.
    pub execution_arn: Option<Cow<'a, str>>,
    /// The state that calls, if a state machine does.
    pub state_name: Option<Cow<'a, str>>,
    /// The same for every attempt at the same task, and for no other.
    pub idempotency_token: Option<Cow<'a, str>>,
    /// The clock that the guest sees.
    pub clock: ClockSource,
    /// Makes the guest's randomness repeat itself: the same seed, the same
    /// bytes. `None` is secure randomness.
    pub seed: Option<u64>,
}

impl<'a> Call<'a> {
    /// A first attempt outside of any state machine, on the real clock.
    pub fn new(request_id: impl Into<Cow<'a, str>>) -> Self {
        Self {
            request_id: request_id.into(),
            function_version: None,
            invoked_function_arn: None,
            attempt: 1,
            execution_arn: None,
            state_name: None,
            idempotency_token: None,
            clock: ClockSource::Real,
            seed: None,
        }
    }
}

/// The time that a guest is told, always in whole milliseconds.
///
/// Limits are enforced in real time, whichever clock the guest sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockSource {
    /// The host's clocks.
    Real,
    /// A clock that stands still while the guest computes and jumps when it
    /// sleeps, so that sleeping takes no time.
    Virtual {
        /// Where it begins, in milliseconds since the Unix epoch.
        now_ms: u64,
    },
}
