//! Running an execution.

use std::{future::Future, sync::Arc};

use sandstep_asl::{Limits, Outcome, Record, Start, StateMachine, Timestamp, TokenKey};
use sandstep_driver::{Clock, Driver, StopRequest};
use sandstep_json::Value;

/// Both clocks.
pub(crate) const CLOCKS: [Clock; 2] = [Clock::Real, Clock::Virtual(Timestamp::from_millis(0))];

/// Runs an EXPRESS execution.
pub(crate) async fn run(
    driver: &Driver,
    definition: &str,
    input: Value,
    stop: impl Future<Output = StopRequest>,
) -> Outcome {
    let start = start(input, Limits::express());
    record(driver, definition, start, stop).await.0
}

/// Runs an execution and keeps its records.
pub(crate) async fn record(
    driver: &Driver,
    definition: &str,
    start: Start,
    stop: impl Future<Output = StopRequest>,
) -> (Outcome, Vec<Record>) {
    let parsed = StateMachine::parse(definition);
    let machine = Arc::new(parsed.machine.expect("it is valid"));
    let mut records = Vec::new();
    let append = |record| records.push(record);
    let outcome = driver.run(machine, start, append, stop).await;
    (outcome, records)
}

pub(crate) fn start(input: Value, limits: Limits) -> Start {
    Start {
        input,
        execution_arn: "arn".into(),
        name: "name".into(),
        role_arn: "role".into(),
        machine_arn: "machine".into(),
        machine_name: "machine".into(),
        redrive_count: Some(0),
        seed: 1,
        token_key: TokenKey::of_seed(1),
        limits,
    }
}
