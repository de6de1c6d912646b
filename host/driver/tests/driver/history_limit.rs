//! The history's last event.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use sandstep_asl::{Limits, Outcome, TaskOutcome};
use sandstep_driver::{Driver, TaskCall, TaskFuture, TaskRunner};
use sandstep_json::Value;

use crate::support::{CLOCKS, record, start};

/// A runner that counts its tasks.
#[derive(Default)]
struct Counts(AtomicU32);

impl TaskRunner for Counts {
    fn run(&self, _call: TaskCall) -> TaskFuture {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { TaskOutcome::Succeeded(Value::Null).into() })
    }
}

/// How many tasks run in a history of so many events, and how it ends.
async fn tasks_within(events: u64) -> [(u32, bool); 2] {
    let definition = r#"{"StartAt": "T", "States": {
        "T": {"Type": "Task", "Resource": "work", "End": true}}}"#;
    let mut results = [(0, false); 2];
    for (clock, result) in CLOCKS.into_iter().zip(&mut results) {
        let runner = Arc::new(Counts::default());
        let driver = Driver::new(runner.clone(), clock);
        let limits = Limits {
            history_events: Some(events),
            ..Limits::default()
        };
        let (outcome, records) =
            record(&driver, definition, start(Value::Null, limits), pending()).await;
        let written = records.iter().filter(|record| record.event.is_some());
        assert!(written.count() as u64 <= events);
        let succeeded = matches!(outcome, Outcome::Succeeded(_));
        *result = (runner.0.load(Ordering::Relaxed), succeeded);
    }
    results
}

#[tokio::test]
async fn a_task_is_not_run_where_its_start_meets_the_limit() {
    // Started, entered, scheduled; the fourth would be the task's start.
    assert_eq!(tasks_within(4).await, [(0, false); 2]);
    assert_eq!(tasks_within(5).await, [(1, false); 2]);
    assert_eq!(tasks_within(7).await, [(1, true); 2]);
}
