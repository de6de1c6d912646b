//! What nobody waits for any more is stopped, and its result is dropped.
//!
//! Nothing here depends on how fast anything is: tasks wait for each other, and
//! a task that is not stopped makes its test hang.

use std::{future::pending, sync::Arc};

use sandstep_asl::{Limits, Outcome, TaskOutcome};
use sandstep_driver::{Clock, Driver, StopRequest, TaskCall, TaskFuture, TaskReport, TaskRunner};
use sandstep_json::Value;
use tokio::sync::{Barrier, Semaphore};

use crate::support::{record, run, start};

/// A runner whose tasks do what their state is called after.
struct Ensemble {
    /// How many of its tasks hang.
    hang: u32,
    /// A permit for each of them that began.
    begun: Arc<Semaphore>,
    /// A permit for each of them that was stopped.
    stopped: Arc<Semaphore>,
    /// Where two tasks meet.
    meeting: Arc<Barrier>,
}

impl Ensemble {
    fn hanging(hang: u32) -> Arc<Self> {
        Arc::new(Self {
            hang,
            begun: Arc::new(Semaphore::new(0)),
            stopped: Arc::new(Semaphore::new(0)),
            meeting: Arc::new(Barrier::new(2)),
        })
    }
}

/// Gives a permit once dropped.
struct GivesWhenDropped(Arc<Semaphore>);

impl Drop for GivesWhenDropped {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

/// Takes so many permits for good.
async fn take(semaphore: &Semaphore, permits: u32) {
    let permits = semaphore.acquire_many(permits).await;
    permits.expect("it is never closed").forget();
}

impl TaskRunner for Ensemble {
    fn run(&self, call: TaskCall) -> TaskFuture {
        let (begun, stopped) = (self.begun.clone(), self.stopped.clone());
        let (meeting, hang) = (self.meeting.clone(), self.hang);
        match &*call.task.state_name {
            "Hang" => Box::pin(async move {
                let _guard = GivesWhenDropped(stopped);
                begun.add_permits(1);
                pending().await
            }),
            "FailOnceTheyHang" => Box::pin(async move {
                take(&begun, hang).await;
                failure()
            }),
            "SucceedOnceTheyStopped" => Box::pin(async move {
                take(&stopped, hang).await;
                success("all stopped")
            }),
            "MeetAndFail" => Box::pin(async move {
                // Not in the driver's own turn, in which nobody else runs.
                tokio::task::yield_now().await;
                meeting.wait().await;
                failure()
            }),
            "MeetAndSucceed" => Box::pin(async move {
                // Not in the driver's own turn, in which nobody else runs.
                tokio::task::yield_now().await;
                meeting.wait().await;
                success("too late")
            }),
            "SucceedInAWhile" => Box::pin(async move {
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                success("in time")
            }),
            other => unreachable!("no task is called {other}"),
        }
    }
}

fn success(result: &str) -> TaskReport {
    TaskOutcome::Succeeded(result.into()).into()
}

fn failure() -> TaskReport {
    TaskOutcome::failed("Boom", "it broke").into()
}

const TASK: &str = r#"{"Type": "Task", "Resource": "work", "End": true}"#;

/// A machine whose first state fails, which the task `then` follows.
fn caught(first: &str, then: &str) -> String {
    format!(
        r#"{{"StartAt": "First", "States": {{
            "First": {{{first}, "End": true,
                       "Catch": [{{"ErrorEquals": ["States.ALL"], "Next": "{then}"}}]}},
            "{then}": {TASK}}}}}"#
    )
}

/// A machine of one task.
fn only(name: &str) -> String {
    format!(r#"{{"StartAt": "{name}", "States": {{"{name}": {TASK}}}}}"#)
}

#[tokio::test]
async fn a_failed_branch_stops_what_runs_in_the_others() {
    let branches = [only("Hang"), only("FailOnceTheyHang")].join(",");
    let first = format!(r#""Type": "Parallel", "Branches": [{branches}]"#);
    let driver = Driver::new(Ensemble::hanging(1), Clock::Real);
    let definition = caught(&first, "SucceedOnceTheyStopped");
    let outcome = run(&driver, &definition, Value::Null, pending()).await;
    assert_eq!(outcome, Outcome::Succeeded("all stopped".into()));
}

#[tokio::test]
async fn a_failed_iteration_stops_what_runs_in_the_others() {
    let first = format!(
        r#""Type": "Map", "Iterator": {{"StartAt": "Which", "States": {{
            "Which": {{"Type": "Choice", "Default": "FailOnceTheyHang",
                "Choices": [{{"Variable": "$", "StringEquals": "hang", "Next": "Hang"}}]}},
            "Hang": {TASK}, "FailOnceTheyHang": {TASK}}}}}"#
    );
    let driver = Driver::new(Ensemble::hanging(3), Clock::Real);
    let definition = caught(&first, "SucceedOnceTheyStopped");
    let items: Vec<Value> = ["hang", "hang", "fail", "hang"].map(Value::from).into();
    let outcome = run(&driver, &definition, items.into(), pending()).await;
    assert_eq!(outcome, Outcome::Succeeded("all stopped".into()));
}

/// The runtime's time is paused: it goes on as soon as only time is waited for.
#[tokio::test(start_paused = true)]
async fn a_timeout_stops_its_task() {
    let task = r#""Type": "Task", "Resource": "work", "TimeoutSeconds": 10"#;
    let definition = caught(task, "SucceedOnceTheyStopped").replace("First", "Hang");
    let driver = Driver::new(Ensemble::hanging(1), Clock::Real);
    let outcome = run(&driver, &definition, Value::Null, pending()).await;
    assert_eq!(outcome, Outcome::Succeeded("all stopped".into()));
}

#[tokio::test]
async fn a_stop_stops_what_runs() {
    let ensemble = Ensemble::hanging(1);
    let stop = async {
        take(&ensemble.begun, 1).await;
        StopRequest::default()
    };
    let driver = Driver::new(ensemble.clone(), Clock::Real);
    let outcome = run(&driver, &only("Hang"), Value::Null, stop).await;
    assert!(matches!(outcome, Outcome::Aborted(_)));
    take(&ensemble.stopped, 1).await;
}

#[tokio::test]
async fn dropping_a_run_stops_what_runs() {
    let ensemble = Ensemble::hanging(1);
    let driver = Driver::new(ensemble.clone(), Clock::Real);
    let definition = only("Hang");
    tokio::select! {
        _ = run(&driver, &definition, Value::Null, pending()) => unreachable!("it hangs"),
        () = take(&ensemble.begun, 1) => {}
    }
    take(&ensemble.stopped, 1).await;
}

#[tokio::test]
async fn a_result_that_comes_after_its_cancellation_is_dropped() {
    let branches = [only("MeetAndSucceed"), only("MeetAndFail")].join(",");
    let first = format!(r#""Type": "Parallel", "Branches": [{branches}]"#);
    let driver = Driver::new(Ensemble::hanging(0), Clock::Real);
    let definition = caught(&first, "SucceedInAWhile");
    let start = start(Value::Null, Limits::express());
    let (outcome, records) = record(&driver, &definition, start, pending()).await;
    assert_eq!(outcome, Outcome::Succeeded("in time".into()));
    let count = |kind: &str| {
        let events = records.iter().filter_map(|record| record.event.as_ref());
        events.filter(|event| event.type_name() == kind).count()
    };
    // The last to come fails first. The other ends before the driver hears of
    // that, and only the task after them succeeds.
    assert_eq!(count("LambdaFunctionFailed"), 1);
    assert_eq!(count("LambdaFunctionSucceeded"), 1);
}
