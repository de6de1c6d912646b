//! Replays recordings of AWS Step Functions against the interpreter.
//!
//! Each file of the corpus `stepfunctions` is a test: its calls are answered in
//! process, with scripted functions and a virtual clock, and the answers are
//! compared with the service's. Cases that need what this version does not have
//! are listed as ignored, with the reason.
#![forbid(unsafe_code)]

mod behaviours;
mod case;
mod compare;
mod corpus;
mod endpoint;
mod execution;
mod parallel;
mod pattern;
mod placeholders;
mod replay;
mod rules;
mod selection;
mod variables;

use std::process::ExitCode;

use libtest_mimic::Arguments;

use crate::corpus::Corpus;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let Some(folder) = sandstep_tests::conformance() else {
        println!("recordings: skipped, since there is no folder of conformance data");
        return ExitCode::SUCCESS;
    };
    let corpus = Corpus::read(&folder.join("stepfunctions/cases"));
    let summary = corpus.summary();
    let list = arguments.list;
    let trials = corpus.into_trials().chain(rules::trials()).collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !list {
        println!("{summary}");
    }
    conclusion.exit_code()
}
