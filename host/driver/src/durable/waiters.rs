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
pub(super) struct Waiters(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// Those who wait, by whom they wait for and by their own numbers.
    by_arn: HashMap<Text, HashMap<u64, oneshot::Sender<Arc<Run>>>>,
    /// The number of the next to come: no two ever have the same.
    next: u64,
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
        let mut waiting = self.lock();
        let number = waiting.next;
        waiting.next += 1;
        let replies = waiting.by_arn.entry(arn.clone()).or_default();
        replies.insert(number, reply);
        drop(waiting);
        Waiter {
            waiters: self,
            arn,
            number,
            end,
        }
    }

    /// Whether anybody waits for it.
    pub(super) fn has(&self, arn: &str) -> bool {
        self.lock().by_arn.contains_key(arn)
    }

    /// Tells all who wait for an execution that it has ended.
    pub(super) fn tell(&self, arn: &str, run: &Arc<Run>) {
        let Some(replies) = self.lock().by_arn.remove(arn) else {
            return;
        };
        for reply in replies.into_values() {
            // Whoever waited may have given up.
            let _ = reply.send(Arc::clone(run));
        }
    }

    /// Sends away all who wait for an execution: nobody may be left to tell them.
    pub(super) fn dismiss(&self, arn: &str) {
        self.lock().by_arn.remove(arn);
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter<'_> {
    /// The execution once it has ended; `None` for whoever was sent away.
    pub(super) async fn ended(&mut self) -> Option<Arc<Run>> {
        (&mut self.end).await.ok()
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut waiting = self.waiters.lock();
        let Some(replies) = waiting.by_arn.get_mut(&self.arn) else {
            return;
        };
        replies.remove(&self.number);
        if replies.is_empty() {
            waiting.by_arn.remove(&self.arn);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use sandstep_asl::Timestamp;
    use sandstep_journal::Status;
    use sandstep_json::Value;

    use super::{super::run::RunSummary, *};

    fn run() -> Arc<Run> {
        let summary = RunSummary {
            arn: "a".into(),
            started: Timestamp::default(),
            ended: None,
            status: Status::Running,
            definition: String::new(),
            attachment: Vec::new(),
            events: 0,
            redrives: 0,
            redriven_at: None,
        };
        Arc::new(Run {
            summary,
            input: Value::Null,
            outcome: None,
        })
    }

    #[test]
    fn whoever_was_told_takes_nobody_along_on_leaving() {
        let waiters = Waiters::default();
        let told = waiters.wait("a".into());
        waiters.tell("a", &run());
        let mut later = waiters.wait("a".into());
        drop(told);
        assert!(later.ended().now_or_never().is_none());
        waiters.tell("a", &run());
        assert!(matches!(later.ended().now_or_never(), Some(Some(_))));
    }
}
