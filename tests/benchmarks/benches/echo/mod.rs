//! The echo guest of the tests as a function.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    sync::Arc,
};

use sandstep_benchmarks::compare::runtime;
use sandstep_driver::TaskRunner;
use sandstep_sandbox::{CompilerProgram, Function, FunctionSpec, Sandbox, SandboxConfig, compile};
use sandstep_service::{FunctionRunner, Functions, Unobserved};

/// The argument that makes a benchmark the sandbox's compiler.
const COMPILE: &str = "compile-component";

/// Compiles a component, where that is what this process was started for.
pub(crate) fn compile() -> Option<ExitCode> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let is_asked = arguments.first().is_some_and(|first| first == COMPILE);
    is_asked.then(|| compile::child_main(&arguments[1..]))
}

/// The component, and the function that it is.
pub(crate) fn load() -> (Vec<u8>, Function) {
    let program = std::env::current_exe().expect("a program knows where it is");
    let cache = target().join("bench-components");
    let compiler = CompilerProgram::new(program, [COMPILE]);
    let sandbox = Sandbox::new(SandboxConfig::new(cache, compiler)).expect("a sandbox starts");
    let component = echo_component();
    let echo = runtime()
        .block_on(sandbox.load(&component, FunctionSpec::named("echo")))
        .expect("the echo component loads");
    (component, echo)
}

/// Runs the tasks whose resource is `echo`.
pub(crate) fn runner(echo: Function) -> Arc<dyn TaskRunner> {
    let functions = Functions::default();
    functions.insert("echo", echo);
    Arc::new(FunctionRunner::new(functions, Unobserved))
}

/// Builds the echo guest of the tests.
fn echo_component() -> Vec<u8> {
    let target = target().join("guests");
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--release",
            "--target",
            "wasm32-wasip2",
            "--package",
            "echo",
        ])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../guests"))
        .env("CARGO_TARGET_DIR", &target)
        // These are for the benchmark, not for its guest.
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS")
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the guest does not build");
    let file = target.join("wasm32-wasip2/release/echo.wasm");
    std::fs::read(file).expect("the guest was built")
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned()
}
