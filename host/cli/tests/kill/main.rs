//! The real server, killed again and again, keeps every promise.
//!
//! A thousand executions that wait, retry, branch, map and call back are started while
//! `sandstep serve` gets `kill -9` two hundred times, at any moment of its life: while it
//! opens, recovers, answers. Every start that was acknowledged must end exactly once, with
//! the history of an undisturbed one up to times and ids.
//!
//! `SANDSTEP_KILLS=N` kills that many times, with five executions each, and
//! `SANDSTEP_SEED=N` at other moments:
//! `SANDSTEP_KILLS=5000 SANDSTEP_SEED=7 cargo test --package sandstep --test kill`.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

#[path = "../support/mod.rs"]
mod support;

mod client;
mod history;
mod power;
mod server;

use std::{
    env,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use client::Client;
use sandstep_tests::random::Random;
use server::Server;

/// Killed so often unless somebody asks for more.
const KILLS: usize = 200;
/// Executions for each kill.
const EACH: usize = 5;
/// Clients at a time.
const CLIENTS: usize = 4;
/// How long a server lives at most once it listens, and before that.
const LIFE: Duration = Duration::from_millis(250);
const YOUTH: Duration = Duration::from_millis(120);
/// As long as the other names: tokens tell of them, and responses of their length.
const UNDISTURBED: &str = "number-alone";
/// How long everything may take to end once nobody kills any more.
const PATIENCE: Duration = Duration::from_secs(240);

fn number(variable: &str) -> Option<usize> {
    let text = env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable}: {text}")),
    )
}

#[test]
fn every_acknowledged_start_ends_once_whatever_is_killed() {
    let server = Server::new("kill");
    let expected = undisturbed(&server);
    let kills = number("SANDSTEP_KILLS").unwrap_or(KILLS);
    let seed = number("SANDSTEP_SEED").unwrap_or(1);
    let killed = AtomicUsize::new(0);
    let failures: Vec<String> = thread::scope(|scope| {
        let (server, killed) = (&server, &killed);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| scope.spawn(move || drive(server, client, kills, killed)))
            .collect();
        let mut running = kill_often(server, kills, seed as u64, killed);
        let ended = clients.into_iter().map(|client| client.join().unwrap());
        let histories: Vec<_> = ended.flatten().collect();
        running.kill();
        assert_eq!(histories.len(), kills * EACH);
        let compared = histories.into_iter().map(|(name, history)| {
            history::compare(&expected, &history).map_err(|error| format!("{name}: {error}"))
        });
        compared.filter_map(Result::err).collect()
    });
    let first = failures.iter().take(5).cloned().collect::<Vec<_>>();
    assert!(
        failures.is_empty(),
        "{} executions:\n{}",
        failures.len(),
        first.join("\n")
    );
}

/// The history of an execution whose server lives.
fn undisturbed(server: &Server) -> history::Threads {
    let mut running = server.spawn();
    running.wait_until_ready();
    let client = Client::new(server);
    client.start(UNDISTURBED);
    let deadline = Instant::now() + PATIENCE;
    let history = loop {
        if let Some(history) = client.look_after(UNDISTURBED) {
            break history;
        }
        assert!(Instant::now() < deadline, "an undisturbed execution ends");
        thread::sleep(Duration::from_millis(20));
    };
    running.kill();
    history::threads(&history).unwrap()
}

/// Lets servers live for a while, one after the other. The last one goes on.
fn kill_often(server: &Server, kills: usize, seed: u64, killed: &AtomicUsize) -> server::Running {
    let mut random = Random::new(seed);
    for _ in 0..kills {
        let mut running = server.spawn();
        let grows_up = random.chance(80);
        if grows_up {
            running.wait_until_ready();
        }
        let life = if grows_up { LIFE } else { YOUTH };
        thread::sleep(Duration::from_millis(
            random.below(life.as_millis() as usize) as u64,
        ));
        running.kill();
        killed.fetch_add(1, Ordering::Relaxed);
    }
    let mut running = server.spawn();
    running.wait_until_ready();
    running
}

/// Starts this client's share of the executions, as many as have been killed for, and
/// calls back until they have ended. Answers their histories.
fn drive(
    server: &Server,
    client: usize,
    kills: usize,
    killed: &AtomicUsize,
) -> Vec<(String, Vec<serde_json::Value>)> {
    let names: Vec<usize> = (0..kills * EACH)
        .filter(|number| number % CLIENTS == client)
        .collect();
    let (mut waiting, client) = (names.into_iter().peekable(), Client::new(server));
    let (mut running, mut ended) = (Vec::new(), Vec::new());
    let mut last_kill = None;
    while waiting.peek().is_some() || !running.is_empty() {
        let count = killed.load(Ordering::Relaxed);
        while waiting
            .next_if(|number| *number < (count + 1) * EACH)
            .is_some_and(|number| {
                let name = format!("number-{number:05}");
                client.start(&name);
                running.push(name);
                true
            })
        {}
        running.retain(|name: &String| match client.look_after(name) {
            Some(history) => {
                ended.push((name.clone(), history));
                false
            }
            None => true,
        });
        if count == kills {
            let since = *last_kill.get_or_insert_with(Instant::now);
            assert!(since.elapsed() < PATIENCE, "these never end: {running:?}");
        }
        thread::sleep(Duration::from_millis(50));
    }
    ended
}
