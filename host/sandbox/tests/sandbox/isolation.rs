//! A guest sees nothing of its host and nothing of other invocations.

use sandstep_sandbox::{Call, Limits};

use crate::guests::{answer, hostile, invoke};

#[tokio::test]
async fn every_invocation_begins_anew() {
    let function = hostile(Limits::default()).await;
    for _ in 0..20 {
        let invocation = invoke(&function, r#"{"do": "count"}"#).await;
        assert_eq!(invocation.outcome.unwrap(), "1");
    }
}

#[tokio::test]
async fn without_grants_there_is_nothing_around() {
    let found = answer(r#"{"do": "look"}"#).await.unwrap();
    assert!(
        found.starts_with(r#"{"arguments":[],"environment":{},"here":{"refused":"#),
        "{found}"
    );
    assert!(found.contains(r#""root":{"refused":"#), "{found}");
}

#[tokio::test]
async fn without_grants_no_file_opens() {
    let found = answer(r#"{"do": "read", "path": "/etc/hostname"}"#).await;
    assert!(found.unwrap().starts_with(r#"{"refused":"#));
}

#[tokio::test]
async fn there_is_no_network() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let event = format!(r#"{{"do": "connect", "address": "{address}"}}"#);
    let refused = answer(&event).await.unwrap();
    assert!(refused.starts_with(r#"{"refused":"#), "{refused}");
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "somebody connected");
}

#[tokio::test]
async fn randomness_differs_between_invocations() {
    let function = hostile(Limits::default()).await;
    let one = invoke(&function, r#"{"do": "draw"}"#).await.outcome;
    let other = invoke(&function, r#"{"do": "draw"}"#).await.outcome;
    assert_ne!(one, other);
}

#[tokio::test]
async fn a_seed_repeats_the_randomness() {
    let function = hostile(Limits::default()).await;
    let draw = async |seed| {
        let call = Call {
            seed: Some(seed),
            ..Call::new("r1")
        };
        function.invoke(r#"{"do": "draw"}"#, &call).await.outcome
    };
    assert_eq!(draw(7).await, draw(7).await);
    assert_ne!(draw(7).await, draw(8).await);
}
