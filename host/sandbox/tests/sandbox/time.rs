//! The clocks that a guest sees.

use std::time::{Duration, Instant};

use sandstep_sandbox::{Call, ClockSource, Limits};

use crate::guests::hostile;

#[tokio::test]
async fn sleeping_on_a_virtual_clock_takes_no_time() {
    let limits = Limits {
        wall_time: Duration::from_secs(2 * 86_400),
        ..Limits::default()
    };
    let function = hostile(limits).await;
    let call = Call {
        clock: ClockSource::Virtual { now_ms: 5000 },
        ..Call::new("r1")
    };
    let started = Instant::now();
    let invocation = function
        .invoke(r#"{"do": "clock", "ms": 86400000}"#, &call)
        .await;
    assert_eq!(
        invocation.outcome.unwrap(),
        r#"{"after":86405000,"before":5000,"slept":86400000}"#
    );
    assert_eq!(invocation.usage.virtual_time, Duration::from_secs(86_400));
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn sleep_on_a_virtual_clock_counts_as_wall_time() {
    let function = hostile(Limits::default()).await;
    let call = Call {
        clock: ClockSource::Virtual { now_ms: 5000 },
        ..Call::new("r1")
    };
    let started = Instant::now();
    let invocation = function
        .invoke(r#"{"do": "sleep", "ms": 60000}"#, &call)
        .await;
    let error = invocation.outcome.unwrap_err();
    assert_eq!(error.error, "Sandbox.Timedout");
    assert!(
        error.cause.contains("timed out after 3.00 seconds"),
        "{error}"
    );
    assert_eq!(invocation.usage.virtual_time, Duration::from_secs(3));
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn sleeping_on_the_real_clock_takes_its_time() {
    let function = hostile(Limits::default()).await;
    let started = Instant::now();
    let invocation = function
        .invoke(r#"{"do": "sleep", "ms": 30}"#, &Call::new("r1"))
        .await;
    assert_eq!(invocation.outcome.unwrap(), "30");
    assert!(started.elapsed() >= Duration::from_millis(30));
    assert!(invocation.usage.cpu_time < Duration::from_millis(30));
}
