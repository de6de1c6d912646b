//! Forgets executions whose time of keeping is over.

use std::sync::{Arc, Weak};
use std::time::Duration;

use sandstep_asl::Timestamp;
use sandstep_journal::Journal;

use super::Account;

/// How often a sweep looks for executions to forget.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// How many executions, and how many blobs, one write forgets: others come in between.
const BATCH: usize = 256;

/// Sweeps now and then, as long as the account is in use.
pub(crate) async fn keep_sweeping(account: Weak<Account>, period: Duration) {
    loop {
        let Some(journal) = account
            .upgrade()
            .map(|account| Arc::clone(&account.journal))
        else {
            return;
        };
        if let Err(error) = sweep(&*journal, super::wall_time(), period).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "nothing is forgotten"
            );
        }
        drop(journal);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Forgets what ended longer than a period ago.
async fn sweep(
    journal: &dyn Journal,
    now: Timestamp,
    period: Duration,
) -> Result<(), sandstep_journal::Error> {
    let period = i64::try_from(period.as_millis()).unwrap_or(i64::MAX);
    let before = now.as_millis().saturating_sub(period);
    loop {
        let expired = journal.expire(before, BATCH).await?;
        if expired.executions == 0 && expired.blobs == 0 {
            return Ok(());
        }
        tracing::info!(
            executions = expired.executions,
            blobs = expired.blobs,
            "forgot executions that ended long ago"
        );
        tokio::task::yield_now().await;
    }
}
