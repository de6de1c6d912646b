//! A recorded run, and the states that the loss of power could have left of it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use sandstep_tests::random::Random;
use tempfile::TempDir;

use crate::{
    disk::{Disk, Files, Loss},
    record::{self, Operation},
};

/// How many states are looked at at a time.
const THREADS: usize = 2;

/// A recorded run.
pub struct Recorded {
    folder: PathBuf,
    operations: Vec<Operation>,
}

/// What is left when the power is gone.
pub struct State {
    /// The files, where syncing costs nothing if there is such a place.
    pub files: TempDir,
    /// What had been acknowledged by then.
    pub marks: Vec<String>,
}

impl Recorded {
    /// Reads the record of what was done to this folder.
    ///
    /// # Errors
    ///
    /// Fails where the record is not whole.
    pub fn read(record: &Path, folder: &Path) -> io::Result<Self> {
        Ok(Self {
            folder: folder.to_owned(),
            operations: record::read(record)?,
        })
    }

    /// Played back without a loss, the record makes the files that there are.
    ///
    /// # Panics
    ///
    /// Panics where it lacks something: what it then says of a loss is worth nothing.
    pub fn assert_complete(&self) {
        let mut disk = Disk::new(&self.folder);
        let operations = self.operations.iter();
        operations.for_each(|operation| disk.apply(operation));
        let mut played = disk.files();
        let mut real = Files::new();
        read_all(&self.folder, &mut real).expect("the folder can be read");
        played.retain(|path, _| !is_shared(path));
        real.retain(|path, _| !is_shared(path));
        assert!(played == real, "the record lacks something");
    }

    /// Rebuilds states and checks each. The answer is what went wrong, the seed of the
    /// state first; `SANDSTEP_SEED` chooses others.
    pub fn check(
        &self,
        states: usize,
        check: impl Fn(&State) -> Result<(), String> + Sync,
    ) -> Vec<String> {
        let first = number("SANDSTEP_SEED").unwrap_or(1);
        let next = AtomicUsize::new(0);
        let worker = || {
            let mut failures = Vec::new();
            loop {
                let state = next.fetch_add(1, Ordering::Relaxed);
                if state >= states {
                    return failures;
                }
                failures.extend(self.check_state(first + state as u64, &check).err());
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

    fn check_state(
        &self,
        seed: u64,
        check: impl Fn(&State) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut random = Random::new(seed);
        let at = random.below(self.operations.len() + 1);
        let loss = Loss::draw(&mut random);
        let state = self.state(at, loss, &mut random);
        let told = |error| format!("SANDSTEP_SEED={seed} (operation {at}, {loss:?}): {error}");
        check(&state).map_err(told)
    }

    fn state(&self, at: usize, loss: Loss, random: &mut Random) -> State {
        let mut disk = Disk::new(&self.folder);
        let mut marks = Vec::new();
        for operation in &self.operations[..at] {
            disk.apply(operation);
            if let Operation::Mark(mark) = operation {
                marks.push(mark.clone());
            }
        }
        let mut files = disk.lose_power(loss, random);
        // What processes share is in memory: on the disk it may be anything.
        let shared = files.iter_mut().filter(|(path, _)| is_shared(path));
        for byte in shared.flat_map(|(_, bytes)| bytes) {
            *byte = random.below(256) as u8;
        }
        let files = self.write(&files);
        State { files, marks }
    }

    fn write(&self, files: &Files) -> TempDir {
        let memory = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new());
        let directory = memory.expect("a test has a folder");
        for (path, bytes) in files {
            let path = path.strip_prefix(&self.folder).expect("it is inside");
            let path = directory.path().join(path);
            let folder = path.parent().expect("it has a folder");
            fs::create_dir_all(folder).expect("the folder is ours");
            fs::write(path, bytes).expect("the folder is ours");
        }
        directory
    }
}

fn is_shared(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "db-shm")
}

fn read_all(folder: &Path, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_all(&path, files)?;
        } else {
            files.insert(path.clone(), fs::read(path)?);
        }
    }
    Ok(())
}

/// A number that the environment gives.
///
/// # Panics
///
/// Panics where it gives something else.
pub fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}
