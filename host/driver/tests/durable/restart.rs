//! What becomes of an execution whose engine is gone.

use std::{sync::Arc, time::Duration};

use sandstep_asl::{HistoryEvent, Outcome};
use sandstep_driver::{
    Clock,
    durable::{Engine, EngineError, EngineLimits, Health},
};
use sandstep_journal::{Advance, NewExecution, Order, Records, Standing};

use crate::support::{Cast, Store, VIRTUAL, arn, history, new_run, start, stores};

/// How long a test is patient.
const MINUTE: Duration = Duration::from_secs(60);

const HANG: &str = r#"{"StartAt": "First", "States": {
    "First": {"Type": "Task", "Resource": "work", "Next": "Both"},
    "Both": {"Type": "Parallel", "Next": "Last", "Branches": [
        {"StartAt": "Hang", "States": {
            "Hang": {"Type": "Task", "Resource": "work", "End": true}}},
        {"StartAt": "Other", "States": {
            "Other": {"Type": "Task", "Resource": "work", "End": true}}}]},
    "Last": {"Type": "Task", "Resource": "work", "End": true}}}"#;

/// Its task is the job of somebody else, which is waited for.
const FOLLOWS: &str = r#"{"StartAt": "Job", "States": {"Job": {
    "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync",
    "Parameters": {"StateMachineArn": "machine"}, "End": true}}}"#;

#[tokio::test]
async fn a_task_in_flight_is_run_again_with_the_same_token() {
    for store in stores() {
        let tasks = Arc::<Cast>::default();
        let engine = store.engine(Clock::Real, &tasks).await;
        start(&engine, new_run("hangs", HANG, r#"{"a": 1}"#)).await;
        tasks.until_hanging(1).await;
        drop(engine);
        let engine = store.engine(Clock::Real, &tasks).await;
        engine.ended(&arn("hangs")).await.expect("it ends");
        let calls = tasks.calls();
        let mut hung = calls.iter().filter(|call| call.state == "Hang");
        let (first, again) = (hung.next().expect("it ran"), hung.next().expect("twice"));
        assert_eq!(hung.next(), None);
        assert_eq!((first.resumed, again.resumed), (false, true));
        assert_eq!((first.entered, &first.input), (again.entered, &again.input));
        let run_once = |state| calls.iter().filter(|call| call.state == state).count() == 1;
        assert!(run_once("First") && run_once("Last"), "{calls:?}");
        let undisturbed = undisturbed(HANG).await;
        assert_eq!(shape(&history(&engine, "hangs").await), undisturbed);
    }
}

/// The history of an execution whose engine stays.
async fn undisturbed(definition: &str) -> Vec<String> {
    let tasks = Arc::<Cast>::default();
    let engine = Store::Memory(Arc::default())
        .engine(Clock::Real, &tasks)
        .await;
    let definition = definition.replace("Hang", "Lang");
    start(&engine, new_run("calm", &definition, r#"{"a": 1}"#)).await;
    engine.ended(&arn("calm")).await.expect("it ends");
    let shape = shape(&history(&engine, "calm").await);
    shape
        .into_iter()
        .map(|line| line.replace("Lang", "Hang"))
        .collect()
}

/// Histories up to their moments, and up to which of two threads was first.
fn shape(events: &[HistoryEvent]) -> Vec<String> {
    let mut shape: Vec<String> = events
        .iter()
        .map(|event| {
            let mut json = event.to_json();
            if let sandstep_json::Value::Object(members) = &mut json {
                for member in ["id", "previousEventId", "timestamp"] {
                    members.remove(member);
                }
            }
            json.to_json()
        })
        .collect();
    shape.sort();
    shape
}

#[tokio::test]
async fn an_execution_that_slept_wakes_in_the_next_engine() {
    const NAP: &str = r#"{"StartAt": "Wait", "States": {
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Work"},
        "Work": {"Type": "Task", "Resource": "work", "End": true}}}"#;
    for store in stores() {
        let tasks = Arc::<Cast>::default();
        let engine = store.engine(Clock::Real, &tasks).await;
        let run = start(&engine, new_run("naps", NAP, "{}")).await;
        drop(engine);
        let engine = store.engine(Clock::Real, &tasks).await;
        let ended = engine.ended(&arn("naps")).await.expect("it ends");
        let slept = ended
            .summary
            .ended
            .expect("it ended")
            .since(run.summary.started);
        assert!(slept.as_millis() >= 1000, "{slept:?}");
        assert_eq!(tasks.calls().len(), 1);
        assert_eq!(history(&engine, "naps").await.len(), 9);
    }
}

#[tokio::test]
async fn executions_that_wait_for_jobs_take_no_room_from_others() {
    const NAP: &str = r#"{"StartAt": "Wait", "States": {
        "Wait": {"Type": "Wait", "Seconds": 1, "End": true}}}"#;
    for store in stores() {
        let tasks = Arc::<Cast>::default();
        let limits = EngineLimits {
            active: 2,
            loaded: 2,
            ..EngineLimits::default()
        };
        let engine = store.limited(Clock::Real, &tasks, limits.clone()).await;
        for name in ["a", "b", "c"] {
            start(&engine, new_run(name, FOLLOWS, "{}")).await;
            tasks.until_hanging(1).await;
        }
        start(&engine, new_run("naps", NAP, "{}")).await;
        drop(engine);

        let engine = store.limited(Clock::Real, &tasks, limits).await;
        let slept = tokio::time::timeout(MINUTE, engine.ended(&arn("naps"))).await;
        slept.expect("there is room to wake").expect("it ends");
        tasks.gate.add_permits(3);
        for name in ["a", "b", "c"] {
            engine.ended(&arn(name)).await.expect("it ends");
        }
    }
}

