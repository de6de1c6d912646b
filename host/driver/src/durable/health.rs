//! Whether an engine works.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::watch;

/// Whether an engine acknowledges anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It does.
    Working,
    /// It does, but its commits wait: the store has no room, say. The text says why.
    Stalled(Arc<str>),
    /// It was told to stop.
    Stopping,
    /// It acknowledges nothing any more, and is to be opened again: its store failed, or
    /// somebody else has claimed it. The text says why.
    Halted(Arc<str>),
}

/// The health of an engine, and the end of its actors.
pub(super) struct Pulse {
    health: Mutex<Health>,
    /// What the health says, for those who ask for each execution.
    is_open: AtomicBool,
    is_stalled: AtomicBool,
    cut: watch::Sender<bool>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            health: Mutex::new(Health::Working),
            is_open: AtomicBool::new(true),
            is_stalled: AtomicBool::new(false),
            cut: watch::Sender::new(false),
        }
    }
}

impl Pulse {
    pub(super) fn health(&self) -> Health {
        let health = self.health.lock();
        health.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether new work is taken on.
    pub(super) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }

    /// Commits wait. Of all executions that notice, one tells the log.
    pub(super) fn stall(&self, reason: &dyn fmt::Display) {
        let why = Arc::from(reason.to_string());
        let is_news = self.change(|health| match health {
            Health::Working => Some(Health::Stalled(why)),
            _ => None,
        });
        if is_news {
            tracing::warn!("commits wait for the store: {reason}");
        }
    }

    /// Commits go on.
    pub(super) fn recover(&self) {
        if !self.is_stalled.load(Ordering::Relaxed) {
            return;
        }
        let works =
            |health: &Health| matches!(health, Health::Stalled(_)).then_some(Health::Working);
        if self.change(works) {
            tracing::info!("commits go on");
        }
    }

    /// Nothing new is taken on.
    pub(super) fn stop(&self) {
        self.change(|health| match health {
            Health::Halted(_) => None,
            _ => Some(Health::Stopping),
        });
    }

    /// Nothing is acknowledged any more.
    pub(super) fn halt(&self, reason: Arc<str>) {
        self.change(|health| match health {
            Health::Halted(_) => None,
            _ => Some(Health::Halted(reason)),
        });
    }

    /// Ends everything at once.
    pub(super) fn cut(&self) {
        self.cut.send_replace(true);
    }

    /// Waits until everything is to end.
    pub(super) async fn is_cut(&self) {
        let mut cut = self.cut.subscribe();
        // The sender lives as long as this.
        let _ = cut.wait_for(|cut| *cut).await;
    }

    /// Waits until nothing is acknowledged any more, and tells why.
    pub(super) async fn is_halted(&self) -> Arc<str> {
        self.is_cut().await;
        match self.health() {
            Health::Halted(reason) => reason,
            _ => std::future::pending().await,
        }
    }

    /// Tells whether there was something to change.
    fn change(&self, next: impl FnOnce(&Health) -> Option<Health>) -> bool {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(next) = next(&health) else {
            return false;
        };
        let is_stalled = matches!(next, Health::Stalled(_));
        let is_open = is_stalled || next == Health::Working;
        self.is_stalled.store(is_stalled, Ordering::Relaxed);
        self.is_open.store(is_open, Ordering::Relaxed);
        *health = next;
        true
    }
}
