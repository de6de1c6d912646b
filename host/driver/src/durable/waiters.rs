//! Those who wait for executions to end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sandstep_json::Text;
use tokio::sync::oneshot;

use super::run::Run;

/// Who waits for whom.
#[derive(Default)]
pub(super) struct Waiters(Mutex<HashMap<Text, Waiting>>);

/// Those who wait for one execution.
#[derive(Default)]
struct Waiting {
    next: u64,
    replies: HashMap<u64, oneshot::Sender<Arc<Run>>>,
}

/// One who waits; dropping it is giving up.
pub(super) struct Waiter<'a> {
    waiters: &'a Waiters,
    arn: Text,
    number: u64,
    end: oneshot::Receiver<Arc<Run>>,
}

impl Waiters {
    /// Begins to wait for the execution of this ARN.
    pub(super) fn wait(&self, arn: Text) -> Waiter<'_> {
        let (reply, end) = oneshot::channel();
        let mut waiters = self.lock();
        let waiting = waiters.entry(arn.clone()).or_default();
        let number = waiting.next;
        waiting.next += 1;
        waiting.replies.insert(number, reply);
        drop(waiters);
        Waiter {
            waiters: self,
            arn,
            number,
            end,
        }
    }

    /// Whether anybody waits for it.
    pub(super) fn has(&self, arn: &str) -> bool {
        self.lock().contains_key(arn)
    }

    /// Tells all who wait for an execution that it has ended.
    pub(super) fn tell(&self, arn: &str, run: &Arc<Run>) {
        let Some(waiting) = self.lock().remove(arn) else {
            return;
        };
        for (_, reply) in waiting.replies {
            // Whoever waited may have given up.
            let _ = reply.send(Arc::clone(run));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Text, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter<'_> {
    /// The execution once it has ended; `None` if nobody is left to say so.
    pub(super) async fn ended(&mut self) -> Option<Arc<Run>> {
        (&mut self.end).await.ok()
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut waiters = self.waiters.lock();
        let Some(waiting) = waiters.get_mut(&self.arn) else {
            return;
        };
        waiting.replies.remove(&self.number);
        if waiting.replies.is_empty() {
            waiters.remove(&self.arn);
        }
    }
}
