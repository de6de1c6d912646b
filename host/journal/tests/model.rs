//! Every store does what the model does, whatever is asked of it.

mod support;

use proptest::{collection::vec, prelude::*, sample::select};
use sandstep_journal::{
    Advance, Answer, Batch, Change, ExecutionId, Journal, Key, Kind, MemoryStore, NewExecution,
    QueueChange, Record, SqliteOptions, SqliteStore, Standing, Status,
};
use support::{Store, blob, look};

/// Small worlds meet themselves often: the same names, versions, blobs.
#[derive(Clone, Debug)]
enum Operation {
    Claim,
    Renew {
        epoch: u64,
    },
    Start {
        epoch_back: u64,
        execution: NewExecution,
    },
    Commit {
        epoch_back: u64,
        batch: Batch,
    },
    Expire {
        before: i64,
    },
    Put {
        key: Key,
        expected: u64,
        value: Vec<u8>,
    },
    Delete {
        key: Key,
        expected: u64,
    },
    Change {
        changes: Vec<Change>,
    },
    Reopen,
}

fn operation() -> impl Strategy<Value = Operation> {
    // Nearly always by the owner.
    let epoch_back = || prop_oneof![9 => Just(0u64), 1 => Just(1u64)];
    prop_oneof![
        1 => Just(Operation::Claim),
        1 => (0..4u64).prop_map(|epoch| Operation::Renew { epoch }),
        8 => (epoch_back(), new_execution())
            .prop_map(|(epoch_back, execution)| Operation::Start { epoch_back, execution }),
        16 => (epoch_back(), batch())
            .prop_map(|(epoch_back, batch)| Operation::Commit { epoch_back, batch }),
        1 => (0..60i64).prop_map(|before| Operation::Expire { before }),
        4 => (key(), 0..12u64, vec(any::<u8>(), 0..20))
            .prop_map(|(key, expected, value)| Operation::Put { key, expected, value }),
        2 => (key(), 0..12u64).prop_map(|(key, expected)| Operation::Delete { key, expected }),
        3 => vec(change_of_entry(), 0..4).prop_map(|changes| Operation::Change { changes }),
        1 => Just(Operation::Reopen),
    ]
}

fn new_execution() -> impl Strategy<Value = NewExecution> {
    let groups = vec(select(vec!["machine", "alias", "version"]), 0..3);
    (
        0..12u8,
        groups,
        0..100i64,
        vec(any::<u8>(), 0..9),
        advance(),
    )
        .prop_map(|(name, groups, started, head, first)| NewExecution {
            arn: format!("execution:{name}"),
            groups: groups.into_iter().map(str::to_owned).collect(),
            started,
            head,
            first,
        })
}

fn batch() -> impl Strategy<Value = Batch> {
    (1..14i64, 0..5u64, advance()).prop_map(|(id, expected, advance)| Batch {
        execution: ExecutionId(id),
        expected,
        advance,
    })
}

fn advance() -> impl Strategy<Value = Advance> {
    let queued = || vec((0..2u8, 0..4i64, 1..4u64), 0..3);
    (
        vec(record(), 0..4),
        vec(0..5u8, 0..3),
        standing(),
        queued(),
        queued(),
    )
        .prop_map(|(records, blobs, standing, enqueued, dequeued)| Advance {
            records: records.into_iter().collect(),
            blobs: blobs.into_iter().map(blob).collect(),
            standing,
            enqueued: enqueued.into_iter().map(change).collect(),
            dequeued: dequeued.into_iter().map(change).collect(),
        })
}

fn record() -> impl Strategy<Value = Record> {
    let bytes = prop_oneof![8 => vec(any::<u8>(), 0..40), 1 => vec(any::<u8>(), 9_000..9_001)];
    (any::<bool>(), bytes).prop_map(|(event, bytes)| Record { event, bytes })
}

fn standing() -> impl Strategy<Value = Standing> {
    let due = proptest::option::of(-5..50i64);
    prop_oneof![
        due.prop_map(|due| Standing::Running { due }),
        (1..Status::ALL.len(), 0..50i64, vec(any::<u8>(), 0..9)).prop_map(
            |(status, at, result)| Standing::Ended {
                status: Status::ALL[status],
                at,
                result,
            }
        ),
    ]
}

fn change_of_entry() -> impl Strategy<Value = Change> {
    // Small versions, so that some batches pass whole.
    let expected = || prop_oneof![3 => Just(0u64), 2 => 0..12u64];
    prop_oneof![
        (key(), expected(), vec(any::<u8>(), 0..20)).prop_map(|(key, expected, value)| {
            Change::Put {
                key,
                expected,
                value,
            }
        }),
        (key(), expected()).prop_map(|(key, expected)| Change::Delete { key, expected }),
    ]
}

fn key() -> impl Strategy<Value = Key> {
    (
        select(Kind::ALL[..3].to_vec()),
        select(vec!["", "a", "ab", "ac", "b", "ü"]),
    )
        .prop_map(|(kind, name)| Key {
            kind,
            name: name.to_owned(),
        })
}

fn change((queue, since, event): (u8, i64, u64)) -> QueueChange {
    QueueChange {
        queue: format!("activity:{queue}"),
        since,
        event,
    }
}

/// What an operation answers.
fn perform(store: &dyn Store, epoch: u64, operation: &Operation) -> String {
    match operation.clone() {
        Operation::Claim => show(store.claim()),
        Operation::Renew { epoch } => show(store.renew(epoch)),
        Operation::Start {
            epoch_back,
            execution,
        } => show(store.start(epoch - epoch_back, execution)),
        Operation::Commit { epoch_back, batch } => show(store.commit(epoch - epoch_back, &batch)),
        Operation::Expire { before } => show(store.expire(before, 100)),
        Operation::Put {
            key,
            expected,
            value,
        } => show(store.put(key, expected, value)),
        Operation::Delete { key, expected } => show(store.delete(key, expected)),
        Operation::Change { changes } => show(store.change(changes)),
        Operation::Reopen => String::new(),
    }
}

fn show<T: std::fmt::Debug>(answer: Answer<T>) -> String {
    format!("{:?}", answer.wait())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_store_on_sqlite_does_what_the_model_does(operations in vec(operation(), 1..60)) {
        let directory = tempfile::tempdir().unwrap();
        // The loss of power is not what is tested here, and syncing is slow.
        let options = SqliteOptions {
            durability: sandstep_journal::Durability::Process,
            ..SqliteOptions::default()
        };
        let open = || SqliteStore::open(directory.path(), options).unwrap();
        let model = MemoryStore::new();
        let mut sqlite = open();
        let mut epoch = model.claim().wait().unwrap();
        prop_assert_eq!(sqlite.claim().wait().unwrap(), epoch);
        for operation in &operations {
            if let Operation::Reopen = operation {
                drop(sqlite);
                sqlite = open();
            }
            let expected = perform(&model, epoch, operation);
            prop_assert_eq!(perform(&sqlite, epoch, operation), expected);
            epoch += u64::from(matches!(operation, Operation::Claim));
            // Looking at everything after each step would take minutes.
            if let Operation::Reopen | Operation::Expire { .. } = operation {
                prop_assert_eq!(look(&sqlite).unwrap(), look(&model).unwrap());
            }
        }
        prop_assert_eq!(look(&sqlite).unwrap(), look(&model).unwrap());
    }
}
