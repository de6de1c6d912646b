//! The two engines: what decides the machine code, and what decides the pool.

use std::hash::{Hash, Hasher};

use sha2::{Digest, Sha256};
use wasmtime::component::Linker;
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::clock;
use crate::data::InvocationData;
use crate::error::SandboxError;
use crate::files;
use crate::limits::PoolLimits;
use crate::world::World;

/// The largest bookkeeping of one core instance. Of the languages that were
/// measured, the hungriest needs 400 kB.
const CORE_INSTANCE_BYTES: usize = 400_000;

/// Settings that the compiled code depends on. The compiler's process and
/// this one must agree on them.
fn code_config(world: World, stack_bytes: usize) -> Config {
    let mut config = Config::new();
    config.epoch_interruption(true);
    config.max_wasm_stack(stack_bytes);
    // The host's share of the fiber's stack comes on top of the guest's.
    config.async_stack_size(stack_bytes + 1024 * 1024);
    // Concurrency costs every call 6 µs, so only async guests pay for it.
    let concurrent = world == World::LambdaAsync;
    config.concurrency_support(concurrent);
    config.wasm_component_model_async(concurrent);
    config
}

/// The engine of a compiler: it never runs anything and reserves nothing.
pub(crate) fn compiler_engine(world: World, stack_bytes: usize) -> wasmtime::Result<Engine> {
    Engine::new(&code_config(world, stack_bytes))
}

/// An engine with its pool, and everything that guests may import.
pub(crate) struct PooledEngine {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<InvocationData>,
    /// What the cache distinguishes compiled code by.
    pub(crate) code_key: String,
}

impl PooledEngine {
    pub(crate) fn new(world: World, pool: &PoolLimits) -> Result<Self, SandboxError> {
        Self::build(world, pool).map_err(|cause| SandboxError::Engine {
            invocations: pool.invocations,
            cause: format!("{cause:#}"),
        })
    }

    fn build(world: World, pool: &PoolLimits) -> wasmtime::Result<Self> {
        let mut config = code_config(world, pool.stack_bytes);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pooling(pool)));
        let engine = Engine::new(&config)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        clock::replace_clocks(&mut linker)?;
        files::guard_open(&mut linker)?;
        let code_key = code_key(&engine);
        Ok(Self {
            engine,
            linker,
            code_key,
        })
    }
}

/// The scarcest unit of the pool is the component instance, one for each
/// invocation: everything else is there in the amount that this many of the
/// largest allowed components need, so one count of permits guards it all.
fn pooling(pool: &PoolLimits) -> PoolingAllocationConfig {
    let mut pooling = PoolingAllocationConfig::new();
    pooling
        .total_component_instances(pool.invocations)
        .total_core_instances(pool.invocations.saturating_mul(pool.core_instances))
        .total_memories(pool.invocations.saturating_mul(pool.memories))
        .total_tables(pool.invocations.saturating_mul(pool.tables))
        .total_stacks(pool.invocations)
        .max_core_instances_per_component(pool.core_instances)
        .max_memories_per_component(pool.memories)
        .max_memories_per_module(pool.memories)
        .max_tables_per_component(pool.tables)
        .max_tables_per_module(pool.tables)
        .max_core_instance_size(CORE_INSTANCE_BYTES)
        .max_memory_size(pool.memory_bytes)
        .table_elements(pool.table_elements)
        .linear_memory_keep_resident(pool.keep_resident_bytes)
        .table_keep_resident(pool.keep_resident_bytes)
        // Without it, keeping memory resident gains nothing. Kernels before
        // Linux 6.7 lack it and only lose speed.
        .pagemap_scan(Enabled::Auto);
    pooling
}

/// Tells apart what was compiled with other settings, for another processor,
/// or by another release of wasmtime: this hash covers the release to its last
/// number, while loading compares the major one only.
fn code_key(engine: &Engine) -> String {
    let mut hasher = KeyHasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hex(&hasher.0.finalize()[..8])
}

/// SHA-256 as a `Hasher`: the standard library's is not stable across
/// releases, and 64 bits of it would be too few to rely on.
struct KeyHasher(Sha256);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        u64::from_le_bytes(digest[..8].try_into().expect("eight bytes of 32"))
    }
}

/// `bytes` in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
