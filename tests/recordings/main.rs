//! Replays recordings of AWS Step Functions against our service.
//!
//! Each file of the corpus `stepfunctions` is two tests: its calls are answered by
//! the operations of `service`, once in process and once over HTTP; its functions
//! are components in the sandbox, brought by the Lambda API; time is virtual, and
//! the answers are compared with the service's. Cases that
//! need an operation or a service that is not there yet are listed as ignored,
//! with the reason.
//!
//! `SANDSTEP_UPDATE_CONFORMANCE=1` writes the score into `CONFORMANCE.md`.
#![forbid(unsafe_code)]

mod case;
mod compare;
mod corpus;
mod endpoint;
mod functions;
mod http;
mod known;
mod log_groups;
mod parallel;
mod path;
mod pattern;
mod pending;
mod placeholders;
mod poll;
mod replay;
mod rules;
mod score;
mod variables;

use std::process::ExitCode;

use libtest_mimic::Arguments;

use crate::corpus::Corpus;

/// The argument with which this program compiles a component instead.
const COMPILE: &str = "compile-component";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(2).collect();
    if std::env::args().nth(1).as_deref() == Some(COMPILE) {
        return sandstep_sandbox::compile::child_main(&arguments);
    }
    replay_all()
}

fn replay_all() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = sandstep_conformance::locate("stepfunctions/cases");
    let corpus = folder.map(|folder| Corpus::read(&folder));
    let summary = match &corpus {
        Some(corpus) => corpus.score().summary(),
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
