//! Runs random machines in random worlds, and checks what must always hold.
//!
//! A seed stands for a machine, its input, its limits and what its tasks do. It
//! runs through the driver, in a plain loop, in the loop with the execution
//! restored at each wait, and twice in a hostile [`world`]; all must agree and
//! keep the rules of [`rules`].
//!
//! `SANDSTEP_SEEDS=N` runs that many seeds, `SANDSTEP_SEED=N` only that one.
#![forbid(unsafe_code)]

mod journal;
mod rules;
mod scale;
mod seed;
mod threads;
mod world;

use std::{env, ops::Range, process::ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::seed::Seed;

/// How many seeds are run unless somebody asks for more.
const SEEDS: u64 = 2_000;

/// How many seeds make one test.
const SEEDS_PER_TEST: u64 = 500;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = match number("SANDSTEP_SEED") {
        Some(seed) => vec![Trial::test(format!("seed {seed}"), move || {
            println!("{}", Seed(seed).case_text());
            check(seed..seed + 1)
        })],
        None => trials(number("SANDSTEP_SEEDS").unwrap_or(SEEDS)),
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
    )
}

fn trials(seeds: u64) -> Vec<Trial> {
    let starts = (0..seeds).step_by(SEEDS_PER_TEST as usize);
    let chunks = starts.map(|start| start..seeds.min(start + SEEDS_PER_TEST));
    let mut trials: Vec<Trial> = chunks
        .map(|chunk| {
            Trial::test(
                format!("seeds {} to {}", chunk.start, chunk.end - 1),
                || check(chunk),
            )
        })
        .collect();
    trials.push(Trial::test(
        "the seeds reach all that can happen",
        seed::check_reach,
    ));
    trials.extend(scale::trials());
    trials
}

fn check(seeds: Range<u64>) -> Result<(), Failed> {
    for seed in seeds {
        if let Err(broken) = Seed(seed).check() {
            return Err(report(seed, &broken).into());
        }
    }
    Ok(())
}

fn report(seed: u64, broken: &str) -> String {
    format!(
        "{broken}\n\nthe case of the seed:\n{}\n\nto run it alone:\n\
         SANDSTEP_SEED={seed} cargo test -p sandstep-tests --test simulation",
        Seed(seed).case_text()
    )
}
