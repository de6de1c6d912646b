//! What functions print, in the server's log.

use sandstep_json::Value;
use sandstep_sandbox::{Call, Invocation};
use sandstep_service::InvocationObserver;
use tracing::{Level, Span, enabled, info_span};

use crate::terminal::escaped;

/// Writes each line that a function prints to the log, under the names of the
/// function and of the execution that calls it, and how each invocation went at
/// the level `debug`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Logged;

impl InvocationObserver for Logged {
    fn invoked(&self, function: &str, call: &Call<'_>, invocation: &Invocation<Value>) {
        if invocation.log.text.is_empty() && !enabled!(target: "function", Level::DEBUG) {
            return;
        }
        // A task that waits goes on where nothing is known of its execution.
        let arn = call.execution_arn.as_deref();
        let execution = arn.map(|arn| info_span!(parent: None, "execution", execution_arn = %arn));
        let _entered = execution.as_ref().map(Span::enter);
        for line in invocation.log.text.lines() {
            tracing::info!(target: "function", function, "{}", escaped(line));
        }
        let usage = invocation.usage;
        let failed = invocation.outcome.as_ref().err();
        tracing::debug!(
            target: "function",
            function,
            error = failed.map(|failure| failure.error.as_str()),
            wall_ms = usage.wall_time.as_secs_f64() * 1e3,
            cpu_ms = usage.cpu_time.as_secs_f64() * 1e3,
            memory_bytes = usage.peak_memory_bytes,
            "invoked"
        );
    }
}
