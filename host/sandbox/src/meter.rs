//! Measures and bounds the time of one invocation.
//!
//! An epoch counts ticks of the world, not time of the guest. CPU time is
//! what the guest's future spends being polled: `metered` adds up the polls,
//! and the epoch's callback adds the one that is running.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::time::Sleep;
use wasmtime::UpdateDeadline;

use crate::limits::Limits;
use crate::ticker::TICK;

/// How much time an invocation has used. Only the thread that polls writes.
#[derive(Debug)]
pub(crate) struct Meter {
    started: Instant,
    cpu_limit: Duration,
    wall_limit: Duration,
    /// How far sleep has moved the guest's virtual clock, in nanoseconds.
    slept: AtomicU64,
    /// CPU time of the polls that have ended, in nanoseconds.
    spent: AtomicU64,
    /// When the running poll began, in nanoseconds after `started`. The first one
    /// begins there: making its store is done for the guest too.
    poll_started: AtomicU64,
    /// When the last poll ended, in nanoseconds after `started`.
    poll_ended: AtomicU64,
}

/// The guest computed for longer than its limit.
#[derive(Debug, thiserror::Error)]
#[error("the CPU time limit is spent")]
pub(crate) struct CpuTimeSpent;

/// The invocation lasted longer than its limit.
#[derive(Debug)]
pub(crate) struct WallTimeSpent;

impl Meter {
    pub(crate) fn start(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            started: Instant::now(),
            cpu_limit: limits.cpu_time,
            wall_limit: limits.wall_time,
            slept: AtomicU64::new(0),
            spent: AtomicU64::new(0),
            poll_started: AtomicU64::new(0),
            poll_ended: AtomicU64::new(0),
        })
    }

    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// CPU time of all polls that have ended.
    pub(crate) fn cpu_time(&self) -> Duration {
        Duration::from_nanos(self.spent.load(Ordering::Relaxed))
    }

    /// Time from the beginning of the invocation to the end of its last poll.
    pub(crate) fn wall_time(&self) -> Duration {
        Duration::from_nanos(self.poll_ended.load(Ordering::Relaxed))
    }

    /// How long the guest has slept on a virtual clock; zero on the real one.
    pub(crate) fn slept(&self) -> Duration {
        Duration::from_nanos(self.slept.load(Ordering::Relaxed))
    }

    /// Moves a virtual clock to so long after the invocation began. Answers
    /// whether the wall time lasts that long.
    pub(crate) fn sleep_until(&self, due: Duration) -> bool {
        let due = due.min(self.wall_limit);
        let nanoseconds = u64::try_from(due.as_nanos()).unwrap_or(u64::MAX);
        self.slept.fetch_max(nanoseconds, Ordering::Relaxed);
        due < self.wall_limit
    }

    /// Called by a running guest once a tick: lets others run, or ends it. A
    /// guest that began just before the tick goes on to the next: most end
    /// before it, and yielding costs more than all they do.
    pub(crate) fn tick(&self) -> wasmtime::Result<UpdateDeadline> {
        let poll_started = self.poll_started.load(Ordering::Relaxed);
        let running = self.elapsed().saturating_sub(poll_started);
        let spent = self.spent.load(Ordering::Relaxed) + running;
        if Duration::from_nanos(spent) > self.cpu_limit {
            return Err(CpuTimeSpent.into());
        }
        Ok(if Duration::from_nanos(running) < TICK / 2 {
            UpdateDeadline::Continue(1)
        } else {
            UpdateDeadline::Yield(1)
        })
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn poll_begins_again(&self) {
        self.poll_started.store(self.elapsed(), Ordering::Relaxed);
    }

    /// Adds the poll that ends, and says how long the invocation lasts so far.
    fn poll_ends(&self) -> Duration {
        let now = self.elapsed();
        let poll = now.saturating_sub(self.poll_started.load(Ordering::Relaxed));
        let spent = self.spent.load(Ordering::Relaxed);
        self.spent.store(spent + poll, Ordering::Relaxed);
        self.poll_ended.store(now, Ordering::Relaxed);
        Duration::from_nanos(now)
    }
}

/// Runs `guest` for at most the wall time of its `meter`, adding up its polls.
///
/// Most invocations end in their first poll, so a timer is set only when that
/// one did not finish.
pub(crate) async fn metered<G: Future>(
    mut guest: Pin<&mut G>,
    meter: &Meter,
) -> Result<G::Output, WallTimeSpent> {
    let mut timer: Option<Pin<Box<Sleep>>> = None;
    poll_fn(|context| {
        if timer.is_some() {
            meter.poll_begins_again();
        }
        let polled = guest.as_mut().poll(context);
        let lasted = meter.poll_ends();
        if let Poll::Ready(output) = polled {
            return Poll::Ready(Ok(output));
        }
        let wall_limit = meter.wall_limit;
        if lasted >= wall_limit || meter.slept() >= wall_limit {
            return Poll::Ready(Err(WallTimeSpent));
        }
        timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(wall_limit - lasted)))
            .as_mut()
            .poll(context)
            .map(|()| Err(WallTimeSpent))
    })
    .await
}
