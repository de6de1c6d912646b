//! What the host keeps for one invocation: the `T` of its `Store<T>`.

use std::convert::Infallible;
use std::sync::Arc;

use wasmtime::ResourceLimiter;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::call::Call;
use crate::clock::{ClocksView, GuestClock};
use crate::function::Loaded;
use crate::limits::Limits;
use crate::log::LogSink;
use crate::meter::Meter;

/// The most random bytes that a guest gets in one call.
const RANDOM_BYTES: u64 = 1024 * 1024;

/// The state of one invocation.
pub(crate) struct InvocationData {
    function: Arc<Loaded>,
    pub(crate) meter: Arc<Meter>,
    pub(crate) growth: Growth,
    clock: GuestClock,
    seed: Option<u64>,
    /// Built on first use: most invocations never ask for anything.
    wasi: Option<Box<Wasi>>,
}

struct Wasi {
    context: WasiCtx,
    table: ResourceTable,
    log: LogSink,
}

impl InvocationData {
    pub(crate) fn new(function: Arc<Loaded>, meter: Arc<Meter>, call: &Call<'_>) -> Self {
        Self {
            growth: Growth::new(&function.spec.limits),
            function,
            clock: GuestClock::new(call.clock, &meter),
            meter,
            seed: call.seed,
            wasi: None,
        }
    }

    /// The log, unless the guest never asked the host for anything.
    pub(crate) fn log(&self) -> Option<&LogSink> {
        self.wasi.as_ref().map(|wasi| &wasi.log)
    }

    pub(crate) fn clocks(&mut self) -> ClocksView<'_> {
        self.wasi();
        ClocksView {
            clock: &self.clock,
            table: &mut self.wasi.as_mut().expect("just built").table,
        }
    }

    fn wasi(&mut self) -> &mut Wasi {
        self.wasi
            .get_or_insert_with(|| Box::new(Wasi::new(&self.function, &self.clock, self.seed)))
    }
}

impl WasiView for InvocationData {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let wasi = self.wasi();
        WasiCtxView {
            ctx: &mut wasi.context,
            table: &mut wasi.table,
        }
    }
}

impl Wasi {
    fn new(function: &Loaded, clock: &GuestClock, seed: Option<u64>) -> Self {
        let limits = &function.spec.limits;
        let log = LogSink::new(limits.log_bytes);
        let mut builder = WasiCtx::builder();
        builder
            .stdout(log.clone())
            .stderr(log.clone())
            .envs(&function.spec.grants.environment)
            .wall_clock(clock.clone())
            .max_random_size(RANDOM_BYTES)
            .allow_tcp(false)
            .allow_udp(false);
        if let Some(seed) = seed {
            seed_randomness(&mut builder, seed);
        }
        let mut context = builder.build();
        *context.filesystem() = function.directories.clone();
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        Self {
            context,
            table,
            log,
        }
    }
}

fn seed_randomness(builder: &mut WasiCtxBuilder, seed: u64) {
    builder
        .secure_random(SplitMix(seed))
        .insecure_random(SplitMix(seed ^ 1))
        .insecure_random_seed(u128::from(seed));
}

/// SplitMix64, whose sequence is defined for good: a replay years from now
/// draws the same bytes.
struct SplitMix(u64);

impl rand::TryRng for SplitMix {
    type Error = Infallible;

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(mixed ^ (mixed >> 31))
    }

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.try_next_u64()? >> 32) as u32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.try_next_u64()?.to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// Counts memories and tables against their limits.
pub(crate) struct Growth {
    memory: Account,
    tables: Account,
}

/// What was taken of one limit. Neither memories nor tables ever shrink, so
/// what is taken is also the peak.
pub(crate) struct Account {
    limit: usize,
    pub(crate) taken: usize,
    /// What the guest asked for when it was first refused.
    pub(crate) refused: Option<usize>,
}

impl Growth {
    fn new(limits: &Limits) -> Self {
        Self {
            memory: Account::new(limits.memory_bytes),
            tables: Account::new(limits.table_elements),
        }
    }

    /// Linear memory, in bytes.
    pub(crate) fn memory(&self) -> &Account {
        &self.memory
    }

    /// Tables, in elements.
    pub(crate) fn tables(&self) -> &Account {
        &self.tables
    }
}

impl Account {
    fn new(limit: usize) -> Self {
        Self {
            limit,
            taken: 0,
            refused: None,
        }
    }

    /// Takes the difference, or remembers why not.
    ///
    /// Refusing is no trap: a guest may free something and go on.
    fn grow(&mut self, current: usize, desired: usize) -> bool {
        let more = desired.saturating_sub(current);
        if more > self.limit - self.taken {
            self.refused.get_or_insert(more);
            return false;
        }
        self.taken += more;
        true
    }
}

impl ResourceLimiter for Growth {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.memory.grow(current, desired))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.tables.grow(current, desired))
    }
}
