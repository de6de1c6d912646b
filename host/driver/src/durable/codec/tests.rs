//! What is encoded comes back as it was, and what is damaged is told to be.

use std::{fs, path::PathBuf, sync::Arc};

use proptest::{collection::vec, option, prelude::*};
use sandstep_asl::{
    ErrorDetails, EvaluationFailed, EventDetails, EventId, HistoryEvent, Limits, MapPlan, Note,
    Outcome, Record, Resource, Start, StateType, TaskScheduled, ThreadPath, Timestamp, TokenKey,
};
use sandstep_journal as journal;
use sandstep_json::{Array, Object, Text, Value};
use sandstep_tests::{
    case::Case,
    repository,
    simulate::{Restore, recorded},
};

use super::{Damaged, Decoder, Encoder, HeadReader, status};

/// A record as a journal gives it back.
fn encode(encoder: &mut Encoder, record: &Record) -> journal::Record {
    let mut records = journal::Records::default();
    encoder.record(record, &mut records);
    records.to_vec().remove(0)
}

/// Encodes and decodes a record, with the blobs that it mentions.
fn round_trip(encoder: &mut Encoder, record: &Record) -> Record {
    let encoded = encode(encoder, record);
    assert_eq!(encoded.event, record.event.is_some());
    let mut decoder = Decoder::default();
    for blob in encoder.take_blobs() {
        let digest = blob.digest();
        let missing = decoder.record(&encoded.bytes);
        assert!(matches!(missing, Err(Damaged::Missing(_))), "{missing:?}");
        decoder.supply(digest, blob.bytes()).expect("it is whole");
    }
    decoder.record(&encoded.bytes).expect("it is whole")
}

fn list(items: impl IntoIterator<Item = impl Into<Value>>) -> Value {
    Array::from_iter(items).into()
}

/// Everything of a record, numbers as they were written.
fn text(record: &Record) -> String {
    format!("{record:?}")
}

fn values() -> BoxedStrategy<Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "(0|[1-9][0-9]{0,30})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?"
            .prop_map(|number| Value::parse(&number).expect("it is a number")),
        any::<String>().prop_map(Value::from),
    ];
    scalar
        .prop_recursive(6, 64, 6, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..6).prop_map(list),
                vec((any::<String>(), inner), 0..6)
                    .prop_map(|members| Value::from(Object::from_iter(members))),
            ]
        })
        .boxed()
}

fn texts() -> impl Strategy<Value = Text> {
    any::<String>().prop_map(Text::from)
}

fn errors() -> impl Strategy<Value = ErrorDetails> {
    let fields = (option::of(texts()), option::of(texts()));
    fields.prop_map(|(error, cause)| ErrorDetails { error, cause })
}

fn resources() -> impl Strategy<Value = Arc<Resource>> {
    let text = prop_oneof![
        any::<String>(),
        Just("arn:aws:states:::lambda:invoke".to_owned()),
        Just("arn:aws:states:us-east-1:123456789012:activity:dig".to_owned()),
    ];
    text.prop_map(|text| Arc::new(Resource::parse(&text)))
}

fn kinds() -> impl Strategy<Value = StateType> {
    prop_oneof![
        Just(StateType::Pass),
        Just(StateType::Task),
        Just(StateType::Choice),
        Just(StateType::Wait),
        Just(StateType::Succeed),
        Just(StateType::Fail),
        Just(StateType::Parallel),
        Just(StateType::Map),
    ]
}

fn timestamps() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp::from_millis)
}

fn event_ids() -> impl Strategy<Value = EventId> {
    any::<u64>().prop_map(EventId)
}

fn of_executions() -> BoxedStrategy<EventDetails> {
    prop_oneof![
        (values(), texts())
            .prop_map(|(input, role_arn)| EventDetails::ExecutionStarted { input, role_arn }),
        values().prop_map(|output| EventDetails::ExecutionSucceeded { output }),
        errors().prop_map(EventDetails::ExecutionFailed),
        errors().prop_map(EventDetails::ExecutionTimedOut),
        errors().prop_map(EventDetails::ExecutionAborted),
        any::<u64>().prop_map(|redrive_count| EventDetails::ExecutionRedriven { redrive_count }),
    ]
    .boxed()
}

fn of_states() -> BoxedStrategy<EventDetails> {
    let assigned = option::of(vec((any::<String>(), values()), 0..4));
    prop_oneof![
        (kinds(), texts(), values()).prop_map(|(kind, name, input)| EventDetails::StateEntered {
            kind,
            name,
            input
        }),
        (kinds(), texts(), values(), assigned).prop_map(|(kind, name, output, assigned)| {
            EventDetails::StateExited {
                kind,
                name,
                output,
                assigned: assigned.map(Object::from_iter),
            }
        }),
        (texts(), option::of(texts()), errors()).prop_map(|(state, location, error)| {
            EventDetails::EvaluationFailed(Box::new(EvaluationFailed {
                state,
                location,
                error,
            }))
        }),
        kinds().prop_map(|kind| EventDetails::StateAborted { kind }),
    ]
    .boxed()
}

