//! Many guests at once: turns, neighbours and cancellation.

use std::time::{Duration, Instant};

use sandstep_sandbox::{Call, FunctionSpec, Limits, PoolLimits, Sandbox, SandboxConfig};

use crate::guests::{config, guest, hostile, invoke, load, sandbox};

fn small(invocations: u32, queue_time: Duration) -> Sandbox {
    Sandbox::new(SandboxConfig {
        pool: PoolLimits {
            invocations,
            ..PoolLimits::default()
        },
        queue_time,
        ..config()
    })
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_invocations_wait_their_turn() {
    let sandbox = small(4, Duration::from_secs(60));
    let spec = FunctionSpec::named("hostile");
    let function = sandbox.load(&guest("hostile"), spec).await.unwrap();
    let waiting: Vec<_> = (0..2000)
        .map(|_| {
            let function = function.clone();
            tokio::spawn(async move { invoke(&function, r#"{"do": "sleep", "ms": 1}"#).await })
        })
        .collect();
    for invocation in waiting {
        assert_eq!(invocation.await.unwrap().outcome.unwrap(), "1");
    }
}

#[tokio::test]
async fn waiting_longer_than_the_queueing_time_is_too_many_requests() {
    let sandbox = small(1, Duration::from_millis(20));
    let spec = FunctionSpec::named("hostile");
    let function = sandbox.load(&guest("hostile"), spec).await.unwrap();
    let (slept, turned_away) = tokio::join!(
        invoke(&function, r#"{"do": "sleep", "ms": 200}"#),
        invoke(&function, r#"{"do": "count"}"#),
    );
    assert_eq!(slept.outcome.unwrap(), "200");
    let error = turned_away.outcome.unwrap_err();
    assert_eq!(error.error, "Lambda.TooManyRequestsException");
    assert_eq!(
        error.cause,
        "Rate Exceeded. All 1 places of the pool were taken for 0.02 s"
    );
}

#[tokio::test]
async fn a_dropped_invocation_stops_its_guest_and_frees_its_place() {
    let (spin, sleep) = (r#"{"do": "loop"}"#, r#"{"do": "sleep", "ms": 3600000}"#);
    let next = (r#"{"do": "count"}"#, "1");
    dropping_frees_the_place("hostile", [spin, sleep], next).await;
}

#[tokio::test]
async fn a_dropped_invocation_of_an_async_guest_does_so_as_well() {
    let endless = [r#""loop""#, r#""sleep""#];
    dropping_frees_the_place("async_echo", endless, ("2", "2")).await;
}

async fn dropping_frees_the_place(name: &str, endless: [&str; 2], next: (&str, &str)) {
    let sandbox = small(1, Duration::from_secs(60));
    let spec = FunctionSpec::named(name);
    let function = sandbox.load(&guest(name), spec).await.unwrap();
    for event in endless {
        let call = Call::new("r1");
        let running = function.invoke(event, &call);
        let stopped = tokio::time::timeout(Duration::from_millis(20), running).await;
        assert!(stopped.is_err(), "it ended by itself");
        let started = Instant::now();
        let answer = invoke(&function, next.0).await.outcome.unwrap();
        assert_eq!(answer, next.1);
        assert!(started.elapsed() < Duration::from_secs(1));
    }
}

// On one thread, so that the neighbour only runs when the loop lets it.
#[tokio::test]
async fn a_neighbour_is_undisturbed() {
    let limits = Limits {
        cpu_time: Duration::from_millis(300),
        ..Limits::default()
    };
    let rogue = hostile(limits).await;
    let echo = load("echo", Limits::default(), Default::default()).await;
    let rogues = async {
        tokio::join!(
            invoke(&rogue, r#"{"do": "loop"}"#),
            invoke(&rogue, r#"{"do": "take-memory"}"#),
            invoke(&rogue, r#"{"do": "recurse"}"#),
        )
    };
    let neighbour = async {
        for number in 0..50 {
            let event = number.to_string();
            assert_eq!(invoke(&echo, &event).await.outcome.unwrap(), event);
            tokio::task::yield_now().await;
        }
        Instant::now()
    };
    let (rogues, neighbour_done) =
        tokio::join!(async { (rogues.await, Instant::now()) }, neighbour);
    assert_eq!(rogues.0.0.outcome.unwrap_err().error, "Sandbox.Timedout");
    assert_eq!(rogues.0.1.outcome.unwrap_err().error, "Runtime.ExitError");
    assert_eq!(rogues.0.2.outcome.unwrap_err().error, "Runtime.ExitError");
    assert!(neighbour_done < rogues.1, "the neighbour had to wait");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_worlds_share_a_process() {
    let plain = load("echo", Limits::default(), Default::default()).await;
    let concurrent = load("async_echo", Limits::default(), Default::default()).await;
    let waiting: Vec<_> = (0..200)
        .map(|number| {
            let function = if number % 2 == 0 { &plain } else { &concurrent }.clone();
            tokio::spawn(async move { invoke(&function, &number.to_string()).await })
        })
        .collect();
    for (number, invocation) in waiting.into_iter().enumerate() {
        assert_eq!(
            invocation.await.unwrap().outcome.unwrap(),
            number.to_string()
        );
    }
    drop(sandbox().clone());
}
