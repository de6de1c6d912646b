//! Parallel states (States Language, "Parallel State").

use super::fields::Fields;
use super::place::Node;
use super::recovery;
use super::state::StateFields;
use crate::machine::{ParallelState, StateId, StateKind};

pub(super) fn parse(state: &StateFields<'_>) -> Option<StateKind> {
    let branches = branches(state);
    let recovery = recovery::parse(state);
    let next = state.transition()?;
    Some(StateKind::Parallel(ParallelState {
        branches: branches?,
        recovery,
        next,
    }))
}

pub(super) fn branches(state: &StateFields<'_>) -> Option<Box<[StateId]>> {
    let branches = state.require_items("Branches")?;
    // All are read, and all their problems found, before the first that failed counts.
    let starts: Vec<_> = branches
        .items()
        .map(|branch| self::branch(state, branch))
        .collect();
    starts.into_iter().collect()
}

fn branch(state: &StateFields<'_>, node: Node<'_>) -> Option<StateId> {
    let fields = Fields::of(node, "a branch", state.report())?;
    let start = state.inner_scope(&fields, false);
    fields.finish();
    start
}
