//! What is damaged is told, and never answered as if it were whole.

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};

use sandstep_journal::{
    Advance, Batch, Catalog, Change, Error, ExecutionId, Journal, Key, Kind, NewExecution,
    OpenError, QueueChange, Record, SqliteOptions, SqliteStore, Standing, Started, Status,
    StorageError,
};
use support::{blob, look};
use tempfile::TempDir;

/// How many bits of the database are flipped, one at a time.
const FLIPS: usize = 600;

fn open(directory: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(directory, SqliteOptions::default())
}

fn database(directory: &Path) -> PathBuf {
    directory.join("sandstep.db")
}

fn log(directory: &Path) -> PathBuf {
    directory.join("sandstep.db-wal")
}

fn execution(number: usize) -> NewExecution {
    let groups = ["machine", "alias", "version"];
    NewExecution {
        arn: format!("execution:{number}"),
        groups: groups[..=number % 3]
            .iter()
            .map(|&group| group.into())
            .collect(),
        started: 1_700_000_000_000 + number as i64,
        head: b"head".repeat(number),
        first: advance(
            number,
            Standing::Running {
                due: Some(number as i64),
            },
        ),
    }
}

fn advance(number: usize, standing: Standing) -> Advance {
    let record = |event| Record {
        event,
        bytes: format!("the record of {number} ").repeat(20).into_bytes(),
    };
    let waiting = QueueChange {
        queue: format!("activity:{}", number % 2),
        since: 7,
        event: 2,
    };
    Advance {
        records: [true, false, true].map(record).into_iter().collect(),
        blobs: vec![blob((number % 5) as u8)],
        standing,
        enqueued: vec![waiting],
        dequeued: Vec::new(),
    }
}

fn ended(number: usize) -> Standing {
    Standing::Ended {
        status: Status::ALL[1 + number % 4],
        at: 50 + number as i64,
        result: b"result".repeat(number),
    }
}

/// A store with a bit of everything.
fn fill(store: &SqliteStore) {
    let epoch = store.claim().wait().expect("the store answers");
    for number in 0..12 {
        let started = store.start(epoch, execution(number)).wait();
        assert!(matches!(started, Ok(Started::New(_))));
    }
    for number in 0..9 {
        let batch = Batch {
            execution: ExecutionId(number as i64 + 1),
            expected: 1,
            advance: advance(number, ended(number)),
        };
        store
            .commit(epoch, &batch)
            .wait()
            .expect("the store answers");
    }
    let entry = |(kind, name): (&Kind, &str)| Change::Put {
        key: Key {
            kind: *kind,
            name: name.to_owned(),
        },
        expected: 0,
        value: name.repeat(30).into_bytes(),
    };
    let names = ["a", "ab", "ac", "b"];
    let entries = Kind::ALL.iter().zip(names.into_iter().cycle());
    store
        .change(entries.map(entry).collect())
        .wait()
        .expect("the store answers");
}

