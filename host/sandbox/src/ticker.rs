//! The thread that advances the engines' epochs while guests run.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, Thread};
use std::time::Duration;

use wasmtime::Engine;

/// How often a running guest is looked at.
pub(crate) const TICK: Duration = Duration::from_millis(1);

/// How long the thread goes on without work before it sleeps. Waking it costs
/// an invocation a system call, so it must not sleep between two in a row.
const LINGER_TICKS: u32 = 100;

/// Ticks while at least one [`Running`] is alive, and sleeps otherwise.
pub(crate) struct Ticker {
    shared: Arc<Shared>,
    thread: Thread,
}

#[derive(Default)]
struct Shared {
    engines: [OnceLock<Engine>; 2],
    running: AtomicUsize,
    asleep: AtomicBool,
    stopped: AtomicBool,
}

impl Ticker {
    pub(crate) fn start() -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let thread = thread::Builder::new()
            .name("sandstep-epoch".to_owned())
            .spawn({
                let shared = shared.clone();
                move || shared.tick_until_stopped()
            })?
            .thread()
            .clone();
        Ok(Self { shared, thread })
    }

    /// Advances this engine's epoch from now on.
    ///
    /// # Panics
    ///
    /// If there are two engines already: there are two worlds.
    pub(crate) fn add(&self, engine: &Engine) {
        let added = self
            .shared
            .engines
            .iter()
            .any(|slot| slot.set(engine.clone()).is_ok());
        assert!(added, "one engine for each of two worlds");
    }

    /// Keeps the epochs advancing until the returned guard is dropped.
    pub(crate) fn running(&self) -> Running<'_> {
        self.shared.running.fetch_add(1, Ordering::SeqCst);
        if self.shared.asleep.load(Ordering::SeqCst) {
            self.thread.unpark();
        }
        Running(&self.shared.running)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

/// One running invocation.
pub(crate) struct Running<'a>(&'a AtomicUsize);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shared {
    fn tick_until_stopped(&self) {
        let mut idle_ticks = 0;
        while !self.stopped.load(Ordering::SeqCst) {
            thread::sleep(TICK);
            self.tick();
            idle_ticks = match self.running.load(Ordering::SeqCst) {
                0 => idle_ticks + 1,
                _ => 0,
            };
            if idle_ticks > LINGER_TICKS {
                self.sleep();
                idle_ticks = 0;
            }
        }
    }

    fn tick(&self) {
        for engine in self.engines.iter().filter_map(OnceLock::get) {
            engine.increment_epoch();
        }
    }

    /// Sleeps until an invocation begins.
    ///
    /// `asleep` is set before `running` is looked at, and `running` raised
    /// before `asleep` is looked at, so that one side sees the other.
    fn sleep(&self) {
        self.asleep.store(true, Ordering::SeqCst);
        while self.running.load(Ordering::SeqCst) == 0 && !self.stopped.load(Ordering::SeqCst) {
            thread::park();
        }
        self.asleep.store(false, Ordering::SeqCst);
    }
}
