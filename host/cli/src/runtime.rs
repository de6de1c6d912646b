//! What a command needs to run functions: threads, a sandbox, and components.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use sandstep_sandbox::{CompilerProgram, Function as Loaded, FunctionSpec, Sandbox, SandboxConfig};
use sandstep_service::Functions;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::args::ClockName;
use crate::build;
use crate::command_error::CommandError;
use crate::project::{Function, Project};
use crate::terminal::Terminal;

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
    let mut registry = Functions::default();
    if functions.is_empty() {
        // A pool is worth its few milliseconds only where something uses it.
        return Ok(registry);
    }
    let sandbox = sandbox()?;
    let mut loading = JoinSet::new();
    for (name, function) in distinct(functions) {
        let component = build::component_of(project, function, &terminal)?;
        let (sandbox, spec) = (sandbox.clone(), spec(function));
        let name = name.to_owned();
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
    }
    Ok(registry)
}

/// Each function once, by its own name.
fn distinct<'f>(functions: &[(String, &'f Function)]) -> BTreeMap<&'f str, &'f Function> {
    functions
        .iter()
        .map(|(_, function)| (function.name.as_str(), *function))
        .collect()
}

fn sandbox() -> Result<Sandbox, CommandError> {
    let program = env::current_exe()
        .map_err(|cause| CommandError::caused("finding this program's own file", &cause))?;
    let compiler = CompilerProgram::new(program, ["compile-component"]);
    Sandbox::new(SandboxConfig::new(cache_folder(), compiler))
        .map_err(|cause| CommandError::caused("starting the sandbox", &cause))
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

fn spec(function: &Function) -> FunctionSpec {
    FunctionSpec {
        limits: function.limits.clone(),
        grants: function.grants.clone(),
        arn: function.arn(),
        ..FunctionSpec::named(&function.name)
    }
}

async fn load_component(
    sandbox: &Sandbox,
    component: &Path,
    spec: FunctionSpec,
) -> Result<Loaded, CommandError> {
    let bytes =
        std::fs::read(component).map_err(|cause| CommandError::io("reading", component, &cause))?;
    let name = spec.name.clone();
    sandbox.load(&bytes, spec).await.map_err(|cause| {
        let message = format!(
            "the function \"{name}\" ({}) cannot be used",
            component.display()
        );
        CommandError::caused(message, &cause)
    })
}
