//! Whatever happens to the files, the error is clear and what was answered is
//! there.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use sandstep_journal::{
    Advance, Blob, Error, Journal, NewExecution, OpenError, Records, SqliteOptions, SqliteStore,
    Standing, Started, StorageError,
};
use tempfile::TempDir;

/// Tells a child of a test which store is meant.
const DIRECTORY: &str = "SANDSTEP_TEST_STORE";

fn open(directory: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(directory, SqliteOptions::default())
}

fn execution(number: usize) -> NewExecution {
    NewExecution {
        arn: format!("execution:{number}"),
        groups: vec!["machine".into()],
        started: 1,
        head: Vec::new(),
        first: Advance {
            records: records(number),
            blobs: vec![Blob::new(number.to_be_bytes().repeat(1200))],
            standing: Standing::Running { due: None },
            enqueued: Vec::new(),
            dequeued: Vec::new(),
        },
    }
}

fn records(number: usize) -> Records {
    let mut records = Records::default();
    records.push(true, &record(number));
    records
}

fn record(number: usize) -> Vec<u8> {
    format!("the record of {number} ").repeat(20).into_bytes()
}

fn start(store: &SqliteStore, epoch: u64, number: usize) -> Result<Started, Error> {
    store.start(epoch, execution(number)).wait()
}

/// A store that has answered the starts of this many executions.
fn filled(directory: &Path, count: usize) {
    let store = open(directory).expect("the store opens and answers");
    let epoch = store.claim().wait().expect("the store opens and answers");
    let starts: Vec<_> = (0..count)
        .map(|number| store.start(epoch, execution(number)))
        .collect();
    for answer in starts {
        assert!(matches!(answer.wait(), Ok(Started::New(_))));
    }
}

/// Whether an execution is there as it was answered; fails as reading it does.
fn is_there(store: &SqliteStore, number: usize) -> Result<bool, Error> {
    let Some(summary) = store.find(&format!("execution:{number}")).wait()? else {
        return Ok(false);
    };
    let blob = &execution(number).first.blobs[0];
    let kept = store.blob(blob.digest()).wait()?;
    let loaded = store.load(summary.id).wait()?.expect("found just now");
    Ok(loaded.records[0].bytes == record(number) && kept.as_deref() == Some(&**blob.bytes()))
}

fn assert_there(store: &SqliteStore, count: usize) {
    for number in 0..count {
        assert!(
            is_there(store, number).expect("a test has a program"),
            "execution {number}"
        );
    }
}

fn child(test: &str, directory: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the store opens and answers"));
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    command.env(DIRECTORY, directory);
    command
}

fn directory_of_the_test() -> std::path::PathBuf {
    let directory = std::env::var_os(DIRECTORY);
    directory.expect("a test starts this one").into()
}

/// A store that is full after a megabyte.
fn open_with_a_quota(directory: &Path) -> SqliteStore {
    let options = SqliteOptions {
        quota: Some(1 << 20),
        ..SqliteOptions::default()
    };
    SqliteStore::open(directory, options).expect("the directory is new")
}

#[test]
fn a_full_store_says_so_and_goes_on_when_there_is_room() {
    let directory = TempDir::new().unwrap();
    let store = open_with_a_quota(directory.path());
    let epoch = store.claim().wait().unwrap();
    let mut answered = 0;
    let refused = loop {
        match start(&store, epoch, answered) {
            Ok(_) => answered += 1,
            Err(error) => break error,
        }
    };
    assert!(
        matches!(refused, Error::Storage(StorageError::Full)),
        "{refused}"
    );
    assert!(answered > 20, "{answered}");
    assert_there(&store, answered);
    drop(store);

    let store = open(directory.path()).unwrap();
    assert_there(&store, answered);
    assert!(!is_there(&store, answered).unwrap());
    start(&store, epoch, answered).unwrap();
    assert_there(&store, answered + 1);
}

#[test]
fn one_write_without_room_does_not_take_its_group_with_it() {
    let directory = TempDir::new().unwrap();
    let store = open_with_a_quota(directory.path());
    let epoch = store.claim().wait().unwrap();
    let mut large = execution(1000);
    large.first.blobs = vec![Blob::new(vec![7; 4 << 20])];
    let before = store.start(epoch, execution(0));
    let refused = store.start(epoch, large);
    let after = store.start(epoch, execution(1));
    assert!(before.wait().is_ok());
    let refused = refused.wait();
    assert!(matches!(refused, Err(Error::Storage(StorageError::Full))));
    assert!(after.wait().is_ok());
    assert_there(&store, 2);
}

