//! Whether an engine works.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
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
    cut: watch::Sender<bool>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            health: Mutex::new(Health::Working),
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
        matches!(self.health(), Health::Working | Health::Stalled(_))
    }

    /// Commits wait.
    pub(super) fn stall(&self, reason: &dyn fmt::Display) {
        let reason = reason.to_string().into();
        self.change(|health| match health {
            Health::Working => Some(Health::Stalled(reason)),
            _ => None,
        });
    }

    /// Commits go on.
    pub(super) fn recover(&self) {
        self.change(|health| matches!(health, Health::Stalled(_)).then_some(Health::Working));
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
        self.cut();
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

    fn change(&self, next: impl FnOnce(&Health) -> Option<Health>) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(next) = next(&health) {
            *health = next;
        }
    }
}
