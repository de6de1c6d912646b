//! A store keeps what it acknowledged through the loss of power.
//!
//! `SANDSTEP_STATES=N` rebuilds that many states instead of 1,200, and
//! `SANDSTEP_SEED=N` chooses others. A run that fails is kept, and looked at
//! again with `SANDSTEP_RUN=FOLDER`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use sandstep_journal::Durability;
use sandstep_power_loss::{
    recorded::{Recorded, State, number},
    recorder::record,
    world::{self, Acknowledged},
};
use tempfile::TempDir;

const STATES: usize = 1_200;
/// Folders that the store makes as well: their names are to last.
const STORE: &str = "made/by/the/store";

/// Several processes after each other, of which some are killed.
fn run(folder: &Path, durability: &str) {
    fs::create_dir(folder.join("disk")).expect("the folder is empty");
    for (run, ending) in ["kill", "close", "kill", "close"].iter().enumerate() {
        run_once(folder, &[&run.to_string(), durability, ending]);
    }
    recorded(folder).assert_complete();
}

fn run_once(folder: &Path, arguments: &[&str]) {
    let (disk, written) = (folder.join("disk"), folder.join("record"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_power-loss-workload"));
    command.arg(disk.join(STORE)).arg(&written).args(arguments);
    record(&mut command, &disk, &written);
    let output = command.output().expect("the workload runs");
    let told = String::from_utf8_lossy(&output.stderr);
    let expected = output.status.success() == arguments.contains(&"close");
    assert!(expected && !told.contains("panicked"), "{told}");
}

fn recorded(folder: &Path) -> Recorded {
    let recorded = Recorded::read(&folder.join("record"), &folder.join("disk"));
    recorded.expect("the record is whole")
}

fn temporary() -> (TempDir, PathBuf) {
    let directory = TempDir::new().expect("a test has a folder");
    let folder = directory.path().canonicalize().expect("it is there");
    (directory, folder)
}

fn check(state: &State, durability: Durability) -> Result<(), String> {
    let mut acknowledged = Acknowledged::default();
    state.marks.iter().for_each(|mark| acknowledged.add(mark));
    let store = world::open(&state.files.path().join(STORE), durability)?;
    acknowledged.check(&store)
}

fn states() -> usize {
    number("SANDSTEP_STATES").map_or(STATES, |states| states as usize)
}

#[test]
fn nothing_acknowledged_is_missing_after_the_loss_of_power() {
    let (directory, fresh) = temporary();
    let kept = env::var_os("SANDSTEP_RUN").map(PathBuf::from);
    let folder = kept.unwrap_or_else(|| {
        run(&fresh, "power");
        fresh
    });
    let failures = recorded(&folder).check(states(), |state| check(state, Durability::Power));
    if failures.is_empty() {
        return;
    }
    let kept = directory.keep();
    let (count, kept) = (failures.len(), kept.display());
    panic!(
        "{count} states; again with SANDSTEP_RUN={kept}:\n{}",
        failures.join("\n")
    );
}

/// What is not synced is lost: were this to pass as well, the test above would
/// prove nothing. Even so the store opens, and is whole.
#[test]
fn without_syncs_something_is_missing() {
    let (_directory, folder) = temporary();
    run(&folder, "process");
    let failures = recorded(&folder).check(states() / 5, |state| check(state, Durability::Process));
    let missing = [
        "is gone",
        "is at version",
        "entries of",
        "is an old one",
        "is back",
    ];
    let (lost, broken): (Vec<String>, Vec<String>) = failures
        .into_iter()
        .partition(|failure| missing.iter().any(|missing| failure.contains(missing)));
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(lost.len() > 10, "{}", lost.join("\n"));
}
