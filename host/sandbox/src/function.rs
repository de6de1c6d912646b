//! A loaded component, and its invocations.

use std::fmt::Display;
use std::pin::pin;
use std::sync::Arc;

use serde::de::IgnoredAny;
use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, InstancePre};
use wasmtime_wasi::filesystem::WasiFilesystemCtx;

use crate::abi::{Context, Parameters, Returned};
use crate::call::{Call, ClockSource};
use crate::clock::unix_ms;
use crate::config::FunctionSpec;
use crate::data::InvocationData;
use crate::meter::{Meter, metered};
use crate::outcome::{self, Invocation, Judge, Usage};
use crate::sandbox::Host;
use crate::world::World;

/// What lifting a result may cost beside its own bytes: the error record's
/// other parts.
const LIFTING_SLACK: usize = 64 * 1024;

/// A component that is ready to be invoked. Cheap to clone.
#[derive(Clone)]
pub struct Function(pub(crate) Arc<Loaded>);

/// What all invocations of a function share.
pub(crate) struct Loaded {
    pub(crate) host: Arc<Host>,
    pub(crate) spec: FunctionSpec,
    pub(crate) world: World,
    pub(crate) directories: WasiFilesystemCtx,
    pub(crate) instances: InstancePre<InvocationData>,
    pub(crate) handle: ComponentExportIndex,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Function")
            .field(&self.0.spec)
            .finish()
    }
}

impl Function {
    /// What it was loaded with.
    pub fn spec(&self) -> &FunctionSpec {
        &self.0.spec
    }

    /// Runs the handler once, in an instance of its own.
    ///
    /// `event` must be a JSON text. Waits for a place in the pool first, at
    /// most `SandboxConfig::queue_time`. Must run within tokio with its timer
    /// enabled. Dropping the future stops the guest: a computing guest hands
    /// the thread back within two milliseconds.
    ///
    /// Never fails as a whole: [`Invocation::outcome`] has the error.
    pub async fn invoke(&self, event: &str, call: &Call<'_>) -> Invocation {
        pin!(self.invoke_as(event, call, json_text)).await
    }

    /// As [`Function::invoke`], for a caller that parses the result anyway:
    /// `read` does so, or says why the text is not JSON.
    pub async fn invoke_as<T, E: Display>(
        &self,
        event: &str,
        call: &Call<'_>,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Invocation<T> {
        let limits = &self.0.spec.limits;
        if event.len() > limits.event_bytes {
            return Invocation::refused(outcome::event_too_large(event.len(), limits));
        }
        // Dropped after the store, whose place it stands for.
        let _place = match self.0.host.place().await {
            Ok(place) => place,
            Err(error) => return Invocation::refused(error),
        };
        let _running = self.0.host.ticker.running();
        // These futures have several KB: each is pinned where it is made, and not
        // moved from one to the next.
        pin!(self.run(event, call, read)).await
    }

    async fn run<T, E: Display>(
        &self,
        event: &str,
        call: &Call<'_>,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Invocation<T> {
        let limits = &self.0.spec.limits;
        let meter = Meter::start(limits);
        let mut store = self.store(call, meter.clone());
        let ended = {
            let guest = pin!(self.call_handler(&mut store, event, self.context(call)));
            metered(guest, &meter).await
        };
        let data = store.data();
        let outcome = Judge {
            request_id: &call.request_id,
            limits,
            stack_bytes: self.0.host.pool.stack_bytes,
            world: self.0.world,
            data,
        }
        .outcome(ended, read);
        Invocation {
            outcome,
            log: data
                .log()
                .map(|log| log.finish(&call.request_id))
                .unwrap_or_default(),
            usage: Usage {
                cpu_time: meter.cpu_time(),
                wall_time: meter.wall_time(),
                virtual_time: meter.slept(),
                peak_memory_bytes: data.growth.memory().taken,
            },
        }
    }

    fn store(&self, call: &Call<'_>, meter: Arc<Meter>) -> Store<InvocationData> {
        let data = InvocationData::new(self.0.clone(), meter, call);
        let mut store = Store::new(self.0.instances.engine(), data);
        store.limiter(|data| &mut data.growth);
        store.epoch_deadline_callback(|context| context.data().meter.tick());
        store.set_epoch_deadline(1);
        // The guest could otherwise make the host copy 128 MiB before the
        // result's length is looked at.
        store.set_hostcall_fuel(
            self.0
                .spec
                .limits
                .result_bytes
                .saturating_add(LIFTING_SLACK),
        );
        store
    }

    async fn call_handler(
        &self,
        store: &mut Store<InvocationData>,
        event: &str,
        context: Context<'_>,
    ) -> wasmtime::Result<Returned> {
        let instance = pin!(self.0.instances.instantiate_async(&mut *store)).await?;
        let handle =
            instance.get_typed_func::<Parameters<'_>, Returned>(&mut *store, &self.0.handle)?;
        pin!(handle.call_async(store, (event, context))).await
    }

    fn context<'a>(&'a self, call: &'a Call<'_>) -> Context<'a> {
        let spec = &self.0.spec;
        let now_ms = match call.clock {
            ClockSource::Real => unix_ms(),
            ClockSource::Virtual { now_ms } => now_ms,
        };
        let wall_ms = u64::try_from(spec.limits.wall_time.as_millis()).unwrap_or(u64::MAX);
        Context {
            function_name: &spec.name,
            function_version: call.function_version.as_deref().unwrap_or(&spec.version),
            invoked_function_arn: call.invoked_function_arn.as_deref().unwrap_or(&spec.arn),
            request_id: &call.request_id,
            deadline_ms: now_ms.saturating_add(wall_ms),
            memory_limit_mb: spec.limits.memory_mb(),
            attempt: call.attempt,
            execution_arn: call.execution_arn.as_deref(),
            state_name: call.state_name.as_deref(),
            idempotency_token: call.idempotency_token.as_deref(),
        }
    }
}

/// The text itself, if it is JSON.
fn json_text(text: &str) -> serde_json::Result<String> {
    serde_json::from_str::<IgnoredAny>(text).map(|IgnoredAny| text.to_owned())
}
