//! What a state stands in: the Map or the Parallel state around it.

use std::collections::HashSet;

use crate::machine::{MapState, State, StateId, StateKind, StateMachine, Transition};

/// A machine, looked at for who is inside whom.
pub(super) struct Surroundings<'a> {
    machine: &'a StateMachine,
}

impl<'a> Surroundings<'a> {
    pub(super) fn of(machine: &'a StateMachine) -> Self {
        Self { machine }
    }

    /// The nearest Map that has this state in its processor.
    pub(super) fn map_around(&self, inner: &State) -> Option<&'a MapState> {
        let inner = self.machine.state_named(&inner.name)?;
        let maps = self
            .machine
            .states
            .iter()
            .filter_map(|state| match &state.kind {
                StateKind::Map(map) => Some((&**map, self.within(&state.kind))),
                _ => None,
            });
        // Of Maps inside one another, the innermost has the fewest states.
        maps.filter(|(_, within)| within.contains(&inner))
            .min_by_key(|(_, within)| within.len())
            .map(|(map, _)| map)
    }

    /// Whether a Map or Parallel state has a state of this name inside.
    pub(super) fn is_inside(&self, outer: &State, name: &str) -> bool {
        let inner = self.machine.state_named(name);
        inner.is_some_and(|inner| self.within(&outer.kind).contains(&inner))
    }

    /// All states of a state's processor or branches, those further inside included.
    fn within(&self, outer: &StateKind) -> HashSet<StateId> {
        let mut found = HashSet::new();
        let mut waiting = inner_starts(outer);
        while let Some(id) = waiting.pop() {
            if found.insert(id) {
                let kind = &self.machine.state(id).kind;
                waiting.extend(successors(kind));
                waiting.extend(inner_starts(kind));
            }
        }
        found
    }
}

fn inner_starts(kind: &StateKind) -> Vec<StateId> {
    match kind {
        StateKind::Parallel(parallel) => parallel.branches.to_vec(),
        StateKind::Map(map) => vec![map.processor],
        _ => Vec::new(),
    }
}

/// The states that may follow in the same scope.
fn successors(kind: &StateKind) -> Vec<StateId> {
    let next = match kind {
        StateKind::Pass(pass) => Some(pass.next),
        StateKind::Task(task) => Some(task.next),
        StateKind::Wait(wait) => Some(wait.next),
        StateKind::Parallel(parallel) => Some(parallel.next),
        StateKind::Map(map) => Some(map.next),
        StateKind::Choice(_) | StateKind::Succeed | StateKind::Fail(_) => None,
    };
    let next = next.and_then(|next| match next {
        Transition::Next(next) => Some(next),
        Transition::End => None,
    });
    let chosen = match kind {
        StateKind::Choice(choice) => {
            let rules = choice.rules.iter().map(|rule| rule.next);
            rules.chain(choice.default).collect()
        }
        _ => Vec::new(),
    };
    let catchers = kind.recovery().map(|recovery| &recovery.catchers[..]);
    let caught = catchers
        .unwrap_or_default()
        .iter()
        .map(|catcher| catcher.next);
    next.into_iter().chain(chosen).chain(caught).collect()
}
