//! The floor of an invocation: bare wasmtime at the cheapest correct
//! settings, for benchmarks to compare with.
//!
//! The same component, the same pool, parameters of the same length (those of
//! a task of an execution), a fresh instance for each call; no limits, no log,
//! no checks, and a WASI context only for a guest that asks the host for
//! something.

use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, InstancePre, Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::abi::{Context, Parameters, Returned};
use crate::artifact;
use crate::engine::PooledEngine;
use crate::error::LoadError;
use crate::function::Function;
use crate::limits::PoolLimits;
use crate::world::{HANDLE, World};

/// A component of either world under bare wasmtime.
pub struct Floor {
    instances: InstancePre<Wasi>,
    handle: ComponentExportIndex,
}

/// The plainest host, built when it is first asked.
#[derive(Default)]
struct Wasi(Option<Box<(WasiCtx, ResourceTable)>>);

impl WasiView for Wasi {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let plain = || Box::new((WasiCtx::builder().build(), ResourceTable::new()));
        let (ctx, table) = &mut **self.0.get_or_insert_with(plain);
        WasiCtxView { ctx, table }
    }
}

impl Floor {
    /// Loads from the cache what `function`'s sandbox has compiled from
    /// `component`.
    ///
    /// # Panics
    ///
    /// If the component is not that function's.
    pub fn of(function: &Function, component: &[u8]) -> Self {
        Self::build(function, component).expect("the function was loaded from this component")
    }

    fn build(function: &Function, component: &[u8]) -> Result<Self, LoadError> {
        let host = &function.0.host;
        let world = World::of(component)?;
        let pooled = PooledEngine::new(world, &PoolLimits::default()).map_err(LoadError::Engine)?;
        let path = host.cache.path(component, &pooled.code_key);
        let file = host
            .cache
            .read(&path)
            .ok_or_else(|| LoadError::Unloadable(path.display().to_string()))?;
        let compiled = artifact::load(&pooled.engine, &file)
            .map_err(|cause| LoadError::Unloadable(format!("{cause:?}")))?;
        let mut linker = Linker::new(&pooled.engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)
            .and_then(|()| linker.instantiate_pre(&compiled))
            .map(|instances| Self {
                handle: compiled
                    .get_export_index(None, HANDLE)
                    .expect("a component of one of the worlds"),
                instances,
            })
            .map_err(|cause| LoadError::Import(format!("{cause:#}")))
    }

    /// Calls the handler in a fresh instance.
    ///
    /// # Panics
    ///
    /// If the handler fails.
    pub async fn call(&self, event: &str) -> String {
        let mut store = Store::new(self.instances.engine(), Wasi::default());
        // The engine's code checks the epoch; without a deadline it would be
        // in the past.
        store.set_epoch_deadline(1_000_000_000);
        self.call_in(&mut store, event)
            .await
            .expect("the floor's handler succeeds")
            .0
            .expect("the floor's handler succeeds")
    }

    async fn call_in(&self, store: &mut Store<Wasi>, event: &str) -> wasmtime::Result<Returned> {
        let instance = self.instances.instantiate_async(&mut *store).await?;
        let handle =
            instance.get_typed_func::<Parameters<'_>, Returned>(&mut *store, &self.handle)?;
        handle.call_async(store, (event, CONTEXT)).await
    }
}

const CONTEXT: Context<'static> = Context {
    function_name: "echo",
    function_version: "$LATEST",
    invoked_function_arn: "arn:aws:lambda:us-east-1:123456789012:function:echo",
    request_id: "00000000-0000-0000-0000-000000000000",
    deadline_ms: 0,
    memory_limit_mb: 128,
    attempt: 1,
    execution_arn: Some("arn:aws:states:us-east-1:123456789012:express:bench:run:1"),
    state_name: Some("T"),
    idempotency_token: Some("00000000-0000-0000-0000-000000000000"),
};