#[tokio::test]
async fn virtual_time_goes_on_where_it_was() {
    const SLOW: &str = r#"{"StartAt": "Wait", "States": {
        "Wait": {"Type": "Wait", "Seconds": 10, "Next": "Both"},
        "Both": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "Slow", "States": {
                "Slow": {"Type": "Task", "Resource": "work", "End": true}}},
            {"StartAt": "Nap", "States": {
                "Nap": {"Type": "Wait", "Seconds": 2, "Next": "Hang"},
                "Hang": {"Type": "Task", "Resource": "work", "End": true}}}]}}}"#;
    for store in stores() {
        let tasks = Arc::<Cast>::default();
        let engine = store.engine(VIRTUAL, &tasks).await;
        start(&engine, new_run("slow", SLOW, "{}")).await;
        tasks.until_hanging(1).await;
        drop(engine);
        let engine: Engine = store.engine(VIRTUAL, &tasks).await;
        let run = engine.ended(&arn("slow")).await.expect("it ends");
        let took = run
            .summary
            .ended
            .expect("it ended")
            .since(run.summary.started);
        assert_eq!(
            took.as_secs(),
            15,
            "what began before the restart ends when it would have"
        );
    }
}

#[tokio::test]
async fn a_loop_that_never_waits_is_committed_piece_by_piece() {
    // It counts to 300 with a payload that fills its batch now and then.
    const COUNT: &str = r#"{"StartAt": "More", "States": {
        "More": {"Type": "Choice", "Default": "Hang", "Choices": [
            {"Variable": "$.n", "NumericLessThan": 300, "Next": "Add"}]},
        "Add": {"Type": "Pass", "Next": "More", "Parameters": {
            "load.$": "$.load", "n.$": "States.MathAdd($.n, 1)"}},
        "Hang": {"Type": "Task", "Resource": "work", "End": true}}}"#;
    for store in stores() {
        let tasks = Arc::<Cast>::default();
        let limits = EngineLimits {
            batch_bytes: 10_000,
            ..EngineLimits::default()
        };
        let engine = store.limited(Clock::Real, &tasks, limits.clone()).await;
        let input = format!(r#"{{"load": "{}", "n": 0}}"#, "x".repeat(1000));
        start(&engine, new_run("counts", COUNT, &input)).await;
        tasks.until_hanging(1).await;
        drop(engine);
        let engine = store.limited(Clock::Real, &tasks, limits).await;
        engine.ended(&arn("counts")).await.expect("it ends");
        assert_eq!(
            history(&engine, "counts").await.len(),
            1 + 301 * 2 + 300 * 2 + 6
        );
    }
}

