//! The plumbing: builds the guests and invokes them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use sandstep_sandbox::{
    Call, CompilerProgram, Function, FunctionError, FunctionSpec, Grants, Invocation, Limits,
    Sandbox, SandboxConfig,
};

const TARGET: &str = "wasm32-wasip2";

/// The component of one member of `tests/guests`, built on first use.
pub(crate) fn guest(name: &str) -> Vec<u8> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let directory = BUILT.get_or_init(build);
    let path = directory.join(format!("{name}.wasm"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn build() -> PathBuf {
    add_target();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/guests");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../guests");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--target", TARGET])
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", &target)
        // Flags meant for the host's build.
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS")
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the guests do not build");
    target.join(TARGET).join("release")
}

/// Without rustup the toolchain must bring the target itself.
fn add_target() {
    let Ok(installed) = Command::new("rustup")
        .args(["target", "list", "--installed"])
        .output()
    else {
        return;
    };
    if !String::from_utf8_lossy(&installed.stdout).contains(TARGET) {
        let _ = Command::new("rustup")
            .args(["target", "add", TARGET])
            .status();
    }
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
