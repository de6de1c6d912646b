//! A crash at every commit of an execution, and what becomes of it.
//!
//! Each definition is run once undisturbed. Then, for each of its writes, it is run
//! again and the process stops before that write, or after it and before anybody is
//! told, or the write reaches the store twice. Another engine takes over, the client
//! starts again what was not acknowledged, and the history must come out the same.
//! Nothing may be missing that was acknowledged, and no task may run before what
//! scheduled it was committed.
//!
//! That the tests notice is tested as well: with a store that forgets to compare
//! versions, and with one that answers before it commits, they must fail.
//!
//! `SANDSTEP_SEEDS=N` adds that many random definitions instead of 150.
#![forbid(unsafe_code)]

mod outside;
mod scenario;
mod shaky;

use std::{env, fs, path::PathBuf, sync::Arc};

use sandstep_journal::{Durability, Journal, MemoryStore, SqliteOptions, SqliteStore};
use sandstep_tests::{case::Case, generate, repository};

use scenario::Scenario;
use shaky::{Fault, Trouble};

/// How many random definitions there are unless somebody asks for more.
const SEEDS: u64 = 150;

/// Everything that is run: the cases of `tests/cases`, and random ones.
fn scenarios() -> Vec<Scenario> {
    let texts = files(repository().join("tests/cases")).into_iter();
    let texts = texts.map(|file| {
        let text = fs::read_to_string(&file).expect("a case can be read");
        (file.display().to_string(), text)
    });
    let asked = env::var("SANDSTEP_SEEDS").ok();
    let seeds = asked.map_or(SEEDS, |seeds| seeds.parse().expect("a number of seeds"));
    let random = (0..seeds).map(|seed| (format!("seed {seed}"), generate::case(seed).to_string()));
    let named = texts.chain(random).filter_map(|(name, text)| {
        let case = Case::parse(&text).ok()?;
        // What comes from outside comes at its own time.
        let is_alone = case.stop.is_none() && !case.script.needs_others();
        is_alone.then(|| Scenario::new(name, case))
    });
    named.collect()
}

fn files(folder: PathBuf) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of cases can be read");
    let paths = entries.map(|entry| entry.expect("an entry can be read").path());
    let files = paths.flat_map(|path| {
        if path.is_dir() {
            files(path)
        } else {
            vec![path]
        }
    });
    files
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect()
}

fn in_memory() -> Arc<dyn Journal> {
    Arc::new(MemoryStore::new())
}

/// Crashes at every write of every scenario; what went wrong, and how many times the
/// execution was run.
fn crash_everywhere(
    scenarios: &[Scenario],
    troubles: &[Trouble],
    fault: Fault,
) -> (Vec<String>, usize) {
    let (mut failures, mut runs) = (Vec::new(), 0);
    for scenario in scenarios {
        let golden = scenario.undisturbed(in_memory());
        for at in 0..golden.writes {
            for trouble in troubles {
                runs += 1;
                let result = scenario.disturbed(in_memory(), *trouble, at, fault);
                let checked = result.and_then(|text| golden.compare(&text));
                failures.extend(checked.err().map(|error| {
                    format!("{}: {trouble:?} at write {at}: {error}", scenario.name())
                }));
            }
        }
    }
    (failures, runs)
}

#[test]
fn every_crash_is_recovered_from() {
    let scenarios = scenarios();
    assert!(scenarios.len() >= 200, "{}", scenarios.len());
    let (failures, runs) = crash_everywhere(&scenarios, &Trouble::ALL, Fault::Nothing);
    assert!(
        failures.is_empty(),
        "{} of {runs}:\n{}",
        failures.len(),
        failures.join("\n")
    );
    eprintln!("{runs} crashes of {} definitions", scenarios.len());
    assert!(runs > 6 * scenarios.len(), "{runs}");
}

/// The same on the disk: what another engine finds is what the store reads back.
#[test]
fn what_is_on_the_disk_is_recovered_from() {
    let scenarios = scenarios();
    let options = SqliteOptions {
        durability: Durability::Process,
        ..SqliteOptions::default()
    };
    for scenario in scenarios.iter().step_by(23) {
        let golden = scenario.undisturbed(in_memory());
        for at in 0..golden.writes {
            let directory = tempfile::tempdir().expect("a test has a folder");
            let open = || SqliteStore::open(directory.path(), options).expect("the store opens");
            let text =
                scenario.disturbed(Arc::new(open()), Trouble::CrashAfter, at, Fault::Nothing);
            text.and_then(|text| golden.compare(&text))
                .unwrap_or_else(|error| panic!("{}: at write {at}: {error}", scenario.name()));
        }
    }
}

#[test]
fn without_versions_a_transition_is_made_twice() {
    let scenarios: Vec<Scenario> = scenarios().into_iter().step_by(5).collect();
    let (failures, runs) =
        crash_everywhere(&scenarios, &[Trouble::SentTwice], Fault::ForgetsVersions);
    assert!(
        failures.len() > scenarios.len() / 4,
        "{} of {runs}",
        failures.len()
    );
}

#[test]
fn an_answer_before_the_commit_is_noticed() {
    let scenarios: Vec<Scenario> = scenarios().into_iter().step_by(5).collect();
    let (failures, runs) =
        crash_everywhere(&scenarios, &[Trouble::CrashBefore], Fault::AnswersEarly);
    assert!(
        failures
            .iter()
            .any(|failure| failure.contains("before it was committed")),
        "{} of {runs}",
        failures.len()
    );
}