/// What can be seen of the store in this directory, or that damage was told.
fn seen(directory: &Path) -> Option<Vec<String>> {
    let store = match open(directory) {
        Ok(store) => store,
        Err(OpenError::Storage(StorageError::Corrupt(_) | StorageError::Io(_))) => return None,
        Err(OpenError::Foreign(_) | OpenError::NewerSchema { .. }) => return None,
        Err(error) => panic!("{error:?}"),
    };
    match look(&store) {
        Ok(seen) => Some(seen),
        Err(Error::Storage(_)) => None,
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn a_flipped_bit_is_told_or_harms_nothing() {
    let directory = TempDir::new().unwrap();
    fill(&open(directory.path()).unwrap());
    let whole = fs::read(database(directory.path())).unwrap();
    let before = seen(directory.path()).expect("nothing is damaged yet");
    let used: Vec<usize> = (0..whole.len()).filter(|&at| whole[at] != 0).collect();
    let mut told = 0;
    for flip in 0..FLIPS {
        // A prime step, so that every bit of a byte has its turn.
        let bit = flip * 7_919 % (used.len() * 8);
        let mut damaged = whole.clone();
        damaged[used[bit / 8]] ^= 1 << (bit % 8);
        fs::write(database(directory.path()), &damaged).unwrap();
        match seen(directory.path()) {
            Some(seen) => assert_eq!(seen, before, "bit {bit}"),
            None => told += 1,
        }
    }
    assert!(told > FLIPS / 2, "{told}");
}

/// The files of a store as a kill leaves them: the log is not folded yet.
fn killed(commits: usize) -> TempDir {
    let directory = TempDir::new().expect("a test has a folder");
    let store = open(directory.path()).expect("the store answers");
    let epoch = store.claim().wait().expect("the store answers");
    for number in 0..commits {
        store
            .start(epoch, execution(number))
            .wait()
            .expect("the store answers");
    }
    let copy = TempDir::new().expect("a test has a folder");
    for file in ["sandstep.db", "sandstep.db-wal", "sandstep.lock"] {
        fs::copy(directory.path().join(file), copy.path().join(file)).expect("a test has a folder");
    }
    copy
}

#[test]
fn a_log_that_is_damaged_before_its_last_commits_is_told() {
    let store = killed(6);
    let whole = fs::read(log(store.path())).unwrap();
    let commits = commits(&whole);
    let end = commits[commits.len() - 2];
    for at in (0..end).step_by(1_511) {
        let store = killed_with(store.path(), |log| log[at] ^= 0x20);
        assert!(seen(store.path()).is_none(), "{at} of {end}");
    }
}

/// Where the frames lie in a log that end a transaction.
fn commits(log: &[u8]) -> Vec<usize> {
    let frames = (32..log.len()).step_by(24 + 4096);
    let pages = |frame: &usize| log[frame + 4..frame + 8].iter().any(|&byte| byte != 0);
    frames.filter(pages).collect()
}

#[test]
fn a_log_that_ends_early_is_the_loss_of_power() {
    let store = killed(6);
    let whole = fs::metadata(log(store.path())).unwrap().len() as usize;
    for length in (0..whole).step_by(4_001) {
        let store = killed_with(store.path(), |log| log.truncate(length));
        assert!(seen(store.path()).is_some(), "{length}");
    }
}

/// A copy of the files in which the log is another one.
fn killed_with(store: &Path, change: impl FnOnce(&mut Vec<u8>)) -> TempDir {
    let copy = TempDir::new().expect("a test has a folder");
    for file in ["sandstep.db", "sandstep.lock"] {
        fs::copy(store.join(file), copy.path().join(file)).expect("a test has a folder");
    }
    let mut bytes = fs::read(log(store)).expect("a test has a folder");
    change(&mut bytes);
    fs::write(log(copy.path()), bytes).expect("a test has a folder");
    copy
}

#[test]
fn a_log_that_was_not_synced_may_have_holes() {
    let store = killed(6);
    let mut text = fs::read(store.path().join("sandstep.lock")).unwrap();
    text.extend_from_slice(b"its commits are not synced\n");
    fs::write(store.path().join("sandstep.lock"), text).unwrap();
    let hole = |log: &mut Vec<u8>| log[20_000..24_000].fill(0);
    let store = killed_with(store.path(), hole);
    assert!(seen(store.path()).is_some());

    // Opening it with syncs has folded the log: from now on holes are told.
    let lock = fs::read(store.path().join("sandstep.lock")).unwrap();
    assert_eq!(lock, b"a store lies beside this file\n");
}

/// Damage to one execution is told to whoever asks for that one.
#[test]
fn a_damaged_execution_does_not_stop_the_others() {
    let directory = TempDir::new().unwrap();
    fill(&open(directory.path()).unwrap());
    let raw = rusqlite::Connection::open(database(directory.path())).unwrap();
    let sql = "UPDATE executions SET version = 5 WHERE id = 10";
    raw.execute(sql, []).unwrap();
    drop(raw);
    let options = SqliteOptions {
        checking: std::time::Duration::ZERO,
        ..SqliteOptions::default()
    };
    let store = SqliteStore::open(directory.path(), options).unwrap();
    let epoch = store.claim().wait().unwrap();
    let batch = |execution| Batch {
        execution: ExecutionId(execution),
        expected: 1,
        advance: advance(0, ended(0)),
    };
    let told = store.commit(epoch, &batch(10));
    let other = store.commit(epoch, &batch(11));
    assert!(matches!(
        told.wait(),
        Err(Error::Storage(StorageError::Corrupt(_)))
    ));
    assert_eq!(other.wait().unwrap(), 2);
    assert!(store.find("execution:9").wait().is_err());
    assert!(store.find("execution:10").wait().unwrap().is_some());
}

#[test]
fn a_damaged_execution_is_kept_while_others_are_forgotten() {
    let directory = TempDir::new().unwrap();
    fill(&open(directory.path()).unwrap());
    let raw = rusqlite::Connection::open(database(directory.path())).unwrap();
    for sql in [
        "UPDATE executions SET version = 5 WHERE id = 1",
        "UPDATE starts SET groups = x'0000000000000009' WHERE id = 2",
        "DELETE FROM starts WHERE id = 3",
    ] {
        raw.execute(sql, []).unwrap();
    }
    drop(raw);
    let options = SqliteOptions {
        checking: std::time::Duration::ZERO,
        ..SqliteOptions::default()
    };
    let store = SqliteStore::open(directory.path(), options).unwrap();
    let expire = || store.expire(1000, 4).wait().unwrap();
    let forgotten = [expire().executions, expire().executions];
    assert_eq!(forgotten, [4, 2]);
    let last = expire();
    assert_eq!((last.executions, last.damaged), (0, 3));
    assert!(store.find("execution:8").wait().unwrap().is_none());
    assert!(store.find("execution:9").wait().unwrap().is_some());
}

/// Rows as the first schema had them, one in every table that has changed since.
const OLDER: &str = "
    INSERT INTO counters VALUES ('epoch', 4), ('version', 3);
    INSERT INTO executions VALUES (1, 2, 1, 0, 1, NULL, 9);
    INSERT INTO starts VALUES (1, 5, 'execution:1', x'0000000000000001', x'68');
    INSERT INTO groups VALUES (1, 'machine');
    INSERT INTO listings VALUES (1, 1, 1);
    INSERT INTO results VALUES (1, x'72');
    INSERT INTO batches VALUES (1, 1, 1, 1346441458, x'0361'), (2, 1, 2, 1, x'0261');
    INSERT INTO waiting VALUES ('activity:0', 3, 1, 1);
    INSERT INTO entries VALUES (1, 0, 'a', 3, x'76');
";

#[test]
fn an_older_store_is_brought_up_to_date() {
    let directory = TempDir::new().unwrap();
    let raw = rusqlite::Connection::open(database(directory.path())).unwrap();
    raw.execute_batch(include_str!("../src/sqlite/schema/1.sql"))
        .unwrap();
    raw.execute_batch(OLDER).unwrap();
    raw.pragma_update(None, "application_id", 0x5373_7470)
        .unwrap();
    raw.pragma_update(None, "user_version", 1).unwrap();
    drop(raw);
    let store = open(directory.path()).unwrap();
    assert_eq!(store.claim().wait().unwrap(), 5);
    let summary = store.find("execution:1").wait().unwrap().unwrap();
    assert_eq!((summary.version, summary.head.as_slice()), (2, &b"h"[..]));
    assert_eq!(store.waiting("activity:0", 9).wait().unwrap().len(), 1);
    let key = Key {
        kind: Kind::StateMachine,
        name: "a".to_owned(),
    };
    assert_eq!(store.get(&key).wait().unwrap().unwrap().value, b"v");
    // The second batch was damaged before, and is not made whole by moving it.
    let loaded = store.load(summary.id).wait();
    assert!(matches!(
        loaded,
        Err(Error::Storage(StorageError::Corrupt(_)))
    ));
}
