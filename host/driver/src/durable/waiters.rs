//! Those who wait for executions to end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use foldhash::fast::RandomState;
use sandstep_json::Text;
use tokio::sync::oneshot;

use super::run::Run;

/// Who waits for whom.
#[derive(Default)]
pub(super) struct Waiters(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// Those who wait, by whom they wait for.
    by_arn: HashMap<Text, Vec<Reply>, RandomState>,
    /// The number of the next to come: no two ever have the same.
    next: u64,
    /// Nobody is told anything any more.
    is_closed: bool,
}

struct Reply {
    number: u64,
    end: oneshot::Sender<Arc<Run>>,
}

/// One who waits; dropping it is giving up.
pub(super) struct Waiter<'a> {
    waiters: &'a Waiters,
    arn: Text,
    number: u64,
    end: oneshot::Receiver<Arc<Run>>,
}

impl Waiters {
    /// Begins to wait for the execution of this ARN; `None` where nobody is told anything
    /// any more.
    pub(super) fn wait(&self, arn: Text) -> Option<Waiter<'_>> {
        let (reply, end) = oneshot::channel();
        let mut waiting = self.lock();
        if waiting.is_closed {
            return None;
        }
        let number = waiting.next;
        waiting.next += 1;
        let replies = waiting.by_arn.entry(arn.clone()).or_default();
        replies.push(Reply { number, end: reply });
        drop(waiting);
        Some(Waiter {
            waiters: self,
            arn,
            number,
            end,
        })
    }

    /// Tells all who wait for an execution that it has ended, if anybody does.
    pub(super) fn tell(&self, arn: &str, run: impl FnOnce() -> Arc<Run>) {
        let Some(replies) = self.lock().by_arn.remove(arn) else {
            return;
        };
        let run = run();
        for reply in replies {
            // Whoever waited may have given up.
            let _ = reply.end.send(Arc::clone(&run));
        }
    }

    /// Sends away all who wait for an execution: nobody may be left to tell them.
    pub(super) fn dismiss(&self, arn: &str) {
        let replies = self.lock().by_arn.remove(arn);
        drop(replies);
    }

    /// Sends all away, now and from now on.
    pub(super) fn close(&self) {
        let mut waiting = self.lock();
        waiting.is_closed = true;
        let replies = std::mem::take(&mut waiting.by_arn);
        drop(waiting);
        drop(replies);
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
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
        // Whoever was told or sent away is not waited for any more.
        if self.end.is_terminated() {
            return;
        }
        let mut waiting = self.waiters.lock();
        let Some(replies) = waiting.by_arn.get_mut(&self.arn) else {
            return;
        };
        replies.retain(|reply| reply.number != self.number);
        if replies.is_empty() {
            waiting.by_arn.remove(&self.arn);
        }
    }
}
