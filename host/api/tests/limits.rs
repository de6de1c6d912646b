//! Each limit holds, and what is beyond it costs nobody else anything.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::time::Duration;

use sandstep_api::HttpLimits;
use tokio::time::{sleep, timeout};

use support::{Endpoint, Options, PASS, SLEEP, request};

const SOON: Duration = Duration::from_millis(200);
/// Long enough for anything that happens soon, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

async fn limited(limits: HttpLimits) -> Endpoint {
    Endpoint::with(Options {
        limits,
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_not_read() {
    let endpoint = limited(HttpLimits {
        body: 1_000,
        ..HttpLimits::default()
    })
    .await;
    let mut client = endpoint.connect().await;
    let whole = request("ListExecutions", &" ".repeat(1_001));
    let (head, _body) = whole.split_once("\r\n\r\n").unwrap();
    client.send(format!("{head}\r\n\r\n")).await;
    let answer = timeout(PATIENCE, client.answer()).await.unwrap();
    assert_eq!(
        answer.error(),
        (413, "RequestEntityTooLargeException".to_owned())
    );
}

#[tokio::test]
async fn a_body_in_chunks_is_read_to_the_limit() {
    let endpoint = limited(HttpLimits {
        body: 1_000,
        ..HttpLimits::default()
    })
    .await;
    let mut client = endpoint.connect().await;
    let head =
        request("ListExecutions", "").replace("Content-Length: 0", "Transfer-Encoding: chunked");
    client.send(head).await;
    let chunk = format!("200\r\n{}\r\n", " ".repeat(0x200));
    for _ in 0..2 {
        client.send(&chunk).await;
    }
    let answer = timeout(PATIENCE, client.answer()).await.unwrap();
    assert_eq!(
        answer.error(),
        (413, "RequestEntityTooLargeException".to_owned())
    );
}

#[tokio::test]
async fn who_sends_everything_first_sees_a_refusal() {
    let endpoint = limited(HttpLimits {
        body: 1_000,
        requests: 1,
        ..HttpLimits::default()
    })
    .await;
    // More than the kernel keeps for a server that does not read.
    let large = request("ListExecutions", &" ".repeat(20 << 20));
    let chunked = request("ListExecutions", "")
        .replace("Content-Length: 0", "Transfer-Encoding: chunked")
        + &format!("20000\r\n{}\r\n", " ".repeat(0x20000)).repeat(160)
        + "0\r\n\r\n";
    for large in [&large, &chunked] {
        let mut client = endpoint.connect().await;
        assert!(client.send(large).await);
        let answer = client.answer().await.error();
        assert_eq!(answer, (413, "RequestEntityTooLargeException".to_owned()));
        let next = client.call("ListStateMachines", "{}").await;
        assert_eq!(next.status, 200, "the connection goes on");
    }
    let arn = endpoint.create("m", "EXPRESS", SLEEP).await;
    let mut busy = endpoint.connect().await;
    let start = format!(r#"{{"stateMachineArn": "{arn}"}}"#);
    busy.send(request("StartSyncExecution", &start)).await;
    sleep(SOON).await;
    let mut client = endpoint.connect().await;
    assert!(client.send(&large).await);
    let answer = client.answer().await.error();
    assert_eq!(answer, (400, "ThrottlingException".to_owned()));
}

#[tokio::test]
async fn bodies_together_have_a_limit() {
    let endpoint = limited(HttpLimits {
        body: 64 << 10,
        bodies: 64 << 10,
        ..HttpLimits::default()
    })
    .await;
    let mut slow = endpoint.connect().await;
    slow.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n")
        .await;
    slow.send(" ".repeat(59_999)).await;
    let body = " ".repeat(10_000) + "{}";
    let refused = async {
        while endpoint.call("ListStateMachines", &body).await.status == 200 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, refused)
        .await
        .expect("there is no room beside the first");
    drop(slow);
    let admitted = async {
        while endpoint.call("ListStateMachines", &body).await.status != 200 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, admitted)
        .await
        .expect("the room is given back");
}

#[tokio::test]
async fn what_is_announced_and_not_sent_takes_no_room() {
    let endpoint = limited(HttpLimits {
        body: 64 << 10,
        bodies: 64 << 10,
        ..HttpLimits::default()
    })
    .await;
    let mut idle = Vec::new();
    for length in ["Content-Length: 65536", "Transfer-Encoding: chunked"] {
        let mut client = endpoint.connect().await;
        let head = format!("POST / HTTP/1.1\r\nHost: h\r\n{length}\r\n\r\n");
        client.send(head).await;
        idle.push(client);
    }
    sleep(SOON).await;
    let body = " ".repeat(60_000) + "{}";
    let answer = endpoint.call("ListStateMachines", &body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let endpoint = limited(HttpLimits {
        head_within: SOON,
        ..HttpLimits::default()
    })
    .await;
    let mut idle = endpoint.connect().await;
    let mut slow = endpoint.connect().await;
    slow.send("POST / HTTP/1.1\r\nHost: ").await;
    assert!(timeout(PATIENCE, idle.is_closed()).await.unwrap());
    assert!(
        timeout(PATIENCE, slow.try_answer())
            .await
            .unwrap()
            .is_none_or(|answer| answer.status == 408)
    );
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let endpoint = limited(HttpLimits {
        body_within: SOON,
        ..HttpLimits::default()
    })
    .await;
    let mut slow = endpoint.connect().await;
    slow.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{")
        .await;
    let answer = timeout(PATIENCE, slow.answer()).await.unwrap();
    assert_eq!(answer.error(), (408, "RequestTimeoutException".to_owned()));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_left() {
    let endpoint = limited(HttpLimits {
        answer_within: SOON,
        ..HttpLimits::default()
    })
    .await;
    let arn = endpoint.create("m", "EXPRESS", PASS).await;
    let input = "x".repeat(200_000);
    let start = format!(r#"{{"stateMachineArn": "{arn}", "input": "\"{input}\""}}"#);
    let start = request("StartSyncExecution", &start);
    let mut client = endpoint.connect().await;
    // More answers than the kernel keeps for it.
    let left = async { while client.send(&start).await {} };
    timeout(PATIENCE, left).await.expect("the server closes");
    assert_eq!(endpoint.call("ListStateMachines", "{}").await.status, 200);
}

#[tokio::test]
async fn heads_have_a_size_and_a_number_of_lines() {
    let endpoint = limited(HttpLimits {
        head: 8 << 10,
        headers: 8,
        ..HttpLimits::default()
    })
    .await;
    for extra in [
        "X: y\r\n".repeat(9),
        format!("X: {}\r\n", "y".repeat(9 << 10)),
    ] {
        let mut client = endpoint.connect().await;
        client
            .send(format!("GET / HTTP/1.1\r\nHost: h\r\n{extra}\r\n"))
            .await;
        let answer = timeout(PATIENCE, client.answer()).await.unwrap();
        assert_eq!(answer.status, 431);
    }
}

#[tokio::test]
async fn requests_beyond_their_number_are_throttled() {
    let endpoint = limited(HttpLimits {
        requests: 1,
        ..HttpLimits::default()
    })
    .await;
    let arn = endpoint.create("m", "EXPRESS", SLEEP).await;
    let mut busy = endpoint.connect().await;
    let start = format!(r#"{{"stateMachineArn": "{arn}"}}"#);
    busy.send(request("StartSyncExecution", &start)).await;
    let throttled = async {
        loop {
            let answer = endpoint.call("ListStateMachines", "{}").await;
            if answer.status != 200 {
                return answer;
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    let answer = timeout(PATIENCE, throttled)
        .await
        .expect("one request is all");
    assert_eq!(answer.error(), (400, "ThrottlingException".to_owned()));
}

#[tokio::test]
async fn connections_beyond_their_number_wait_for_a_place() {
    let endpoint = limited(HttpLimits {
        connections: 1,
        ..HttpLimits::default()
    })
    .await;
    let mut first = endpoint.connect().await;
    assert_eq!(first.call("ListStateMachines", "{}").await.status, 200);
    let mut second = endpoint.connect().await;
    second.send(request("ListStateMachines", "{}")).await;
    assert!(timeout(SOON, second.answer()).await.is_err());
    drop(first);
    let answer = timeout(PATIENCE, second.answer()).await.unwrap();
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_server_that_stops_lets_requests_end() {
    let endpoint = Endpoint::start().await;
    let definition = SLEEP.replace("600", "1");
    let arn = endpoint.create("m", "EXPRESS", &definition).await;
    let mut idle = endpoint.connect().await;
    let mut busy = endpoint.connect().await;
    let start = format!(r#"{{"stateMachineArn": "{arn}"}}"#);
    busy.send(request("StartSyncExecution", &start)).await;
    sleep(SOON).await;
    let stopped = tokio::spawn(endpoint.stop());
    assert!(timeout(PATIENCE, idle.is_closed()).await.unwrap());
    let answer = timeout(PATIENCE, busy.answer()).await.unwrap();
    assert_eq!(answer.text("status"), "SUCCEEDED");
    timeout(PATIENCE, stopped).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_server_that_stops_does_not_wait_for_ever() {
    let endpoint = limited(HttpLimits {
        drain_within: SOON,
        ..HttpLimits::default()
    })
    .await;
    let arn = endpoint.create("m", "EXPRESS", SLEEP).await;
    let mut busy = endpoint.connect().await;
    let start = format!(r#"{{"stateMachineArn": "{arn}"}}"#);
    busy.send(request("StartSyncExecution", &start)).await;
    sleep(SOON).await;
    timeout(PATIENCE, endpoint.stop())
        .await
        .expect("it has a deadline");
    assert!(busy.is_closed().await);
}
