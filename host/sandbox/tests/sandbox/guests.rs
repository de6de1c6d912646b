//! The plumbing: loads the guests and invokes them.

use std::path::Path;
use std::sync::OnceLock;

use sandstep_sandbox::{
    Call, CompilerProgram, Function, FunctionError, FunctionSpec, Grants, Invocation, Limits,
    Sandbox, SandboxConfig,
};

/// The component of one member of `tests/guests`, built on first use.
pub(crate) fn guest(name: &str) -> Vec<u8> {
    sandstep_components::guest(name, Path::new(env!("CARGO_TARGET_TMPDIR")))
}

pub(crate) fn compiler() -> CompilerProgram {
    CompilerProgram::new(env!("CARGO_BIN_EXE_compile-component"), [""; 0])
}

pub(crate) fn config() -> SandboxConfig {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("components");
    SandboxConfig::new(cache, compiler())
}

/// One sandbox for all tests that need no settings of their own.
pub(crate) fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::new(config()).unwrap())
}

pub(crate) async fn load(name: &str, limits: Limits, grants: Grants) -> Function {
    let spec = FunctionSpec {
        limits,
        grants,
        ..FunctionSpec::named(name)
    };
    sandbox().load(&guest(name), spec).await.unwrap()
}

pub(crate) async fn hostile(limits: Limits) -> Function {
    load("hostile", limits, Grants::default()).await
}

pub(crate) async fn invoke(function: &Function, event: &str) -> Invocation {
    function.invoke(event, &Call::new("r1")).await
}

/// What the hostile guest answers to `event` under the default limits.
pub(crate) async fn answer(event: &str) -> Result<String, FunctionError> {
    invoke(&hostile(Limits::default()).await, event)
        .await
        .outcome
}

/// How the hostile guest fails at `event` under `limits`.
pub(crate) async fn failure(limits: Limits, event: &str) -> FunctionError {
    invoke(&hostile(limits).await, event)
        .await
        .outcome
        .expect_err("this must fail")
}
