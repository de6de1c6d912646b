//! The sandbox of a process: loads functions.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, InstancePre};

use crate::abi::{Parameters, Returned};
use crate::artifact::{self, Unloadable};
use crate::cache::Cache;
use crate::compile::{CompilerProgram, compile};
use crate::config::{FunctionSpec, SandboxConfig};
use crate::data::InvocationData;
use crate::engine::PooledEngine;
use crate::error::{LoadError, SandboxError};
use crate::function::{Function, Loaded};
use crate::limits::{CompileLimits, Limits, PoolLimits};
use crate::outcome::{self, FunctionError};
use crate::ticker::Ticker;
use crate::turn::Turn;
use crate::world::{HANDLE, World};

/// Loads components as functions. Cheap to clone; one is enough for a process.
///
/// Its pools and its thread end with the last clone and the last function.
#[derive(Clone)]
pub struct Sandbox(Arc<Host>);

/// What all functions of a process share.
pub(crate) struct Host {
    pub(crate) pool: PoolLimits,
    pub(crate) ticker: Ticker,
    plain: PooledEngine,
    /// Made for the first async guest, since most processes have none.
    concurrent: OnceLock<PooledEngine>,
    places: Semaphore,
    queue_time: Duration,
    pub(crate) cache: Cache,
    compiler: CompilerProgram,
    compile_limits: CompileLimits,
    /// One for each core.
    compilers: Semaphore,
}

impl Sandbox {
    /// Reserves the pool and opens the cache. Takes a few milliseconds.
    pub fn new(config: SandboxConfig) -> Result<Self, SandboxError> {
        let cache = Cache::open(config.cache_dir)?;
        let plain = PooledEngine::new(World::Lambda, &config.pool)?;
        let ticker = Ticker::start().map_err(SandboxError::Ticker)?;
        ticker.add(&plain.engine);
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Ok(Self(Arc::new(Host {
            places: Semaphore::new(config.pool.invocations as usize),
            pool: config.pool,
            ticker,
            plain,
            concurrent: OnceLock::new(),
            queue_time: config.queue_time,
            cache,
            compiler: config.compiler,
            compile_limits: config.compile,
            compilers: Semaphore::new(cores),
        })))
    }

    /// Refuses what [`load`](Self::load) would refuse before it compiles anything:
    /// limits beyond the pool, and what is no component of a world that is known.
    /// Reads all of the component but its function bodies.
    pub fn check(&self, component: &[u8], spec: &FunctionSpec) -> Result<(), LoadError> {
        self.examine(component, spec).map(|_| ())
    }

    /// Refuses limits that the pool could never give.
    pub fn check_limits(&self, limits: &Limits) -> Result<(), LoadError> {
        limits.check(&self.0.pool)
    }

    fn examine(&self, component: &[u8], spec: &FunctionSpec) -> Result<World, LoadError> {
        let maximum = self.0.compile_limits.component_bytes;
        if component.len() > maximum {
            let size = component.len();
            return Err(LoadError::TooLarge { size, maximum });
        }
        self.check_limits(&spec.limits)?;
        World::of(component)
    }

    /// Makes a function of a component, compiling it unless the cache has it.
    ///
    /// Compiling happens in a child process and waits for a free core; loading
    /// what is compiled takes about a millisecond. Must run within tokio with
    /// its timer and I/O enabled.
    pub async fn load(&self, component: &[u8], spec: FunctionSpec) -> Result<Function, LoadError> {
        let host = &self.0;
        let world = self.examine(component, &spec)?;
        let directories = spec.grants.open_directories()?;
        let engine = host.engine(world)?;
        let compiled = host.compiled(world, engine, component).await?;
        check_start(&compiled, &spec.limits)?;
        let instances = link(engine, &compiled)?;
        let handle = compiled
            .get_export_index(None, HANDLE)
            .expect("the world was read from this export");
        Ok(Function(Arc::new(Loaded {
            host: host.clone(),
            spec,
            world,
            directories,
            instances,
            handle,
        })))
    }
}

