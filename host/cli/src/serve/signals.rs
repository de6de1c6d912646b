//! What tells a command to end.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::command_error::CommandError;

/// SIGTERM and SIGINT, from the moment that this was made.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Catches both from now on.
    pub(crate) fn catch() -> Result<Self, CommandError> {
        let catch =
            |kind| signal(kind).map_err(|cause| CommandError::caused("catching signals", &cause));
        Ok(Self {
            terminate: catch(SignalKind::terminate())?,
            interrupt: catch(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next one, and tells its name and the exit status of a
    /// program that it ends at once, as shells have it.
    pub(crate) async fn next(&mut self) -> (&'static str, u8) {
        tokio::select! {
            _ = self.terminate.recv() => ("SIGTERM", 128 + 15),
            _ = self.interrupt.recv() => ("SIGINT", 128 + 2),
        }
    }
}