/// A small file system of its own in memory, where the system lets anybody mount
/// one: a disk that is really full.
#[test]
fn a_full_disk_loses_nothing_and_may_be_cleared() {
    let directory = TempDir::new().unwrap();
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
    command.arg(
        "mount -t tmpfs -o size=3m none \"$1\" && exec \"$0\" --exact \"$2\" --ignored --nocapture",
    );
    command.arg(std::env::current_exe().unwrap());
    command.arg(directory.path());
    command.arg("fills_the_disk_and_clears_it");
    command.env(DIRECTORY, directory.path());
    let output = command.output();
    let text = output.map_or_else(
        |error| error.to_string(),
        |output| String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
    );
    if !text.contains("running 1 test") {
        eprintln!("skipped: no file system can be mounted here: {text}");
        return;
    }
    assert!(text.contains("everything was there"), "{text}");
}

#[test]
#[ignore = "the other process of a test"]
fn fills_the_disk_and_clears_it() {
    let directory = directory_of_the_test();
    let ballast = directory.join("ballast");
    fs::write(&ballast, vec![1; 1 << 20]).unwrap();
    let store = open(&directory).unwrap();
    let epoch = store.claim().wait().unwrap();
    let (mut answered, mut cleared) = (0, false);
    while answered < 1_000 {
        match start(&store, epoch, answered) {
            Ok(_) => answered += 1,
            Err(Error::Storage(StorageError::Full)) if !cleared => {
                assert!(answered > 10, "{answered}");
                assert_there(&store, answered);
                fs::remove_file(&ballast).unwrap();
                cleared = true;
            }
            Err(Error::Storage(StorageError::Full)) => break,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_there(&store, answered);
    drop(store);
    // With the log folded there is room again, if only for opening it.
    assert_there(&open(&directory).unwrap(), answered);
    println!("everything was there");
}

/// The shell's limit of file sizes stands for a disk that fails while it is
/// written: the process sees an error that is not "full".
#[test]
fn a_write_that_fails_halts_the_store_and_loses_nothing() {
    let directory = TempDir::new().unwrap();
    let this = std::env::current_exe().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 8192; exec \"$0\" \"$@\""]);
    command.arg(this);
    command.args([
        "--exact",
        "fills_until_it_fails",
        "--ignored",
        "--nocapture",
    ]);
    command.env(DIRECTORY, directory.path());
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let answered = text.matches("answered ").count();
    assert!(answered > 20, "{text}");
    assert!(text.contains("then halted"), "{text}");

    let store = open(directory.path()).unwrap();
    assert_there(&store, answered);
}

#[test]
#[ignore = "the other process of a test"]
fn fills_until_it_fails() {
    let store = open(&directory_of_the_test()).unwrap();
    let epoch = store.claim().wait().unwrap();
    for number in 0.. {
        match start(&store, epoch, number) {
            Ok(_) => println!("answered {number}"),
            Err(Error::Storage(StorageError::Io(_))) => break,
            Err(error) => panic!("{error:?}"),
        }
    }
    let error = start(&store, epoch, 1_000_000).unwrap_err();
    if let Error::Storage(StorageError::Halted) = error {
        println!("then halted");
    }
}

#[test]
fn a_file_that_may_not_be_written_is_refused_as_read_only() {
    let directory = TempDir::new().unwrap();
    filled(directory.path(), 3);
    let readable = |path: &Path, mode| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    readable(&directory.path().join("sandstep.db"), 0o444);
    readable(&directory.path().join("sandstep.lock"), 0o666);
    readable(directory.path(), 0o777);
    let mut command = child("is_told_of_a_read_only_file", directory.path());
    // Permissions mean nothing to root; nobody has to try.
    if fs::metadata("/proc/self")
        .map(|own| is_root(&own))
        .unwrap_or(false)
    {
        command.uid(65_534).gid(65_534);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("refused: the store is read-only"), "{text}");

    readable(&directory.path().join("sandstep.db"), 0o644);
    assert_there(&open(directory.path()).unwrap(), 3);
}

fn is_root(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(metadata) == 0
}

