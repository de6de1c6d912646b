//! What a command needs to run functions: threads, a sandbox, and components.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use sandstep_sandbox::{
    CompileLimits, CompilerProgram, Function as Loaded, FunctionSpec, PoolLimits, Sandbox,
    SandboxConfig,
};
use sandstep_service::Functions;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::args::ClockName;
use crate::build;
use crate::command_error::CommandError;
use crate::project::{Function, Project};
use crate::read::read_bytes;
use crate::terminal::Terminal;

/// The most memory that a component can have, in bytes: what 32 bits address
/// (WebAssembly Core Specification, "Memory Types").
const MOST_MEMORY: usize = 4 << 30;

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
        let spec = spec(function, terminal);
        let component = build::component_of(project, function, &terminal)?;
        let (name, sandbox) = (function.name.clone(), sandbox.clone());
        loading.spawn(async move { (name, load_component(&sandbox, &component, spec).await) });
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
) -> Result<Loaded, CommandError> {
    let bytes = read_bytes(component, CompileLimits::default().component_bytes)
        .map_err(|cause| CommandError::io("reading", component, &cause))?;
    let name = spec.name.clone();
    sandbox.load(&bytes, spec).await.map_err(|cause| {
        let message = format!(
            "the function \"{name}\" ({}) cannot be used",
            component.display()
        );
        CommandError::caused(message, &cause)
    })
}
