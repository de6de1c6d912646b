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
mod known;
mod parallel;
mod pattern;
mod placeholders;
mod refusal;
mod replay;
mod rules;
mod selection;
mod variables;

use std::process::ExitCode;

use libtest_mimic::Arguments;

use crate::corpus::Corpus;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = sandstep_conformance::locate("stepfunctions/cases");
    let corpus = folder.map(|folder| Corpus::read(&folder));
    let summary = match &corpus {
        Some(corpus) => corpus.summary(),
        None => "recordings: skipped, since their folder is missing".to_owned(),
    };
    let list = arguments.list;
    let recorded = corpus.into_iter().flat_map(Corpus::into_trials);
    let conclusion = libtest_mimic::run(&arguments, recorded.chain(rules::trials()).collect());
    if !list {
        println!("{summary}");
    }
    conclusion.exit_code()
}
