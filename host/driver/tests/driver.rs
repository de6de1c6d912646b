//! What a driver owes to others while executions or runners misbehave.

use std::{
    future::{Future, pending},
    sync::Arc,
    time::{Duration, Instant},
};

use sandstep_asl::{Limits, Outcome, Start, StateMachine, TaskOutcome, Timestamp};
use sandstep_driver::{Clock, Driver, StopRequest, TaskCall, TaskFuture, TaskRunner};
use sandstep_json::Value;

/// A runner whose tasks panic.
enum Panics {
    AtOnce,
    /// After having let others run.
    Later,
}

impl TaskRunner for Panics {
    fn run(&self, _call: TaskCall) -> TaskFuture {
        match self {
            Self::AtOnce => Box::pin(async { panic!("the first poll") }),
            Self::Later => Box::pin(async {
                tokio::task::yield_now().await;
                panic!("the second poll")
            }),
        }
    }
}

/// A runner whose tasks return their input.
struct Echoes;

impl TaskRunner for Echoes {
    fn run(&self, call: TaskCall) -> TaskFuture {
        Box::pin(async { TaskOutcome::Succeeded(call.task.input).into() })
    }
}

#[tokio::test]
async fn a_task_that_panics_fails_alone() {
    let definition = r#"{"StartAt": "T", "States": {
        "T": {"Type": "Task", "Resource": "work", "End": true,
              "Catch": [{"ErrorEquals": ["Sandstep.InternalError"], "Next": "P"}]},
        "P": {"Type": "Pass", "Result": "caught", "End": true}}}"#;
    for clock in [Clock::Real, Clock::Virtual(Timestamp::from_millis(0))] {
        for runner in [Panics::AtOnce, Panics::Later] {
            let driver = Driver::new(Arc::new(runner), clock);
            let outcome = run(&driver, definition, Value::Null, pending()).await;
            assert_eq!(outcome, Outcome::Succeeded("caught".into()));
        }
    }
}

#[tokio::test]
async fn an_execution_of_slow_states_can_be_stopped() {
    let fields: Vec<String> = (0..300).map(|name| format!(r#""{name}.$": "$""#)).collect();
    let definition = format!(
        r#"{{"StartAt": "T", "States": {{
            "T": {{"Type": "Task", "Resource": "work", "Parameters": {{{}}}, "End": true,
                   "Catch": [{{"ErrorEquals": ["States.DataLimitExceeded"], "ResultPath": null,
                               "Next": "T"}}]}}}}}}"#,
        fields.join(",")
    );
    let stop = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        StopRequest::default()
    };
    let driver = Driver::new(Arc::new(Echoes), Clock::Real);
    let started = Instant::now();
    let outcome = run(&driver, &definition, "x".repeat(200_000).into(), stop).await;
    assert!(matches!(outcome, Outcome::Aborted(_)));
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn a_loop_without_waits_times_out_on_the_virtual_clock() {
    // A loop that could end, since a definition must have an end.
    let looping = |name: &str, state: &str| {
        format!(
            r#"{{"StartAt": "{name}", "States": {{
                "{name}": {{{state}, "Next": "{name} again"}},
                "{name} again": {{"Type": "Choice", "Default": "{name}", "Choices": [
                    {{"Variable": "$.enough", "IsPresent": true, "Next": "{name} ends"}}]}},
                "{name} ends": {{"Type": "Succeed"}}}}}}"#
        )
    };
    let endless = looping("Pass", r#""Type": "Pass""#);
    let ticks = looping("Tick", r#""Type": "Wait", "Seconds": 1"#);
    let beside_ticks = format!(
        r#"{{"StartAt": "All", "States": {{
            "All": {{"Type": "Parallel", "Branches": [{endless}, {ticks}], "End": true}}}}}}"#
    );
    let driver = Driver::new(Arc::new(Echoes), Clock::Virtual(Timestamp::from_millis(0)))
        .with_records_per_moment(10_000);
    for definition in [&endless, &beside_ticks] {
        let outcome = run(&driver, definition, Value::Null, pending()).await;
        assert!(matches!(outcome, Outcome::TimedOut(_)), "{outcome:?}");
    }
}

async fn run(
    driver: &Driver,
    definition: &str,
    input: Value,
    stop: impl Future<Output = StopRequest>,
) -> Outcome {
    let parsed = StateMachine::parse(definition);
    let machine = parsed.machine.expect("it is valid");
    let start = Start {
        input,
        execution_arn: "arn".into(),
        name: "name".into(),
        role_arn: "role".into(),
        machine_arn: "machine".into(),
        machine_name: "machine".into(),
        seed: 1,
        limits: Limits::express(),
    };
    driver.run(Arc::new(machine), start, drop, stop).await
}
