//! The real server, and the loss of power at any moment of a recorded run.

use std::{thread, time::Duration};

use sandstep_journal::{ExecutionId, HistoryQuery, Journal, Order, SqliteOptions, SqliteStore};
use sandstep_power_loss::{
    record::mark,
    recorded::{Recorded, State},
};

use crate::{
    client::{Client, execution},
    server::Server,
};

/// How many states are rebuilt.
const STATES: usize = 200;
/// How many executions there are.
const EXECUTIONS: usize = 8;

#[test]
fn the_loss_of_power_takes_nothing_that_a_client_was_told() {
    let server = Server::recorded("power");
    live_twice(&server);
    let recorded = Recorded::read(&server.record(), &server.disk()).unwrap();
    recorded.assert_complete();
    let failures = recorded.check(STATES, check);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Executions begin in one process and end in the next.
fn live_twice(server: &Server) {
    let client = Client::new(server);
    let told = |what: &str, name: &str| mark(&server.record(), &format!("{what} {name}")).unwrap();
    let mut running = server.spawn();
    running.wait_until_ready();
    let names: Vec<String> = (0..EXECUTIONS)
        .map(|number| format!("number-{number}"))
        .collect();
    for name in &names {
        client.start(name);
        told("started", name);
    }
    thread::sleep(Duration::from_millis(1_500));
    running.kill();

    let mut running = server.spawn();
    running.wait_until_ready();
    for name in &names {
        while client.look_after(name).is_none() {
            thread::sleep(Duration::from_millis(20));
        }
        told("ended", name);
    }
    running.kill();
}

/// Whether a store has everything that the marks tell of.
fn check(state: &State) -> Result<(), String> {
    let directory = state.files.path().join("data");
    let options = SqliteOptions::default();
    let store = SqliteStore::open(&directory, options).map_err(|error| format!("{error:?}"))?;
    state
        .marks
        .iter()
        .try_for_each(|mark| check_mark(&store, mark))
}

fn check_mark(store: &SqliteStore, mark: &str) -> Result<(), String> {
    let (what, name) = mark.split_once(' ').ok_or("no mark of this test's")?;
    let found = store.find(&execution(name)).wait();
    let found = found.map_err(|error| format!("{mark}: {error}"))?;
    let summary = found.ok_or_else(|| format!("{mark}: it is gone"))?;
    if what == "ended" && summary.standing.ended().is_none() {
        return Err(format!("{mark}: it still runs"));
    }
    let loaded = store.load(summary.id).wait();
    loaded.map_err(|error| format!("{mark}: {error}"))?;
    match count(store, summary.id)? == summary.events {
        true => Ok(()),
        false => Err(format!("{mark}: its history has gaps")),
    }
}

/// How many events a history has, one after the other.
fn count(store: &SqliteStore, execution: ExecutionId) -> Result<u64, String> {
    let query = HistoryQuery {
        execution,
        from: 1,
        order: Order::Forward,
        limit: usize::MAX,
    };
    let events = store
        .history(query)
        .wait()
        .map_err(|error| error.to_string())?;
    let dense = (1..)
        .zip(&events)
        .all(|(number, event): (u64, _)| event.number == number);
    if dense {
        Ok(events.len() as u64)
    } else {
        Ok(0)
    }
}