fn of_tasks() -> BoxedStrategy<EventDetails> {
    let seconds = || option::of(any::<u64>());
    prop_oneof![
        (
            resources(),
            values(),
            seconds(),
            seconds(),
            option::of(values())
        )
            .prop_map(
                |(resource, input, timeout_seconds, heartbeat_seconds, credentials)| {
                    EventDetails::TaskScheduled(Box::new(TaskScheduled {
                        resource,
                        input,
                        timeout_seconds,
                        heartbeat_seconds,
                        credentials,
                    }))
                }
            ),
        (resources(), errors())
            .prop_map(|(resource, error)| EventDetails::TaskScheduleFailed { resource, error }),
        (resources(), option::of(texts()))
            .prop_map(|(resource, worker)| EventDetails::TaskStarted { resource, worker }),
        (resources(), values())
            .prop_map(|(resource, output)| EventDetails::TaskSubmitted { resource, output }),
        (resources(), values())
            .prop_map(|(resource, output)| EventDetails::TaskSucceeded { resource, output }),
        (resources(), errors())
            .prop_map(|(resource, error)| EventDetails::TaskFailed { resource, error }),
        (resources(), errors())
            .prop_map(|(resource, error)| EventDetails::TaskTimedOut { resource, error }),
    ]
    .boxed()
}

fn of_children() -> BoxedStrategy<EventDetails> {
    let iteration = || (texts(), any::<usize>());
    prop_oneof![
        Just(EventDetails::ParallelStateStarted),
        Just(EventDetails::ParallelStateSucceeded),
        Just(EventDetails::ParallelStateFailed),
        any::<usize>().prop_map(|length| EventDetails::MapStateStarted { length }),
        Just(EventDetails::MapStateSucceeded),
        Just(EventDetails::MapStateFailed),
        iteration().prop_map(|(name, index)| EventDetails::MapIterationStarted { name, index }),
        iteration().prop_map(|(name, index)| EventDetails::MapIterationSucceeded { name, index }),
        iteration().prop_map(|(name, index)| EventDetails::MapIterationFailed { name, index }),
        iteration().prop_map(|(name, index)| EventDetails::MapIterationAborted { name, index }),
    ]
    .boxed()
}

fn events() -> BoxedStrategy<HistoryEvent> {
    let details = prop_oneof![of_executions(), of_states(), of_tasks(), of_children()];
    (event_ids(), event_ids(), timestamps(), details)
        .prop_map(|(id, previous, timestamp, details)| HistoryEvent {
            id,
            previous,
            timestamp,
            details,
        })
        .boxed()
}

fn notes() -> BoxedStrategy<Note> {
    prop_oneof![
        timestamps().prop_map(Note::Deadline),
        timestamps().prop_map(Note::WaitUntil),
        (option::of(timestamps()), option::of(timestamps()))
            .prop_map(|(timeout, heartbeat)| Note::TaskArmed { timeout, heartbeat }),
        timestamps().prop_map(Note::Heartbeat),
        (any::<usize>(), timestamps(), event_ids()).prop_map(|(retrier, due, previous)| {
            Note::RetryAt {
                retrier,
                due,
                previous,
            }
        }),
        values().prop_map(Note::ParallelPlanned),
        (
            vec(values(), 0..4),
            values(),
            any::<usize>(),
            any::<usize>()
        )
            .prop_map(|(items, input, concurrency, tolerated_failures)| {
                Note::MapPlanned(Box::new(MapPlan {
                    items: items.into(),
                    input,
                    concurrency,
                    tolerated_failures,
                }))
            }),
        Just(Note::BranchSucceeded),
        Just(Note::Resuming),
        texts().prop_map(Note::RedrivenWith),
        (texts(), values()).prop_map(|(state, input)| Note::Entering { state, input }),
    ]
    .boxed()
}

fn records() -> BoxedStrategy<Record> {
    let path = vec((event_ids(), any::<usize>()), 0..4);
    let thread = path.prop_map(|steps| {
        let root = ThreadPath::default();
        let child = |path: ThreadPath, (started, index)| path.child(started, index);
        steps.into_iter().fold(root, child)
    });
    (thread, option::of(events()), option::of(notes()))
        .prop_map(|(thread, event, note)| Record {
            thread,
            event,
            note,
        })
        .boxed()
}

