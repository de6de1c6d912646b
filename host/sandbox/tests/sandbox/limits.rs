//! Each limit ends its guest with the name and the facts.

use std::time::{Duration, Instant};

use sandstep_sandbox::{Grants, Limits};

use crate::guests::{failure, hostile, invoke, load};

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn computing_for_ever_ends_at_the_cpu_limit() {
    let limits = Limits {
        cpu_time: Duration::from_millis(50),
        ..Limits::default()
    };
    let error = failure(limits, r#"{"do": "loop"}"#).await;
    assert_eq!(error.error, "Sandbox.Timedout");
    assert!(
        error.cause.starts_with(
            "RequestId: r1 Error: Task timed out after 0.05 seconds of computing (limit cpu_time;"
        ),
        "{error}"
    );
}

#[tokio::test]
async fn the_cpu_limit_counts_computing_between_sleeps() {
    let limits = Limits {
        cpu_time: Duration::from_millis(40),
        wall_time: Duration::from_secs(60),
        ..Limits::default()
    };
    let function = hostile(limits).await;
    let invocation = invoke(&function, r#"{"do": "spin-and-sleep"}"#).await;
    let error = invocation.outcome.unwrap_err();
    assert_eq!(error.error, "Sandbox.Timedout");
    assert!(error.cause.contains("limit cpu_time"), "{error}");
    assert!(invocation.usage.cpu_time >= Duration::from_millis(40));
    assert!(invocation.usage.wall_time > invocation.usage.cpu_time);
}

#[tokio::test]
async fn sleeping_for_ever_ends_at_the_wall_limit() {
    let limits = Limits {
        wall_time: Duration::from_millis(50),
        ..Limits::default()
    };
    let function = hostile(limits).await;
    let invocation = invoke(&function, r#"{"do": "sleep", "ms": 3600000}"#).await;
    let error = invocation.outcome.unwrap_err();
    assert_eq!(error.error, "Sandbox.Timedout");
    assert!(
        error.cause.starts_with(
            "RequestId: r1 Error: Task timed out after 0.05 seconds (limit wall_time;"
        ),
        "{error}"
    );
    assert!(invocation.usage.cpu_time < Duration::from_millis(40));
}

/// The engine with concurrency obeys the same limits.
#[tokio::test]
async fn an_async_guest_that_never_ends_is_timed_out() {
    let limits = Limits {
        cpu_time: Duration::from_millis(50),
        wall_time: Duration::from_millis(500),
        ..Limits::default()
    };
    let function = load("async_echo", limits, Grants::default()).await;
    for (event, limit) in [(r#""loop""#, "cpu_time"), (r#""sleep""#, "wall_time")] {
        let error = invoke(&function, event).await.outcome.unwrap_err();
        assert_eq!(error.error, "Sandbox.Timedout");
        assert!(error.cause.contains(&format!("(limit {limit};")), "{error}");
    }
}

#[tokio::test]
async fn taking_memory_for_ever_ends_at_the_memory_limit() {
    let limits = Limits {
        memory_bytes: 16 * MIB,
        ..Limits::default()
    };
    let function = hostile(limits).await;
    let invocation = invoke(&function, r#"{"do": "take-memory"}"#).await;
    let error = invocation.outcome.unwrap_err();
    assert_eq!(error.error, "Runtime.ExitError");
    assert!(
        error.cause.starts_with(
            "RequestId: r1 Error: Runtime exited with error: signal: killed \
             (limit memory_bytes of 16777216 bytes: "
        ),
        "{error}"
    );
    let peak = invocation.usage.peak_memory_bytes;
    assert!((14 * MIB..=16 * MIB).contains(&peak), "{peak}");
}

/// QuickJS tells a script that memory is refused, and its Lambda then exits.
#[tokio::test]
async fn an_exit_for_want_of_memory_names_the_memory_limit() {
    let error = failure(Limits::default(), r#"{"do": "exit-without-memory"}"#).await;
    assert_eq!(error.error, "Runtime.ExitError");
    assert!(
        error.cause.starts_with(
            "RequestId: r1 Error: Runtime exited with error: signal: killed \
             (limit memory_bytes of 134217728 bytes: "
        ),
        "{error}"
    );
}

#[tokio::test]
async fn memory_within_the_limit_is_there() {
    let limits = Limits {
        memory_bytes: 64 * MIB,
        ..Limits::default()
    };
    let function = hostile(limits).await;
    let event = r#"{"do": "take-memory", "bytes": 33554432}"#;
    let invocation = invoke(&function, event).await;
    assert_eq!(invocation.outcome.unwrap(), "33554432");
}

#[tokio::test]
async fn recursing_for_ever_overflows_the_stack() {
    let error = failure(Limits::default(), r#"{"do": "recurse"}"#).await;
    assert_eq!(error.error, "Runtime.ExitError");
    assert_eq!(
        error.cause,
        "RequestId: r1 Error: Runtime exited with error: signal: segmentation fault \
         (call stack of 4194304 bytes exhausted)"
    );
}

#[tokio::test]
async fn a_stack_in_linear_memory_overflows_as_well() {
    let error = failure(Limits::default(), r#"{"do": "recurse-with-frames"}"#).await;
    assert_eq!(error.error, "Runtime.ExitError");
    assert_eq!(
        error.cause,
        "RequestId: r1 Error: Runtime exited with error: signal: segmentation fault \
         (wasm trap: out of bounds memory access; recursion without end is a common cause)"
    );
}

#[tokio::test]
async fn a_result_beyond_the_limit_is_too_large() {
    let event = r#"{"do": "return", "bytes": 6291555}"#;
    let error = failure(Limits::default(), event).await;
    assert_eq!(error.error, "Function.ResponseSizeTooLarge");
    assert_eq!(
        error.cause,
        "Response payload size (6291557 bytes) exceeded maximum allowed payload size (6291556 bytes)."
    );
}

#[tokio::test]
async fn a_result_at_the_limit_is_returned() {
    let function = hostile(Limits::default()).await;
    let invocation = invoke(&function, r#"{"do": "return", "bytes": 6291554}"#).await;
    assert_eq!(invocation.outcome.unwrap().len(), 6_291_556);
}

#[tokio::test]
async fn a_flood_is_not_even_copied() {
    let event = r#"{"do": "return", "bytes": 20000000}"#;
    let error = failure(Limits::default(), event).await;
    assert_eq!(error.error, "Function.ResponseSizeTooLarge");
    assert_eq!(
        error.cause,
        "Response payload size exceeded maximum allowed payload size (6291556 bytes)."
    );
}

#[tokio::test]
async fn an_event_beyond_the_limit_runs_nothing() {
    let limits = Limits {
        event_bytes: 10,
        ..Limits::default()
    };
    let invocation = invoke(&hostile(limits).await, r#"{"do": "count"}"#).await;
    let error = invocation.outcome.unwrap_err();
    assert_eq!(error.error, "Lambda.RequestEntityTooLargeException");
    assert_eq!(
        error.cause,
        "Request must be smaller than 10 bytes for the InvokeFunction operation; it has 15 bytes"
    );
    assert_eq!(invocation.usage.cpu_time, Duration::ZERO);
}

#[tokio::test]
async fn a_log_beyond_the_limit_is_cut_and_says_so() {
    let limits = Limits {
        log_bytes: 128,
        ..Limits::default()
    };
    let event = r#"{"do": "print", "bytes": 6400}"#;
    let invocation = invoke(&hostile(limits).await, event).await;
    assert_eq!(invocation.outcome.unwrap(), "null");
    assert_eq!(invocation.log.dropped_bytes, 6400 - 128);
    let line = format!("r1 {}\n", "y".repeat(63));
    assert_eq!(
        invocation.log.text,
        format!(
            "{line}{line}r1 [log cut: 6272 bytes were dropped beyond the limit of 128 bytes]\n"
        )
    );
}

#[tokio::test]
async fn hoarding_handles_is_a_trap() {
    let directory = tempfile::tempdir().unwrap();
    let function = crate::grants::with_directory(directory.path(), Limits::default()).await;
    let event = r#"{"do": "hoard-files", "directory": "/data"}"#;
    let error = invoke(&function, event).await.outcome.unwrap_err();
    assert_eq!(error.error, "Runtime.ExitError");
    assert!(error.cause.contains("resource table"), "{error}");
}

#[tokio::test]
async fn a_loop_stops_soon_after_its_limit() {
    let limits = Limits {
        cpu_time: Duration::from_millis(20),
        ..Limits::default()
    };
    let function = hostile(limits).await;
    let started = Instant::now();
    invoke(&function, r#"{"do": "loop"}"#)
        .await
        .outcome
        .unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(2));
}
