//! The operations of the Lambda API, with real components in a sandbox.
//!
//! This program is its sandbox's compiler as well, so it has a `main` of its own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod account;
mod changes;
mod invocations;
mod restarts;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use tokio::runtime::Runtime;

/// The argument with which this program compiles a component instead.
const COMPILE: &str = "compile-component";

/// Tests by the names of their functions.
macro_rules! trials {
    ($($test:ident,)*) => {
        vec![$(libtest_mimic::Trial::test(stringify!($test), || {
            crate::wait_for($test());
            Ok(())
        })),*]
    };
}
pub(crate) use trials;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(2).collect();
    if std::env::args().nth(1).as_deref() == Some(COMPILE) {
        return sandstep_sandbox::compile::child_main(&arguments);
    }
    let trials: [Vec<Trial>; 3] = [changes::trials(), invocations::trials(), restarts::trials()];
    libtest_mimic::run(
        &Arguments::from_args(),
        trials.into_iter().flatten().collect(),
    )
    .exit_code()
}

fn wait_for(test: impl Future<Output = ()>) {
    static RUNTIME: std::sync::OnceLock<Runtime> = std::sync::OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| Runtime::new().expect("a runtime starts"));
    runtime.block_on(test);
}