proptest! {
    #[test]
    fn a_record_comes_back_as_it_was(record in records()) {
        let back = round_trip(&mut Encoder::default(), &record);
        prop_assert_eq!(text(&back), text(&record));
    }

    #[test]
    fn a_record_that_is_cut_off_is_damaged(record in records(), at in any::<prop::sample::Index>()) {
        let bytes = encode(&mut Encoder::default(), &record).bytes;
        let cut = &bytes[..at.index(bytes.len())];
        prop_assert!(Decoder::default().record(cut).is_err());
    }

    #[test]
    fn a_record_that_is_changed_is_no_reason_to_panic(
        record in records(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = encode(&mut Encoder::default(), &record).bytes;
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = Decoder::default().record(&bytes);
    }

    #[test]
    fn anything_else_is_no_reason_to_panic(bytes in vec(any::<u8>(), 0..200)) {
        let mut decoder = Decoder::default();
        let _ = decoder.record(&bytes);
        let _ = decoder.record(&[&[1, 7], &*bytes].concat());
    }
}

/// Every case of `tests/cases`.
fn cases() -> Vec<PathBuf> {
    let mut folders = vec![repository().join("tests/cases")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files
}

#[test]
fn what_the_cases_record_comes_back_as_it_was() {
    let files = cases();
    assert!(files.len() > 100, "{files:?}");
    for file in files {
        let text_of_case = fs::read_to_string(&file).expect("it can be read");
        let case = Case::parse(&text_of_case).expect("it is a case");
        let (_, records) = recorded(&case, Restore::Anywhere);
        let mut encoder = Encoder::default();
        let encoded: Vec<_> = records
            .iter()
            .map(|record| encode(&mut encoder, record))
            .collect();
        let mut decoder = Decoder::default();
        for blob in encoder.take_blobs() {
            decoder
                .supply(blob.digest(), blob.bytes())
                .expect("it is whole");
        }
        for (record, encoded) in records.iter().zip(encoded) {
            let back = decoder.record(&encoded.bytes).expect("it is whole");
            assert_eq!(text(&back), text(record), "{}", file.display());
        }
    }
}

fn entered(input: Value) -> Record {
    let details = EventDetails::StateEntered {
        kind: StateType::Pass,
        name: "Pass".into(),
        input,
    };
    let event = HistoryEvent {
        id: EventId(2),
        previous: EventId(1),
        timestamp: Timestamp::from_millis(5),
        details,
    };
    Record {
        thread: ThreadPath::default(),
        event: Some(event),
        note: None,
    }
}

#[test]
fn a_large_payload_is_handed_over_once() {
    let payload = list(["x".repeat(10_000)]);
    let mut encoder = Encoder::default();
    let first = encode(&mut encoder, &entered(payload.clone()));
    let again = encode(&mut encoder, &entered(payload.clone()));
    let copy = encode(&mut encoder, &entered(list(["x".repeat(10_000)])));
    assert_eq!(encoder.take_blobs().len(), 1);
    assert_eq!((&first, &first), (&again, &copy));
    assert!(first.bytes.len() < 100);
    let last = encode(&mut encoder, &entered(payload));
    assert_eq!((encoder.take_blobs(), last), (Vec::new(), first));
}

#[test]
fn a_value_deeper_than_any_text_comes_back() {
    let deep = (0..100_000).fold(Value::Null, |inner, _| list([inner]));
    let record = entered(deep.clone());
    let back = round_trip(&mut Encoder::default(), &record);
    assert_eq!(back.event, record.event);
}

#[test]
fn a_small_record_is_small() {
    let record = entered(Value::from(Object::from([("id", 7)])));
    assert_eq!(encode(&mut Encoder::default(), &record).bytes.len(), 21);
}

#[test]
fn a_head_comes_back_as_it_was() {
    let start = Start {
        input: list([1, 2]),
        execution_arn: "arn".into(),
        name: "name".into(),
        role_arn: "role".into(),
        machine_arn: "machine-arn".into(),
        machine_name: "machine".into(),
        redrive_count: None,
        seed: u128::MAX - 3,
        token_key: TokenKey::of_seed(1),
        limits: Limits::express(),
    };
    let mut encoder = Encoder::default();
    let bytes = encoder.head("definition", b"mine", &start);
    let head = HeadReader::new(&bytes).expect("it is whole");
    assert_eq!(
        (head.definition, head.attachment),
        ("definition", &b"mine"[..])
    );
    let back = head.start("arn", &start.token_key, &Decoder::default());
    let back = back.expect("it is whole");
    assert_eq!(format!("{back:?}"), format!("{start:?}"));
}

#[test]
fn an_outcome_comes_back_as_it_was() {
    let error = ErrorDetails {
        error: Some("Boom".into()),
        cause: None,
    };
    for outcome in [
        Outcome::Succeeded(list([1])),
        Outcome::Failed(error.clone()),
        Outcome::TimedOut(error.clone()),
        Outcome::Aborted(error),
    ] {
        let bytes = Encoder::default().outcome(&outcome);
        let back = Decoder::default().outcome(status(&outcome), &bytes);
        assert_eq!(back, Ok(Some(outcome)));
    }
}

#[test]
fn a_newer_format_is_refused_by_name() {
    let refused = Decoder::default().record(&[2, 0]);
    assert_eq!(refused.err(), Some(Damaged::Format(2)));
}
