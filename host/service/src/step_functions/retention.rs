//! Forgets what is not to be kept any longer.

use std::sync::{Arc, Weak};
use std::time::Duration;

use sandstep_driver::Clock;
use sandstep_journal::Expired;

use super::api_error::ApiError;
use super::{Account, StepFunctions};

/// How often a sweep looks for what is to be forgotten.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// How many executions, and how many blobs, one write forgets: others come in between.
const BATCH: usize = 256;

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
    /// was kept for them alone. It happens by itself when an account is opened and once an
    /// hour from then on, where time passes.
    ///
    /// Fails as the store does.
    ///
    /// [`Quotas::retention`]: super::Quotas::retention
    pub async fn sweep(&self) -> Result<Swept, ApiError> {
        let Expired { executions, blobs } = self.expire().await?;
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
            if expired == Expired::default() {
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
            let account = Arc::downgrade(&self.0);
            self.0.runtime.spawn(keep_sweeping(account));
        }
    }
}

/// Sweeps as long as the account is in use.
async fn keep_sweeping(account: Weak<Account>) {
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
        tokio::time::sleep(PAUSE).await;
    }
}
