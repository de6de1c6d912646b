//! Asynchronous invocations: those of type `Event`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sandstep_sandbox::{Call, Function};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use super::api_error::ApiError;
use super::invoke::run;
use crate::registry::Callable;
use crate::runner::InvocationObserver;

/// How long to wait before an event is tried again, after the first failure and
/// after the second; a third one is the last (Developer Guide, "Error handling
/// for asynchronous invocation").
const PAUSES: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];

/// The events that were accepted and are not done. They are kept in memory: a
/// process that ends takes them along.
pub(crate) struct Events {
    places: Arc<Semaphore>,
    running: Mutex<JoinSet<()>>,
    /// Ends the pauses.
    closing: watch::Sender<bool>,
}

/// One accepted event.
pub(crate) struct Event {
    pub(crate) function: Callable,
    pub(crate) observer: Arc<dyn InvocationObserver>,
    pub(crate) request_id: String,
    pub(crate) payload: String,
}

impl Events {
    /// None yet, and at most so many.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limit.min(Semaphore::MAX_PERMITS))),
            running: Mutex::default(),
            closing: watch::Sender::new(false),
        }
    }

    /// Takes an event, unless there are too many.
    pub(crate) fn accept(&self, event: Event, runtime: &Handle) -> Result<(), ApiError> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return Err(ApiError::new("TooManyRequestsException", "Rate Exceeded."));
        };
        let closing = self.closing.subscribe();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        while running.try_join_next().is_some() {}
        running.spawn_on(event.run(place, closing), runtime);
        Ok(())
    }

    /// Waits for those that run.
    pub(crate) async fn finish(&self) {
        self.closing.send_replace(true);
        let running = |events: &Self| {
            let mut running = events
                .running
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *running)
        };
        let mut running = running(self);
        while running.join_next().await.is_some() {}
    }
}

impl Event {
    async fn run(self, _place: OwnedSemaphorePermit, mut closing: watch::Receiver<bool>) {
        // Nobody is there who could be told that it cannot be loaded.
        let Ok(function) = self.function.clone().ready().await else {
            return;
        };
        let mut pauses = PAUSES.into_iter();
        let mut attempt = 1;
        while !self.attempt(&function, attempt).await {
            let Some(pause) = pauses.next() else {
                return;
            };
            let is_closing = closing.wait_for(|&closing| closing);
            if tokio::time::timeout(pause, is_closing).await.is_ok() {
                return;
            }
            attempt += 1;
        }
    }

    /// Whether the function returned.
    async fn attempt(&self, function: &Function, attempt: u32) -> bool {
        let call = Call {
            attempt,
            ..Call::new(self.request_id.as_str())
        };
        let (outcome, _) = run(function, &*self.observer, &self.payload, &call).await;
        outcome.is_ok()
    }
}
