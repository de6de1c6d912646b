//! What becomes of an execution whose engine lives on.

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Wake, Waker},
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use sandstep_asl::{ErrorDetails, Outcome};
use sandstep_driver::{
    Clock, StopRequest,
    durable::{EngineError, EngineLimits, Health, RedriveError, Started},
};
use sandstep_journal::{ListQuery, Status};
use tokio::sync::oneshot;

use crate::support::{Cast, VIRTUAL, arn, history, new_run, start, stores, types};

/// How long a test is patient.
const MINUTE: Duration = Duration::from_secs(60);

const TASK: &str = r#"{"StartAt": "Work", "States": {
    "Work": {"Type": "Task", "Resource": "work", "End": true}}}"#;

const WAIT: &str = r#"{"StartAt": "Wait", "States": {
    "Wait": {"Type": "Wait", "Seconds": 3600, "Next": "Work"},
    "Work": {"Type": "Task", "Resource": "work", "End": true}}}"#;

const FAIL: &str = r#"{"StartAt": "Fail", "States": {
    "Fail": {"Type": "Task", "Resource": "work", "End": true}}}"#;

#[tokio::test]
async fn an_execution_of_one_task_runs_to_its_end() {
    for store in stores() {
        for clock in [Clock::Real, VIRTUAL] {
            let tasks = Arc::default();
            let engine = store.engine(clock, &tasks).await;
            let name = format!("{clock:?}");
            let run = start(&engine, new_run(&name, TASK, r#"{"a": 1}"#)).await;
            assert_eq!(run.summary.status, Status::Running);
            let ended = engine.ended(&arn(&name)).await.expect("it ends");
            assert_eq!(ended.summary.status, Status::Succeeded);
            assert_eq!(&*ended.summary.attachment, b"mine");
            assert_eq!(
                types(&engine, &name).await,
                [
                    "ExecutionStarted",
                    "TaskStateEntered",
                    "LambdaFunctionScheduled",
                    "LambdaFunctionStarted",
                    "LambdaFunctionSucceeded",
                    "TaskStateExited",
                    "ExecutionSucceeded",
                ]
            );
            let found = engine.find(&arn(&name)).await.expect("it can be read");
            let found = found.expect("it is there");
            assert_eq!(found.outcome, ended.outcome);
            assert_eq!(found.input.to_json(), r#"{"a":1}"#);
            assert_eq!(found.summary.events, 7);
        }
    }
}

#[tokio::test]
async fn a_name_is_given_once() {
    for store in stores() {
        let engine = store.engine(Clock::Real, &Arc::default()).await;
        let first = engine.start(new_run("one", WAIT, "{}"));
        let second = engine.start(new_run("one", WAIT, "[]"));
        let (first, second) = tokio::join!(first, second);
        assert!(matches!(first, Ok(Started::New(_))), "{first:?}");
        match second {
            Ok(Started::Exists(run)) => assert_eq!(run.input.to_json(), "{}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_execution_that_sleeps_leaves_the_memory_and_can_be_stopped() {
    for store in stores() {
        let engine = store.engine(Clock::Real, &Arc::default()).await;
        start(&engine, new_run("sleeper", WAIT, "{}")).await;
        while engine.active() > 0 {
            tokio::task::yield_now().await;
        }
        let request = StopRequest {
            error: Some("Enough".into()),
            cause: None,
        };
        let stopped = engine.stop(&arn("sleeper"), request.clone()).await;
        let stopped = stopped.expect("it runs");
        let run = engine.find(&arn("sleeper")).await.expect("it can be read");
        let run = run.expect("it is there");
        assert_eq!(run.summary.status, Status::Aborted);
        assert_eq!(run.summary.ended, Some(stopped));
        let again = engine.stop(&arn("sleeper"), request).await;
        assert_eq!(again.expect("it has ended"), stopped);
    }
}

#[tokio::test]
async fn an_execution_in_virtual_time_waits_for_nothing() {
    for store in stores() {
        let engine = store.engine(VIRTUAL, &Arc::default()).await;
        start(&engine, new_run("sleeper", WAIT, "{}")).await;
        let run = engine.ended(&arn("sleeper")).await.expect("it ends");
        let seconds = run
            .summary
            .ended
            .expect("it ended")
            .since(run.summary.started);
        assert_eq!(seconds.as_secs(), 3600);
    }
}

#[tokio::test]
async fn what_failed_goes_on_after_a_redrive() {
    for store in stores() {
        let tasks = Arc::<Cast>::default();
        let engine = store.engine(Clock::Real, &tasks).await;
        start(&engine, new_run("fails", FAIL, "{}")).await;
        engine.ended(&arn("fails")).await.expect("it ends");
        let redriven = engine
            .redrive(&arn("fails"), None)
            .await
            .expect("it failed");
        assert_eq!(redriven.count, 1);
        let run = loop {
            let run = engine.ended(&arn("fails")).await.expect("it ends");
            if run.summary.redrives == 1 {
                break run;
            }
        };
        assert_eq!(run.summary.redriven_at, Some(redriven.at));
        assert_eq!(tasks.calls().len(), 2);
        let found = engine.find(&arn("fails")).await.expect("it can be read");
        let found = found.expect("it is there").summary;
        assert_eq!(found.redriven_at, Some(redriven.at));
        assert_eq!((found.redrives, found.events), (1, run.summary.events));
        assert!(history(&engine, "fails").await.len() > 7);
    }
}

#[tokio::test]
async fn what_succeeded_is_not_redriven() {
    for store in stores() {
        let engine = store.engine(Clock::Real, &Arc::default()).await;
        start(&engine, new_run("works", TASK, "{}")).await;
        engine.ended(&arn("works")).await.expect("it ends");
        let refused = engine.redrive(&arn("works"), None).await;
        assert!(
            matches!(refused, Err(RedriveError::Refused(_))),
            "{refused:?}"
        );
        let unknown = engine.redrive(&arn("unknown"), None).await;
        let expected = RedriveError::Engine(EngineError::NoSuchExecution);
        assert_eq!(
            unknown.expect_err("it is not there").to_string(),
            expected.to_string()
        );
    }
}

/// Somebody asks for the end after it was told and before the execution has left: just
/// as the answer to its start leaves.
#[tokio::test]
async fn whoever_waits_for_an_execution_on_its_way_out_is_told_of_its_end() {
    const PASS: &str = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}"#;
    for store in stores() {
        let engine = store.engine(Clock::Real, &Arc::default()).await;
        let ended = engine.ended(&arn("passes"));
        let waiting = when_woken(engine.start(new_run("passes", PASS, "{}")), || {
            first_polled(ended)
        });
        let run = tokio::time::timeout(MINUTE, waiting.await).await;
        let run = run.expect("it is told").expect("it ended");
        assert_eq!(run.summary.status, Status::Succeeded);
    }
}

/// Both messages are there when the execution, which has just failed, is about to leave.
#[tokio::test]
async fn what_is_redriven_and_stopped_at_once_is_both() {
    const FAILS: &str = r#"{"StartAt": "Gate", "States": {
        "Gate": {"Type": "Task", "Resource": "work", "Next": "Fail"},
        "Fail": {"Type": "Task", "Resource": "work", "End": true}}}"#;
    for store in stores() {
        let tasks = Arc::<Cast>::default();
        let engine = store.engine(Clock::Real, &tasks).await;
        start(&engine, new_run("fails", FAILS, "{}")).await;
        tasks.until_hanging(1).await;
        let (redriving, stopping) = (engine.clone(), engine.clone());
        let asked = when_woken(engine.ended(&arn("fails")), || {
            let redriven = async move { redriving.redrive(&arn("fails"), None).await };
            let stop = StopRequest::default();
            let stopped = async move { stopping.stop(&arn("fails"), stop).await };
            (first_polled(redriven), first_polled(stopped))
        });
        tasks.gate.add_permits(1);
        let (redriven, stopped) = asked.await;
        redriven.await.expect("it failed");
        let stopped = stopped.await.expect("it runs again");
        let run = engine.find(&arn("fails")).await.expect("it can be read");
        let summary = run.expect("it is there").summary;
        assert_eq!((summary.status, summary.redrives), (Status::Aborted, 1));
        assert_eq!(summary.ended, Some(stopped));
    }
}

/// What a closure makes that is called just when whoever waits for `future` is woken.
async fn when_woken<F: Future, T: Send + 'static>(
    future: F,
    then: impl FnOnce() -> T + Send + 'static,
) -> T {
    let (made, waits) = oneshot::channel();
    let then = Box::new(move || drop(made.send(then())));
    let waker = Waker::from(Arc::new(WhenWoken(Mutex::new(Some(then)))));
    let mut future = pin!(future);
    let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    waits.await.expect("it is woken")
}

struct WhenWoken(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl Wake for WhenWoken {
    fn wake(self: Arc<Self>) {
        let then = self.0.lock().expect("no test panics here").take();
        then.into_iter().for_each(|then| then());
    }
}

/// A future that was polled, and has to wait.
fn first_polled<F: Future + Send + 'static>(future: F) -> BoxFuture<'static, F::Output> {
    let mut future = future.boxed();
    assert!((&mut future).now_or_never().is_none());
    future
}

#[tokio::test]
async fn lists_show_the_latest_first() {
    for store in stores() {
        let engine = store.engine(Clock::Real, &Arc::default()).await;
        for name in ["a", "b", "c"] {
            start(&engine, new_run(name, WAIT, "{}")).await;
        }
        let query = ListQuery {
            group: "machine".into(),
            statuses: vec![Status::Running],
            redriven: None,
            newer_than: None,
            after: None,
            limit: 2,
        };
        let page = engine.list(query.clone()).await.expect("it can be read");
        let arns: Vec<&str> = page.runs.iter().map(|run| &*run.arn).collect();
        assert_eq!(arns, [arn("c"), arn("b")]);
        let after = page.next;
        let page = engine.list(ListQuery { after, ..query }).await;
        assert_eq!(page.expect("it can be read").runs.len(), 1);
    }
}

#[tokio::test]
async fn more_than_the_engine_takes_on_is_refused_and_not_lost() {
    for store in stores() {
        let tasks = Arc::<Cast>::default();
        let limits = EngineLimits {
            active: 1,
            ..EngineLimits::default()
        };
        let engine = store.limited(Clock::Real, &tasks, limits).await;
        let hang = FAIL.replace("Fail", "Hang");
        start(&engine, new_run("hangs", &hang, "{}")).await;
        tasks.until_hanging(1).await;
        let refused = engine.start(new_run("more", TASK, "{}")).await;
        assert!(
            matches!(refused, Err(EngineError::Saturated)),
            "{refused:?}"
        );
        assert!(
            engine
                .find(&arn("more"))
                .await
                .expect("it can be read")
                .is_none()
        );
        engine
            .stop(&arn("hangs"), StopRequest::default())
            .await
            .expect("it runs");
        while engine.active() > 0 {
            tokio::task::yield_now().await;
        }
        start(&engine, new_run("more", TASK, "{}")).await;
        engine.ended(&arn("more")).await.expect("it ends");
    }
}

#[tokio::test]
async fn an_engine_whose_store_somebody_else_claims_acknowledges_nothing() {
    for store in stores() {
        let journal = store.open().await;
        let tasks = Arc::<Cast>::default();
        let engine = crate::support::engine(
            Arc::clone(&journal),
            Clock::Real,
            &tasks,
            EngineLimits::default(),
        )
        .await;
        start(&engine, new_run("before", WAIT, "{}")).await;
        journal.claim().await.expect("the store is sound");
        let refused = engine.start(new_run("after", WAIT, "{}")).await;
        assert!(refused.is_err(), "{refused:?}");
        assert!(matches!(engine.health(), Health::Halted(_)));
        let refused = engine.stop(&arn("before"), StopRequest::default()).await;
        assert!(matches!(refused, Err(EngineError::Stopped)), "{refused:?}");
        let summary = journal.find(&arn("after")).await.expect("it can be read");
        assert!(summary.is_none(), "{summary:?}");
    }
}

#[tokio::test]
async fn a_large_payload_comes_back_as_it_was() {
    for store in stores() {
        let engine = store.engine(Clock::Real, &Arc::default()).await;
        let input = format!(r#"{{"large":"{}"}}"#, "x".repeat(100_000));
        start(&engine, new_run("large", TASK, &input)).await;
        let run = engine.ended(&arn("large")).await.expect("it ends");
        let Some(Outcome::Succeeded(output)) = &run.outcome else {
            panic!("{:?}", run.outcome);
        };
        assert_eq!(output.to_json(), input);
        let found = engine.find(&arn("large")).await.expect("it can be read");
        let found = found.expect("it is there");
        assert_eq!(found.input.to_json(), input);
        assert_eq!(found.outcome, run.outcome);
        assert_eq!(history(&engine, "large").await.len(), 7);
    }
}

#[tokio::test]
async fn a_failure_is_told_in_full() {
    for store in stores() {
        let engine = store.engine(Clock::Real, &Arc::default()).await;
        start(&engine, new_run("fails", FAIL, "{}")).await;
        let run = engine.ended(&arn("fails")).await.expect("it ends");
        let expected = ErrorDetails {
            error: Some("Boom".into()),
            cause: Some("it broke".into()),
        };
        assert_eq!(run.outcome, Some(Outcome::Failed(expected)));
        let found = engine.find(&arn("fails")).await.expect("it can be read");
        assert_eq!(found.expect("it is there").outcome, run.outcome);
    }
}
