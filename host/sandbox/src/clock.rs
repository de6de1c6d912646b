//! The clocks that a guest sees: one millisecond fine, real or virtual.
//!
//! One millisecond is what a guest needs for dates and timers, and too coarse
//! to read a neighbour's secrets out of caches.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::HostWallClock;
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock::{self, Host};
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use crate::call::ClockSource;
use crate::data::InvocationData;
use crate::meter::Meter;

const RESOLUTION: Duration = Duration::from_millis(1);

/// Milliseconds since the Unix epoch by the host's clock; 0 before 1970.
pub(crate) fn unix_ms() -> u64 {
    SystemTime::UNIX_EPOCH
        .elapsed()
        .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0))
}

/// One invocation's clock.
#[derive(Clone)]
pub(crate) enum GuestClock {
    Real {
        started: Instant,
    },
    /// Stands still but for the guest's sleep, which its meter counts.
    Virtual {
        started_ms: u64,
        meter: Arc<Meter>,
    },
}

impl GuestClock {
    /// The clock of an invocation that has this meter.
    pub(crate) fn new(source: ClockSource, meter: &Arc<Meter>) -> Self {
        match source {
            ClockSource::Real => Self::Real {
                started: meter.started(),
            },
            ClockSource::Virtual { now_ms } => Self::Virtual {
                started_ms: now_ms,
                meter: meter.clone(),
            },
        }
    }

    /// Time since the invocation began, in nanoseconds of whole milliseconds.
    fn monotonic(&self) -> u64 {
        match self {
            Self::Real { started } => whole_milliseconds(nanoseconds(started.elapsed())),
            Self::Virtual { meter, .. } => whole_milliseconds(nanoseconds(meter.slept())),
        }
    }

    /// What is ready when this clock shows `due` nanoseconds.
    fn alarm(&self, due: u64) -> Alarm {
        match self {
            Self::Real { started } => {
                match started.checked_add(Duration::from_nanos(due)) {
                    Some(instant) => Alarm::At(instant.into()),
                    // Later than the host can tell is never.
                    None => Alarm::Never,
                }
            }
            Self::Virtual { meter, .. } => Alarm::Virtual {
                due: Duration::from_nanos(due),
                meter: meter.clone(),
            },
        }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn whole_milliseconds(nanoseconds: u64) -> u64 {
    nanoseconds - nanoseconds % 1_000_000
}

impl HostWallClock for GuestClock {
    fn resolution(&self) -> Duration {
        RESOLUTION
    }

    fn now(&self) -> Duration {
        match self {
            Self::Real { .. } => Duration::from_millis(unix_ms()),
            Self::Virtual { started_ms, .. } => {
                Duration::from_millis(*started_ms) + Duration::from_nanos(self.monotonic())
            }
        }
    }
}

/// A timer that a guest waits for.
enum Alarm {
    At(tokio::time::Instant),
    Never,
    Virtual { due: Duration, meter: Arc<Meter> },
}

#[async_trait::async_trait]
impl Pollable for Alarm {
    async fn ready(&mut self) {
        match self {
            Self::At(instant) if *instant <= tokio::time::Instant::now() => {
                // A guest that polls a timer of no length in a loop must let
                // the runtime see to its other tasks.
                tokio::task::yield_now().await;
            }
            Self::At(instant) => tokio::time::sleep_until(*instant).await,
            Self::Never => std::future::pending().await,
            Self::Virtual { due, meter } => {
                // Whatever else the guest waits for may be ready before.
                tokio::task::yield_now().await;
                if !meter.sleep_until(*due) {
                    // Whoever polls the guest ends it now.
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}

/// The guest's `wasi:clocks/monotonic-clock`.
pub(crate) struct Clocks;

impl HasData for Clocks {
    type Data<'a> = ClocksView<'a>;
}

pub(crate) struct ClocksView<'a> {
    pub(crate) clock: &'a GuestClock,
    pub(crate) table: &'a mut ResourceTable,
}

impl Host for ClocksView<'_> {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(self.clock.monotonic())
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(nanoseconds(RESOLUTION))
    }

    fn subscribe_instant(&mut self, due: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let alarm = self.table.push(self.clock.alarm(due))?;
        subscribe(self.table, alarm)
    }

    fn subscribe_duration(&mut self, length: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let now = match self.clock {
            GuestClock::Real { started } => nanoseconds(started.elapsed()),
            GuestClock::Virtual { meter, .. } => nanoseconds(meter.slept()),
        };
        self.subscribe_instant(now.saturating_add(length))
    }
}

/// Puts these clocks in the place of wasmtime-wasi's, whose timers always
/// sleep in real time.
pub(crate) fn replace_clocks(linker: &mut Linker<InvocationData>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    monotonic_clock::add_to_linker::<_, Clocks>(linker, InvocationData::clocks)?;
    linker.allow_shadowing(false);
    Ok(())
}
