//! The sandstep command line.
#![forbid(unsafe_code)]

mod args;
mod build;
mod client;
mod command_error;
mod commands;
mod execution;
mod history;
mod project;
mod read;
mod report;
mod runtime;
mod serve;
mod terminal;
mod testing;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::command_error::UNUSABLE;
use crate::terminal::{Terminal, say};

// Payloads are many small allocations: this one makes parsing a third cheaper
// than the C library's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let terminal = Terminal::new(cli.speech.color, cli.speech.verbosity());
    let result = match cli.command {
        Command::Run(args) => commands::run(&args, terminal),
        Command::Replay(args) => commands::replay(&args, terminal),
        Command::Test(args) => commands::test(&args, terminal),
        Command::TestState(args) => commands::test_state(&args, terminal),
        Command::Validate(args) => commands::validate(&args, terminal),
        Command::Invoke(args) => commands::invoke(&args, terminal),
        Command::Serve(args) => commands::serve(*args, terminal),
        Command::Start(args) => commands::start(&args, terminal),
        Command::Executions(args) => commands::executions(&args),
        Command::History(args) => commands::history(&args, terminal),
        Command::Stop(args) => commands::stop(&args),
        Command::Redrive(args) => commands::redrive(&args, terminal),
        Command::Build(args) => commands::build(&args, terminal),
        Command::New(args) => commands::new(&args, terminal),
        Command::CompileComponent { arguments } => {
            return sandstep_sandbox::compile::child_main(&arguments);
        }
    };
    result.unwrap_or_else(|error| {
        say(&error.to_text(terminal.paint));
        ExitCode::from(UNUSABLE)
    })
}