#[test]
#[ignore = "the other process of a test"]
fn is_told_of_a_read_only_file() {
    match open(&directory_of_the_test()) {
        Err(OpenError::Storage(error)) => println!("refused: {error}"),
        Err(error) => println!("another error: {error:?}"),
        Ok(_) => println!("opened"),
    }
}

#[test]
fn a_store_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let parent = TempDir::new().unwrap();
    let directory = parent.path().join("store");
    filled(&directory, 3);
    let _kept_open = open(&directory).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    for file in ["sandstep.db", "sandstep.db-wal"] {
        assert_eq!(mode(&directory.join(file)), 0o600, "{file}");
    }
}

#[test]
fn a_store_whose_database_is_gone_is_not_taken_for_a_new_one() {
    let directory = TempDir::new().unwrap();
    filled(directory.path(), 1);
    fs::write(directory.path().join("sandstep.db"), b"").unwrap();
    assert!(matches!(
        open(directory.path()),
        Err(OpenError::Storage(StorageError::Corrupt(_)))
    ));
}

#[test]
fn a_file_of_something_else_is_left_alone() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("sandstep.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();
    assert!(matches!(open(directory.path()), Err(OpenError::Foreign(_))));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let directory = TempDir::new().unwrap();
    filled(directory.path(), 3);
    let path = directory.path().join("sandstep.db");
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let error = open(directory.path()).err().unwrap();
    let text = "the store has schema 99, this version knows schemas up to 2; use a newer version";
    assert_eq!(error.to_string(), text);

    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 2).unwrap();
    drop(raw);
    assert_there(&open(directory.path()).unwrap(), 3);
}

#[test]
fn a_second_opening_is_refused_while_the_first_lasts() {
    let directory = TempDir::new().unwrap();
    let first = open(directory.path()).unwrap();
    assert!(matches!(open(directory.path()), Err(OpenError::InUse(_))));
    drop(first);
    assert!(open(directory.path()).is_ok());
}

#[test]
fn a_second_process_is_refused_until_the_first_is_killed() {
    let directory = TempDir::new().unwrap();
    let (mut first, mut lines) = starter(directory.path());
    wait_for_answers(&mut lines, 1);
    assert!(matches!(open(directory.path()), Err(OpenError::InUse(_))));
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(open(directory.path()).is_ok());
}

#[test]
fn what_was_answered_survives_a_kill() {
    let directory = TempDir::new().unwrap();
    let mut answered = 0;
    for round in 1..=8 {
        let (mut process, mut lines) = starter(directory.path());
        wait_for_answers(&mut lines, round * 3);
        process.kill().unwrap();
        let rest = answers(&mut lines);
        process.wait().unwrap();
        answered = rest.unwrap_or(answered).max(answered + 1);

        let store = open(directory.path()).unwrap();
        assert_there(&store, answered);
    }
}

type Lines = std::io::Lines<BufReader<std::process::ChildStdout>>;

/// A process that starts executions until it is killed, and says which.
fn starter(directory: &Path) -> (Child, Lines) {
    let mut command = child("starts_until_it_is_killed", directory);
    let mut process = command
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts, its output piped");
    let lines = BufReader::new(
        process
            .stdout
            .take()
            .expect("the program starts, its output piped"),
    )
    .lines();
    (process, lines)
}

fn wait_for_answers(lines: &mut Lines, count: usize) {
    let answers = lines.map_while(Result::ok);
    let answers = answers.filter(|line| line.contains("answered "));
    assert_eq!(answers.take(count).count(), count);
}

/// How many executions the remaining lines say were started in all.
fn answers(lines: &mut Lines) -> Option<usize> {
    let lines = lines.map_while(Result::ok);
    let numbers = lines.filter_map(|line| line.split_once("answered ")?.1.parse::<usize>().ok());
    numbers.last().map(|last| last + 1)
}

#[test]
#[ignore = "the other process of a test"]
fn starts_until_it_is_killed() {
    let store = open(&directory_of_the_test()).unwrap();
    let epoch = store.claim().wait().unwrap();
    let mut next = 0;
    while is_there(&store, next).unwrap() {
        next += 1;
    }
    loop {
        let group: Vec<_> = (next..next + 5)
            .map(|number| store.start(epoch, execution(number)))
            .collect();
        for answer in group {
            answer.wait().unwrap();
            println!("answered {next}");
            next += 1;
        }
    }
}
