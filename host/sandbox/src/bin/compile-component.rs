//! The compiler as a program of its own, for tests and benchmarks; `sandstep`
//! has it as a hidden subcommand.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    sandstep_sandbox::compile::child_main(&arguments)
}
