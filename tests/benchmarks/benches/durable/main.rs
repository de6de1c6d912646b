//! Durable executions, beside a plain file that the same bytes are appended to.
//!
//! `cargo bench --package sandstep-benchmarks --bench durable -- [FOLDER [FINISHED [SLEEPING]]]`
//!
//! FOLDER says which disk is meant. An execution of one Rust task is two commits, and
//! the file's side appends and syncs as many bytes as often; both take turns. What the
//! file does with one bare call of the component between its two appends is what an
//! engine that cost nothing would do on such a file.

mod echo;
mod floor;
mod measure;
mod rate;
mod runs;
mod system;

use std::process::ExitCode;

use echo::Echo;

// The allocator of the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(compiled) = echo::compile() {
        return compiled;
    }
    measure::run(Echo::load());
    ExitCode::SUCCESS
}
