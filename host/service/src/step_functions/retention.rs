//! Forgets what is not to be kept any longer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use sandstep_driver::Clock;
use sandstep_journal::Expired;
use tokio::sync::Notify;

use super::api_error::ApiError;
use super::{Account, StepFunctions};

/// How often a sweep looks for what is to be forgotten, at least.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// How many executions, and how many blobs, one write forgets: others come in between.
const BATCH: usize = 256;

/// How many bytes of definitions may be left behind before a sweep comes sooner.
const LEFT_BEHIND: usize = 64 * 1024 * 1024;

/// What updates and removals have left behind since the last sweep.
#[derive(Debug, Default)]
pub(crate) struct Leftovers {
    bytes: AtomicUsize,
    many: Notify,
}

impl Leftovers {
    /// So many bytes of definitions may have lost the last that referred to them.
    pub(crate) fn add(&self, bytes: usize) {
        if self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes >= LEFT_BEHIND {
            self.many.notify_one();
        }
    }

    /// Waits until there are many, or an hour is over.
    async fn until_sweep(&self) {
        // An error is that the time is over.
        let _ = tokio::time::timeout(PAUSE, self.many.notified()).await;
        self.bytes.store(0, Ordering::Relaxed);
    }
}

/// What a sweep has forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Executions that ended longer ago than they are kept.
    pub executions: usize,
    /// Payloads that no execution mentions any more.
    pub blobs: usize,
    /// What state machines were once, and what nothing refers to any more.
    pub revisions: usize,
}

impl StepFunctions {
    /// Forgets executions that ended longer ago than [`Quotas::retention`], and then what
    /// was kept for them alone. Where time passes it happens by itself: when an account is
    /// opened, then once an hour, and sooner where updates leave much behind.
    ///
    /// Fails as the store does.
    ///
    /// [`Quotas::retention`]: super::Quotas::retention
    pub async fn sweep(&self) -> Result<Swept, ApiError> {
        let Expired {
            executions, blobs, ..
        } = self.expire().await?;
        let revisions = self.0.superseded.lock().await.sweep(self).await?;
        Ok(Swept {
            executions,
            blobs,
            revisions,
        })
    }

    /// Forgets executions whose time of keeping is over.
    async fn expire(&self) -> Result<Expired, ApiError> {
        let mut all = Expired::default();
        let Some(period) = self.quotas().retention else {
            return Ok(all);
        };
        let period = i64::try_from(period.as_millis()).unwrap_or(i64::MAX);
        let before = self.now().as_millis().saturating_sub(period);
        loop {
            let expired = self.0.journal.expire(before, BATCH).await?;
            if expired.executions == 0 && expired.blobs == 0 {
                if expired.damaged > 0 {
                    let kept = expired.damaged;
                    tracing::error!(kept, "executions that ended long ago are damaged");
                }
                return Ok(all);
            }
            all.executions += expired.executions;
            all.blobs += expired.blobs;
            tokio::task::yield_now().await;
        }
    }

    /// Sweeps now and then, where time passes.
    pub(super) fn begin_sweeping(&self) {
        if self.0.clock == Clock::Real {
            let leftovers = Arc::clone(&self.0.leftovers);
            let sweeping = keep_sweeping(Arc::downgrade(&self.0), leftovers);
            self.0.runtime.spawn(sweeping);
        }
    }
}

/// Sweeps as long as the account is in use.
async fn keep_sweeping(account: Weak<Account>, leftovers: Arc<Leftovers>) {
    while let Some(account) = account.upgrade() {
        match StepFunctions(account).sweep().await {
            Ok(swept) if swept == Swept::default() => {}
            Ok(swept) => tracing::info!(
                executions = swept.executions,
                blobs = swept.blobs,
                revisions = swept.revisions,
                "forgot what is not kept any longer"
            ),
            Err(error) => tracing::warn!(%error, "not everything is forgotten"),
        }
        leftovers.until_sweep().await;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_sweep_comes_in_time_and_sooner_where_much_is_left_behind() {
        let leftovers = Leftovers::default();
        leftovers.add(LEFT_BEHIND - 1);
        assert!(leftovers.until_sweep().now_or_never().is_none());
        leftovers.add(1);
        assert!(leftovers.until_sweep().now_or_never().is_some());
        // It counts anew from then on.
        leftovers.add(LEFT_BEHIND - 1);
        assert!(leftovers.until_sweep().now_or_never().is_none());
        let began = tokio::time::Instant::now();
        leftovers.until_sweep().await;
        assert_eq!(began.elapsed(), PAUSE);
    }
}
