//! What a command needs to run functions: threads, a sandbox, and components.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::{Duration, Instant};

use sandstep_sandbox::{
    CompileLimits, CompilerProgram, Function as Loaded, FunctionSpec, PoolLimits, Sandbox,
    SandboxConfig,
};
use sandstep_service::Functions;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::Instrument;

use crate::args::ClockName;
use crate::build;
use crate::command_error::CommandError;
use crate::project::{Function, Project};
use crate::read::read_bytes;
use crate::terminal::{Terminal, readable};

/// The most memory that a component can have, in bytes: what 32 bits address
/// (WebAssembly Core Specification, "Memory Types").
const MOST_MEMORY: usize = 4 << 30;

/// How long nobody minds that nothing is said.
const AT_ONCE: Duration = Duration::from_millis(300);

/// Threads for one command. Under a virtual clock one is enough, since tasks
/// run one after the other.
pub(crate) fn threads(clock: ClockName) -> Result<Runtime, CommandError> {
    let mut builder = match clock {
        ClockName::Real => Builder::new_multi_thread(),
        ClockName::Virtual => Builder::new_current_thread(),
    };
    builder
        .enable_all()
        .build()
        .map_err(|cause| CommandError::caused("starting the threads", &cause))
}

/// Builds functions as need be and makes them callable by the given names.
pub(crate) async fn load(
    project: &Project,
    functions: &[(String, &Function)],
    terminal: Terminal,
) -> Result<Functions, CommandError> {
    let registry = Functions::default();
    // A pool is worth its few milliseconds only where something uses it.
    if !functions.is_empty() {
        let sandbox = sandbox(functions.iter().map(|(_, function)| *function))?;
        load_into(&registry, &sandbox, project, functions, terminal).await?;
    }
    Ok(registry)
}

/// The same in a sandbox that is there, beside what the registry has already.
pub(crate) async fn load_into(
    registry: &Functions,
    sandbox: &Sandbox,
    project: &Project,
    functions: &[(String, &Function)],
    terminal: Terminal,
) -> Result<(), CommandError> {
    let mut loading = JoinSet::new();
    for function in distinct(functions) {
        let span = tracing::info_span!("function", function = function.name);
        let component = span.in_scope(|| build::component_of(project, function, &terminal))?;
        let spec = spec(function, terminal);
        let (name, sandbox) = (function.name.clone(), sandbox.clone());
        let load = async move {
            let function = load_component(&sandbox, &component, spec, terminal).await;
            (name, function)
        };
        loading.spawn(load.instrument(span));
    }
    let mut loaded = BTreeMap::new();
    while let Some(ended) = loading.join_next().await {
        let (name, function) = ended.expect("loading does not panic");
        loaded.insert(name, function?);
    }
    for (called, function) in functions {
        let of_name = &loaded[&function.name];
        registry.insert(called.as_str(), of_name.clone());
        registry.insert(function.name.as_str(), of_name.clone());
        if function.at_most_once {
            registry.call_at_most_once(called.as_str());
            registry.call_at_most_once(function.name.as_str());
        }
    }
    Ok(())
}

/// Each function once, in the order of their names.
fn distinct<'f>(functions: &[(String, &'f Function)]) -> impl Iterator<Item = &'f Function> {
    let by_name: BTreeMap<&str, &Function> = functions
        .iter()
        .map(|(_, function)| (function.name.as_str(), *function))
        .collect();
    by_name.into_values()
}

/// A sandbox with room for each of these functions.
pub(crate) fn sandbox<'f>(
    functions: impl Iterator<Item = &'f Function>,
) -> Result<Sandbox, CommandError> {
    let program = env::current_exe()
        .map_err(|cause| CommandError::caused("finding this program's own file", &cause))?;
    let compiler = CompilerProgram::new(program, ["compile-component"]);
    let config = SandboxConfig {
        pool: pool(functions),
        ..SandboxConfig::new(cache_folder(), compiler)
    };
    Sandbox::new(config).map_err(|cause| CommandError::caused("starting the sandbox", &cause))
}

/// A pool whose places are large enough for every function.
fn pool<'f>(functions: impl Iterator<Item = &'f Function>) -> PoolLimits {
    let default = PoolLimits::default();
    let largest = functions.map(|function| function.limits.memory_bytes).max();
    let largest = largest.unwrap_or_default().min(MOST_MEMORY);
    PoolLimits {
        memory_bytes: default.memory_bytes.max(largest),
        ..default
    }
}

/// Where compiled components are kept for all projects of the user: they are
/// found by the digest of their component.
pub(crate) fn cache_folder() -> PathBuf {
    let folder = |name: &str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let cache = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    cache.unwrap_or_else(env::temp_dir).join("sandstep")
}

/// What the sandbox is told of a function. Lambda sells up to 10,240 MB, which
/// files written for it may ask for.
fn spec(function: &Function, terminal: Terminal) -> FunctionSpec {
    let mut limits = function.limits.clone();
    if limits.memory_bytes > MOST_MEMORY {
        terminal.warning(&format!(
            "the function \"{}\" has 4096 MB of memory instead of {}: no component can have more",
            function.name,
            limits.memory_mb(),
        ));
        limits.memory_bytes = MOST_MEMORY;
    }
    FunctionSpec {
        limits,
        grants: function.grants.clone(),
        arn: function.arn(),
        ..FunctionSpec::named(function.name_on_lambda())
    }
}

async fn load_component(
    sandbox: &Sandbox,
    component: &Path,
    spec: FunctionSpec,
    terminal: Terminal,
) -> Result<Loaded, CommandError> {
    let bytes = read_bytes(component, CompileLimits::default().component_bytes)
        .map_err(|cause| CommandError::io("reading", component, &cause))?;
    let name = spec.name.clone();
    let loading = sandbox.load(&bytes, spec);
    tell_if_slow(loading, &name, terminal)
        .await
        .map_err(|cause| {
            let message = format!(
                "the function \"{name}\" ({}) cannot be used",
                component.display()
            );
            CommandError::caused(message, &cause)
        })
}

/// Tells of a component that is not there at once, which is because it has to be
/// compiled to machine code.
async fn tell_if_slow<T, E>(
    loading: impl Future<Output = Result<T, E>>,
    name: &str,
    terminal: Terminal,
) -> Result<T, E> {
    let began = Instant::now();
    let mut loading = pin!(loading);
    if let Ok(loaded) = timeout(AT_ONCE, &mut loading).await {
        return loaded;
    }
    terminal.progress("Compiling", &format!("{name} to machine code"));
    let loaded = loading.await?;
    let took = readable(began.elapsed());
    terminal.progress("Compiled", &format!("{name} ({took})"));
    Ok(loaded)
}
