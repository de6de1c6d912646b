//! Task states (States Language, "Task State").

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::report::Problem;
use super::state::StateFields;
use super::{recovery, resource};
use crate::machine::{Dynamic, StateKind, TaskState};

/// Timeouts and heartbeats in seconds (AWS, "Task workflow state").
const SECONDS: RangeInclusive<u64> = 1..=99_999_999;

pub(super) fn parse(state: &StateFields<'_>) -> Option<StateKind> {
    let resource = resource::parse(state, state.scope.draft.options);
    let timeout = state.dynamic("TimeoutSeconds", "TimeoutSecondsPath", SECONDS);
    let heartbeat = state.dynamic("HeartbeatSeconds", "HeartbeatSecondsPath", SECONDS);
    check_heartbeat(state, &timeout, &heartbeat);
    let credentials = state.object_payload("Credentials");
    let recovery = recovery::parse(state);
    let next = state.transition()?;
    let resource = Arc::new(resource?);
    let task = TaskState {
        resource,
        timeout,
        heartbeat,
        credentials,
        recovery,
        next,
    };
    Some(StateKind::Task(Box::new(task)))
}

fn check_heartbeat(
    state: &StateFields<'_>,
    timeout: &Option<Dynamic<u64>>,
    heartbeat: &Option<Dynamic<u64>>,
) {
    let (Some(Dynamic::Constant(timeout)), Some(Dynamic::Constant(heartbeat))) =
        (timeout, heartbeat)
    else {
        return;
    };
    if heartbeat >= timeout {
        let place = state
            .peek("HeartbeatSeconds")
            .expect("it is a constant")
            .place;
        state.report().error(&place, || {
            let message = format!("must be less than \"TimeoutSeconds\" ({timeout})");
            Problem::error("out-of-range", message)
        });
    }
}