impl Host {
    /// Waits for a place in the pool.
    pub(crate) async fn place(&self) -> Result<SemaphorePermit<'_>, FunctionError> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        match tokio::time::timeout(self.queue_time, self.places.acquire()).await {
            Ok(place) => Ok(place.expect("the semaphore is never closed")),
            Err(_) => Err(outcome::too_many_requests(
                self.pool.invocations,
                self.queue_time,
            )),
        }
    }

    fn engine(&self, world: World) -> Result<&PooledEngine, LoadError> {
        if world == World::Lambda {
            return Ok(&self.plain);
        }
        if let Some(engine) = self.concurrent.get() {
            return Ok(engine);
        }
        let engine = PooledEngine::new(world, &self.pool).map_err(LoadError::Engine)?;
        // Whoever comes second drops theirs.
        if self.concurrent.set(engine).is_ok() {
            let engine = self.concurrent.get().expect("just set");
            self.ticker.add(&engine.engine);
        }
        Ok(self.concurrent.get().expect("set by one of us"))
    }

    /// The machine code of a component: from the cache, or compiled into it.
    async fn compiled(
        &self,
        world: World,
        engine: &PooledEngine,
        component: &[u8],
    ) -> Result<Component, LoadError> {
        let path = self.cache.path(component, &engine.code_key);
        if let Some(compiled) = self.cached(engine, &path)? {
            return Ok(compiled);
        }
        let _turn = Turn::wait(&path, self.compile_limits.wall_time).await;
        // Another load of the same component may have been faster.
        if let Some(compiled) = self.cached(engine, &path)? {
            return Ok(compiled);
        }
        self.compile(world, component, &path).await?;
        self.cached(engine, &path)?
            .ok_or_else(|| LoadError::Unloadable(path.display().to_string()))
    }

    /// What the cache has; `None` if it must be compiled.
    fn cached(&self, engine: &PooledEngine, path: &Path) -> Result<Option<Component>, LoadError> {
        let Some(file) = self.cache.read(path) else {
            return Ok(None);
        };
        match artifact::load(&engine.engine, &file) {
            Ok(compiled) => Ok(Some(compiled)),
            Err(Unloadable::Damaged) => Ok(None),
            // Compiling it again would give the same code.
            Err(Unloadable::Refused(cause)) => Err(LoadError::BeyondPool(cause)),
        }
    }

    /// Waits for a core that no other compiler of this process uses.
    async fn core(&self) -> SemaphorePermit<'_> {
        self.compilers
            .acquire()
            .await
            .expect("the semaphore is never closed")
    }

    async fn compile(&self, world: World, component: &[u8], path: &Path) -> Result<(), LoadError> {
        let _core = self.core().await;
        let temporary = self.cache.temporary();
        compile(
            &self.compiler,
            &self.compile_limits,
            world,
            self.pool.stack_bytes,
            component,
            temporary.path(),
        )
        .await?;
        temporary
            .keep_as(path)
            .map_err(|cause| LoadError::Compiler {
                context: format!("keeping {}", path.display()),
                cause,
            })?;
        self.cache.evict(self.compile_limits.cache_bytes);
        Ok(())
    }
}

/// Refuses a component that could never start under its limits.
fn check_start(compiled: &Component, limits: &Limits) -> Result<(), LoadError> {
    const PAGE_BYTES: u64 = 64 * 1024;
    let Some(required) = compiled.resources_required() else {
        return Ok(());
    };
    let pages = required.max_initial_memory_size.unwrap_or(0);
    at_most(
        "memory_bytes",
        "bytes of memory",
        pages.saturating_mul(PAGE_BYTES),
        limits.memory_bytes,
    )?;
    at_most(
        "table_elements",
        "table elements",
        required.max_initial_table_size.unwrap_or(0),
        limits.table_elements,
    )
}

fn at_most(
    limit: &'static str,
    unit: &'static str,
    needed: u64,
    maximum: usize,
) -> Result<(), LoadError> {
    let maximum = maximum as u64;
    if needed <= maximum {
        return Ok(());
    }
    Err(LoadError::StartsBeyondLimit {
        limit,
        unit,
        needed,
        maximum,
    })
}

/// Resolves the component's imports once for all instances, and compares the
/// handler's type with that of its world.
fn link(
    engine: &PooledEngine,
    compiled: &Component,
) -> Result<InstancePre<InvocationData>, LoadError> {
    let instances = engine
        .linker
        .instantiate_pre(compiled)
        .map_err(|cause| LoadError::Import(format!("{cause:#}")))?;
    let component_type = compiled.component_type();
    let export = component_type
        .get_export(&engine.engine, HANDLE)
        .expect("the world was read from this export");
    let ComponentItem::ComponentFunc(handle) = export.ty else {
        unreachable!("the world was read from this function");
    };
    handle
        .typecheck::<Parameters<'_>, Returned>(&instances.instance_type())
        .map_err(|cause| LoadError::HandlerType(format!("{cause:#}")))?;
    Ok(instances)
}
