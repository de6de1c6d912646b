//! A store keeps what it acknowledged through the loss of power.
//!
//! `SANDSTEP_STATES=N` rebuilds that many states instead of 1,200, and
//! `SANDSTEP_SEED=N` chooses others. A run that fails is kept, and looked at
//! again with `SANDSTEP_RUN=FOLDER`.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use sandstep_journal::Durability;
use sandstep_power_loss::{
    Disk, Files, Operation,
    disk::Loss,
    read,
    recorder::record,
    world::{self, Acknowledged},
};
use sandstep_tests::random::Random;
use tempfile::TempDir;

const STATES: usize = 1_200;
/// Folders that the store makes as well: their names are to last.
const STORE: &str = "made/by/the/store";
const THREADS: usize = 2;

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable}: {text}")),
    )
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

/// A real run: several processes after each other, of which some are killed.
struct Run {
    folder: PathBuf,
    operations: Vec<Operation>,
    directory: Option<TempDir>,
}

impl Run {
    fn new(durability: &str) -> Self {
        let directory = TempDir::new().expect("a test has a folder");
        let folder = directory.path().canonicalize().expect("it is there");
        fs::create_dir(folder.join("disk")).expect("the folder is empty");
        for (run, ending) in ["kill", "close", "kill", "close"].iter().enumerate() {
            run_once(&folder, &[&run.to_string(), durability, ending]);
        }
        let run = Self {
            directory: Some(directory),
            ..Self::kept(&folder)
        };
        run.check_complete();
        run
    }

    fn kept(folder: &Path) -> Self {
        Self {
            operations: read(&folder.join("record")).expect("the record is whole"),
            folder: folder.join("disk"),
            directory: None,
        }
    }

    /// Keeps the files of the run, and says how to look at them again.
    fn keep(&mut self) -> String {
        let kept = self.directory.take().map(TempDir::keep);
        kept.map_or(String::new(), |kept| {
            format!("SANDSTEP_RUN={} repeats:\n", kept.display())
        })
    }

    /// Played back without a loss, the record makes the files that there are.
    fn check_complete(&self) {
        let mut disk = Disk::new(&self.folder);
        self.operations
            .iter()
            .for_each(|operation| disk.apply(operation));
        let played: Files = disk
            .files()
            .into_iter()
            .filter(|(path, _)| !is_shared(path))
            .collect();
        let files = fs::read_dir(self.folder.join(STORE)).expect("it is there");
        let paths = files.map(|file| file.expect("it is there").path());
        let paths = paths.filter(|path| !is_shared(path));
        let real: Files = paths
            .map(|path| (path.clone(), fs::read(path).expect("it is there")))
            .collect();
        assert!(played == real, "the record lacks something");
    }

    /// Rebuilds states, opens a store from each and checks it. The answer is what
    /// went wrong, the seed of the state first.
    fn check(&self, states: usize, seed: u64, durability: Durability) -> Vec<String> {
        let next = AtomicUsize::new(0);
        let worker = || {
            let mut failures = Vec::new();
            loop {
                let state = next.fetch_add(1, Ordering::Relaxed);
                if state >= states {
                    return failures;
                }
                failures.extend(self.check_state(seed + state as u64, durability).err());
            }
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(worker)).collect();
            let failures = workers.into_iter().map(|worker| worker.join());
            failures
                .flat_map(|failures| failures.expect("no worker panics"))
                .collect()
        })
    }

    fn check_state(&self, seed: u64, durability: Durability) -> Result<(), String> {
        let mut random = Random::new(seed);
        let at = random.below(self.operations.len() + 1);
        let loss = Loss::draw(&mut random);
        let mut disk = Disk::new(&self.folder);
        let mut acknowledged = Acknowledged::default();
        for operation in &self.operations[..at] {
            disk.apply(operation);
            if let Operation::Mark(mark) = operation {
                acknowledged.add(mark);
            }
        }
        let mut files = disk.lose_power(loss, &mut random);
        // What processes share is in memory: on the disk it may be anything.
        for (path, bytes) in &mut files {
            if is_shared(path) {
                bytes
                    .iter_mut()
                    .for_each(|byte| *byte = random.below(256) as u8);
            }
        }
        let opened = check_files(&self.folder, &files, &acknowledged, durability);
        opened.map_err(|error| format!("SANDSTEP_SEED={seed} (operation {at}, {loss:?}): {error}"))
    }
}

fn is_shared(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "db-shm")
}

fn check_files(
    folder: &Path,
    files: &BTreeMap<PathBuf, Vec<u8>>,
    acknowledged: &Acknowledged,
    durability: Durability,
) -> Result<(), String> {
    let directory = in_memory();
    for (path, bytes) in files {
        let path = directory
            .path()
            .join(path.strip_prefix(folder).expect("it is inside"));
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder is ours");
        fs::write(path, bytes).expect("the folder is ours");
    }
    let store = world::open(&directory.path().join(STORE), durability)?;
    acknowledged.check(&store)
}

/// A folder where syncing costs nothing, if there is one.
fn in_memory() -> TempDir {
    let memory = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new());
    memory.expect("a test has a folder")
}

fn states() -> usize {
    number("SANDSTEP_STATES").map_or(STATES, |states| states as usize)
}

#[test]
fn nothing_acknowledged_is_missing_after_the_loss_of_power() {
    let kept = env::var_os("SANDSTEP_RUN").map(PathBuf::from);
    let mut run = kept.map_or_else(|| Run::new("power"), |folder| Run::kept(&folder));
    let seed = number("SANDSTEP_SEED").unwrap_or(1);
    let failures = run.check(states(), seed, Durability::Power);
    assert!(
        failures.is_empty(),
        "{} states; {}{}",
        failures.len(),
        run.keep(),
        failures.join("\n")
    );
}

/// What is not synced is lost: were this to pass as well, the test above would
/// prove nothing. Even so the store opens, and is whole.
#[test]
fn without_syncs_something_is_missing() {
    let run = Run::new("process");
    let failures = run.check(states() / 5, 1, Durability::Process);
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
