//! Which states of a scope an execution can reach.

use crate::machine::StateId;

/// The transitions of one scope, as far as they are known.
#[derive(Default)]
pub(super) struct Graph {
    transitions: Vec<(StateId, StateId)>,
    has_end: bool,
    /// A transition or a state could not be read, so that nothing is sure to be missing.
    has_gaps: bool,
}

/// What is wrong with a graph as a whole.
pub(super) struct Faults {
    pub(super) unreachable: Vec<StateId>,
    pub(super) has_no_end: bool,
}

impl Graph {
    pub(super) fn add(&mut self, from: StateId, to: StateId) {
        self.transitions.push((from, to));
    }

    /// Some state ends the scope.
    pub(super) fn add_end(&mut self) {
        self.has_end = true;
    }

    /// Something could not be read.
    pub(super) fn add_gap(&mut self) {
        self.has_gaps = true;
    }

    /// Looks at the states of a scope, whose ids follow one another from `first`.
    pub(super) fn faults(&self, start: StateId, first: StateId, count: usize) -> Faults {
        if self.has_gaps {
            return Faults {
                unreachable: Vec::new(),
                has_no_end: false,
            };
        }
        let is_reached = self.reached(start, first, count);
        let ids = (0..count).filter(|index| !is_reached[*index]);
        let unreachable = ids.map(|index| StateId(first.0 + index as u32)).collect();
        Faults {
            unreachable,
            has_no_end: !self.has_end,
        }
    }

    fn reached(&self, start: StateId, first: StateId, count: usize) -> Vec<bool> {
        let index = |id: StateId| (id.0 - first.0) as usize;
        let mut targets = vec![Vec::new(); count];
        for (from, to) in &self.transitions {
            targets[index(*from)].push(index(*to));
        }
        let mut is_reached = vec![false; count];
        let mut waiting = vec![index(start)];
        while let Some(state) = waiting.pop() {
            if !std::mem::replace(&mut is_reached[state], true) {
                waiting.append(&mut targets[state]);
            }
        }
        is_reached
    }
}
