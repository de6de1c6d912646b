//! Tasks that wait for workers.

use std::sync::Arc;

use sandstep_driver::{Clock, durable::EngineLimits};
use sandstep_journal::{Advance, Batch, Journal, NewExecution, QueueChange, Records, Standing};

use crate::support::{ACTIVITY, arn, engine, new_run, start, stores};

const TASK: &str = r#"{"StartAt": "A", "States": {
    "A": {"Type": "Task", "Resource": "ACTIVITY", "End": true}}}"#;

/// How many tasks wait in the queue of the activity.
async fn waiting(journal: &Arc<dyn Journal>) -> usize {
    let waiting = journal.waiting(ACTIVITY, 100).await;
    waiting.expect("it can be read").len()
}

#[tokio::test]
async fn a_task_that_ends_as_it_begins_to_wait_does_not_wait() {
    let definition = r#"{"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true,
        "Branches": [
            {"StartAt": "There", "States": {
                "There": {"Type": "Task", "Resource": "ACTIVITY", "End": true}}},
            {"StartAt": "Gone", "States": {
                "Gone": {"Type": "Task", "Resource": "ACTIVITY:gone", "End": true}}}]}}}"#;
    let definition = definition.replace("ACTIVITY:gone", &ACTIVITY.replace("work", "gone"));
    let definition = definition.replace("ACTIVITY", ACTIVITY);
    for store in stores() {
        let journal = store.open().await;
        let limits = EngineLimits::default();
        let engine = engine(Arc::clone(&journal), Clock::Real, &Arc::default(), limits).await;
        start(&engine, new_run("both", &definition, "{}")).await;
        engine.ended(&arn("both")).await.expect("it ends");
        assert_eq!(waiting(&journal).await, 0);
    }
}

#[tokio::test]
async fn a_task_that_nobody_waits_for_does_not_stand_in_the_way() {
    let pass = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;
    for store in stores() {
        let journal = store.open().await;
        let limits = EngineLimits::default();
        let tasks = Arc::default();
        let open = || engine(Arc::clone(&journal), Clock::Real, &tasks, limits.clone());
        let first = open().await;
        for number in 0..20 {
            let name = format!("ended-{number}");
            start(&first, new_run(&name, pass, "{}")).await;
        }
        drop(first);
        for number in 0..20 {
            leave_waiting(&journal, &arn(&format!("ended-{number}"))).await;
        }
        let engine = open().await;
        let definition = TASK.replace("ACTIVITY", ACTIVITY);
        start(&engine, new_run("waits", &definition, "{}")).await;
        let mut taken = None;
        for _ in 0..2 {
            taken = taken.or(engine.take(ACTIVITY, None).await.expect("it can be read"));
        }
        assert_eq!(&*taken.expect("it is there").arn, arn("waits"));
        assert_eq!(waiting(&journal).await, 0);
    }
}

#[tokio::test]
async fn a_task_of_a_damaged_execution_does_not_stand_in_the_way() {
    for store in stores() {
        let journal = store.open().await;
        let epoch = journal.claim().await.expect("the store is sound");
        let damaged = NewExecution {
            arn: arn("damaged"),
            groups: Vec::new(),
            started: 1,
            head: vec![9; 40],
            first: Advance {
                records: Records::default(),
                blobs: Vec::new(),
                standing: Standing::Running { due: None },
                enqueued: vec![the_oldest()],
                dequeued: Vec::new(),
            },
        };
        let started = journal.start(epoch, damaged).await;
        started.expect("the store takes any bytes");
        let limits = EngineLimits::default();
        let engine = engine(journal, Clock::Real, &Arc::default(), limits).await;
        let definition = TASK.replace("ACTIVITY", ACTIVITY);
        start(&engine, new_run("waits", &definition, "{}")).await;
        let taken = engine.take(ACTIVITY, None).await.expect("it can be read");
        assert_eq!(&*taken.expect("it is there").arn, arn("waits"));
    }
}

/// Has a task wait, longer than any other, that its execution knows nothing of.
async fn leave_waiting(journal: &Arc<dyn Journal>, arn: &str) {
    let epoch = journal.claim().await.expect("the store is sound");
    let summary = journal.find(arn).await.expect("it can be read");
    let summary = summary.expect("it is there");
    let batch = Batch {
        execution: summary.id,
        expected: summary.version,
        advance: Advance {
            records: Default::default(),
            blobs: Vec::new(),
            standing: summary.standing,
            enqueued: vec![the_oldest()],
            dequeued: Vec::new(),
        },
    };
    journal
        .commit(epoch, &batch)
        .await
        .expect("the store is sound");
}

/// A task that waits longer than any other.
fn the_oldest() -> QueueChange {
    QueueChange {
        queue: ACTIVITY.into(),
        since: 1,
        event: 2,
    }
}
