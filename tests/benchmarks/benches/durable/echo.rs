//! The echo guest of the tests as a function.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use sandstep_benchmarks::{compare::runtime, guests};
use sandstep_driver::TaskRunner;
use sandstep_sandbox::{
    CompilerProgram, FunctionSpec, Sandbox, SandboxConfig, compile, floor::Floor,
};
use sandstep_service::{FunctionRunner, Functions, Unobserved};

/// The argument that makes a benchmark the sandbox's compiler.
const COMPILE: &str = "compile-component";

/// Compiles a component, where that is what this process was started for.
pub(crate) fn compile() -> Option<ExitCode> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let is_asked = arguments.first().is_some_and(|first| first == COMPILE);
    is_asked.then(|| compile::child_main(&arguments[1..]))
}

/// The function `echo`.
pub(crate) struct Echo {
    /// Runs the tasks whose resource is `echo`.
    pub(crate) tasks: Arc<dyn TaskRunner>,
    /// The same component with nothing around it.
    pub(crate) bare: Arc<Floor>,
}

impl Echo {
    pub(crate) fn load() -> Self {
        let program = std::env::current_exe().expect("a program knows where it is");
        let cache = target().join("bench-components");
        let compiler = CompilerProgram::new(program, [COMPILE]);
        let sandbox = Sandbox::new(SandboxConfig::new(cache, compiler)).expect("a sandbox starts");
        let component = guests::echo(&target());
        let echo = runtime().block_on(sandbox.load(&component, FunctionSpec::named("echo")));
        let echo = echo.expect("the echo component loads");
        let bare = Arc::new(Floor::of(&echo, &component));
        let functions = Functions::default();
        functions.insert("echo", echo);
        let tasks = Arc::new(FunctionRunner::new(functions, Unobserved));
        Self { tasks, bare }
    }
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned()
}