#[tokio::test]
async fn what_does_not_end_in_time_is_left_for_the_next_engine() {
    for store in stores() {
        let tasks = Arc::<Cast>::default();
        let engine = store.engine(Clock::Real, &tasks).await;
        start(&engine, new_run("hangs", HANG, r#"{"a": 1}"#)).await;
        tasks.until_hanging(1).await;
        engine.shutdown(Duration::from_millis(20)).await;
        assert_eq!(engine.health(), Health::Stopping);
        let refused = engine.start(new_run("late", HANG, "{}")).await;
        assert!(matches!(refused, Err(EngineError::Stopped)), "{refused:?}");
        drop(engine);
        let engine = store.engine(Clock::Real, &tasks).await;
        engine.ended(&arn("hangs")).await.expect("it ends");
    }
}

#[tokio::test]
async fn a_large_map_goes_on_in_the_midst_of_it() {
    const MAP: &str = r#"{"StartAt": "Each", "States": {
        "Each": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "Shape", "States": {
            "Shape": {"Type": "Pass", "Next": "Work"},
            "Work": {"Type": "Task", "Resource": "work", "End": true}}}}}}"#;
    for store in stores() {
        let tasks = Arc::<Cast>::default();
        let limits = EngineLimits {
            batch_bytes: 2_000,
            ..EngineLimits::default()
        };
        let engine = store.limited(Clock::Real, &tasks, limits.clone()).await;
        let items: Vec<String> = (0..300).map(|item| item.to_string()).collect();
        let input = format!("[{}]", items.join(","));
        start(&engine, new_run("maps", MAP, &input)).await;
        // In the midst of it, wherever that is.
        while tasks.calls().len() < 100 {
            tokio::task::yield_now().await;
        }
        drop(engine);
        let engine = store.limited(Clock::Real, &tasks, limits).await;
        let run = engine.ended(&arn("maps")).await;
        let Some(Outcome::Succeeded(output)) = &run.expect("it ends").outcome else {
            panic!("it did not succeed");
        };
        assert_eq!(output.to_json(), input);
        let calls = tasks.calls();
        for item in &items {
            let mut runs = calls
                .iter()
                .filter(|call| call.state == "Work" && call.input == *item);
            let first = runs.next().expect("every item is worked on");
            assert!(runs.all(|again| again.resumed && again.entered == first.entered));
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_harms_nothing_else() {
    let store = Store::Memory(Arc::default());
    let journal = store.open().await;
    let epoch = journal.claim().await.expect("the store is sound");
    let mut records = Records::default();
    records.push(true, &[1, 200, 7]);
    let first = Advance {
        records,
        blobs: Vec::new(),
        standing: Standing::Running { due: Some(0) },
        enqueued: Vec::new(),
        dequeued: Vec::new(),
    };
    let damaged = NewExecution {
        arn: arn("damaged"),
        groups: Vec::new(),
        started: 1,
        head: vec![9; 40],
        first,
    };
    let started = journal.start(epoch, damaged).await;
    started.expect("the store takes any bytes");
    let engine = store.engine(Clock::Real, &Arc::default()).await;
    let refused = engine.find(&arn("damaged")).await;
    assert!(
        matches!(refused, Err(EngineError::Damaged { .. })),
        "{refused:?}"
    );
    let refused = engine.history(&arn("damaged"), 1, Order::Forward, 10).await;
    assert!(
        matches!(refused, Err(EngineError::Damaged { .. })),
        "{refused:?}"
    );
    start(
        &engine,
        new_run("sound", &HANG.replace("Hang", "Lang"), "{}"),
    )
    .await;
    engine.ended(&arn("sound")).await.expect("it ends");
}

#[tokio::test]
async fn a_task_that_did_not_begin_before_the_end_begins_in_the_next_engine() {
    const TWO: &str = r#"{"StartAt": "Gate", "States": {
        "Gate": {"Type": "Task", "Resource": "work", "Next": "Then"},
        "Then": {"Type": "Task", "Resource": "work", "End": true}}}"#;
    for store in stores() {
        let tasks = Arc::<Cast>::default();
        let engine = store.engine(Clock::Real, &tasks).await;
        start(&engine, new_run("two", TWO, "{}")).await;
        tasks.until_hanging(1).await;
        let release = async {
            while engine.health() != Health::Stopping {
                tokio::task::yield_now().await;
            }
            tasks.gate.add_permits(1);
        };
        tokio::join!(engine.shutdown(Duration::from_secs(60)), release);
        assert_eq!(tasks.calls().len(), 1, "nothing more begins");
        drop(engine);
        let engine = store.engine(Clock::Real, &tasks).await;
        engine.ended(&arn("two")).await.expect("it ends");
        let resumed: Vec<bool> = tasks.calls().iter().map(|call| call.resumed).collect();
        assert_eq!(resumed, [false, false], "each ran once");
        assert_eq!(history(&engine, "two").await.len(), 12);
    }
}

#[tokio::test]
async fn what_only_waits_for_a_job_does_not_hold_up_the_end() {
    for store in stores() {
        let tasks = Arc::<Cast>::default();
        let engine = store.engine(Clock::Real, &tasks).await;
        start(&engine, new_run("follows", FOLLOWS, "{}")).await;
        tasks.until_hanging(1).await;
        assert!(engine.shutdown(MINUTE).await);
        drop(engine);
        let engine = store.engine(Clock::Real, &tasks).await;
        tasks.gate.add_permits(1);
        engine.ended(&arn("follows")).await.expect("it ends");
        assert_eq!(tasks.calls().len(), 3, "started once, waited for twice");
    }
}
