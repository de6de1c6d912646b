//! Executions that would go on for ever.

use std::{future::pending, sync::Arc};

use sandstep_asl::{Limits, Outcome, TaskOutcome, Timestamp};
use sandstep_driver::{Clock, Driver, StopRequest, TaskCall, TaskFuture, TaskRunner};
use sandstep_json::Value;

use crate::support::{record, run, start};

/// A runner whose tasks return their input.
struct Echoes;

impl TaskRunner for Echoes {
    fn run(&self, call: TaskCall) -> TaskFuture {
        Box::pin(async { TaskOutcome::Succeeded(call.task.input).into() })
    }
}

#[tokio::test]
async fn an_execution_of_slow_states_lets_others_run() {
    let fields: Vec<String> = (0..100).map(|name| format!(r#""{name}.$": "$""#)).collect();
    let definition = format!(
        r#"{{"StartAt": "T", "States": {{
            "T": {{"Type": "Task", "Resource": "work", "Parameters": {{{}}}, "End": true,
                   "Catch": [{{"ErrorEquals": ["States.DataLimitExceeded"], "ResultPath": null,
                               "Next": "T"}}]}}}}}}"#,
        fields.join(",")
    );
    let stop = async {
        tokio::task::yield_now().await;
        StopRequest::default()
    };
    let driver = Driver::new(Arc::new(Echoes), Clock::Real);
    let start = start("x".repeat(200_000).into(), Limits::express());
    let (outcome, records) = record(&driver, &definition, start, stop).await;
    assert!(matches!(outcome, Outcome::Aborted(_)));
    // Fast states would have made a thousand.
    assert!(records.len() < 500, "{}", records.len());
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
