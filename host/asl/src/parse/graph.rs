//! Which states of a scope an execution can reach.

use crate::machine::StateId;

/// The transitions of one scope, as far as they are known.
#[derive(Default)]
pub(super) struct Graph {
    transitions: Vec<(StateId, StateId)>,
    /// Where transitions that lead nowhere were probably meant to lead.
    guesses: Vec<(StateId, StateId)>,
    has_end: bool,
    /// A transition leads nowhere, and where it should lead cannot be guessed.
    has_losses: bool,
    /// A transition or a state could not be read, so that nothing is sure to be missing.
    has_gaps: bool,
}

/// Where a scope begins.
#[derive(Clone, Copy, Default)]
pub(super) struct Start {
    /// What `StartAt` names.
    pub(super) named: Option<StateId>,
    /// What it was probably meant to name.
    pub(super) guessed: Option<StateId>,
}

/// What is wrong with a graph as a whole.
#[derive(Default)]
pub(super) struct Faults {
    /// States that no transition leads to, misspelt ones taken as they were meant.
    pub(super) unreachable: Vec<StateId>,
    /// States that the service calls unreachable: no other state leads to them. Of states in
    /// a circle that nothing leads into, the first.
    pub(super) without_way_in: Vec<StateId>,
    pub(super) has_no_end: bool,
    /// A lost transition may be what should have led to an end.
    pub(super) may_have_end: bool,
}

impl Graph {
    pub(super) fn add(&mut self, from: StateId, to: StateId) {
        self.transitions.push((from, to));
    }

    /// A transition leads nowhere, and was probably meant to lead here.
    pub(super) fn add_loss(&mut self, from: StateId, guess: Option<StateId>) {
        match guess {
            Some(guess) => self.guesses.push((from, guess)),
            None => self.has_losses = true,
        }
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
    pub(super) fn faults(&self, start: Start, first: StateId, count: usize) -> Faults {
        if self.has_gaps {
            return Faults::default();
        }
        Faults {
            unreachable: self.unreachable(start, first, count),
            without_way_in: self.without_way_in(start.named, first, count),
            has_no_end: !self.has_end,
            may_have_end: self.has_losses,
        }
    }

    fn unreachable(&self, start: Start, first: StateId, count: usize) -> Vec<StateId> {
        let Some(start) = start.named.or(start.guessed).filter(|_| !self.has_losses) else {
            return Vec::new();
        };
        let transitions = self.transitions.iter().chain(&self.guesses);
        let targets = Targets::new(transitions, first, count);
        let mut is_reached = vec![false; count];
        targets.reach(first.index_of(start), &mut is_reached);
        missing(&is_reached, first)
    }

    fn without_way_in(&self, start: Option<StateId>, first: StateId, count: usize) -> Vec<StateId> {
        let targets = Targets::new(self.transitions.iter(), first, count);
        let mut is_reached = vec![false; count];
        if let Some(start) = start {
            targets.reach(first.index_of(start), &mut is_reached);
        }
        let mut is_entered = vec![false; count];
        for (from, to) in &self.transitions {
            is_entered[first.index_of(*to)] |= from != to;
        }
        let mut found = Vec::new();
        let by_entry = (0..count).filter(|index| !is_entered[*index]);
        for index in by_entry.chain(0..count) {
            if !is_reached[index] {
                found.push(first.plus(index));
                targets.reach(index, &mut is_reached);
            }
        }
        found.sort();
        found
    }
}

/// The transitions from each state of a scope.
struct Targets(Vec<Vec<usize>>);

impl Targets {
    fn new<'t>(
        transitions: impl Iterator<Item = &'t (StateId, StateId)>,
        first: StateId,
        count: usize,
    ) -> Self {
        let mut targets = vec![Vec::new(); count];
        for (from, to) in transitions {
            targets[first.index_of(*from)].push(first.index_of(*to));
        }
        Self(targets)
    }

    /// Marks a state and all that can be reached from it.
    fn reach(&self, start: usize, is_reached: &mut [bool]) {
        let mut waiting = vec![start];
        while let Some(state) = waiting.pop() {
            if !std::mem::replace(&mut is_reached[state], true) {
                waiting.extend(&self.0[state]);
            }
        }
    }
}

fn missing(is_reached: &[bool], first: StateId) -> Vec<StateId> {
    let indexes = (0..is_reached.len()).filter(|index| !is_reached[*index]);
    indexes.map(|index| first.plus(index)).collect()
}

/// States of a scope count from its first.
impl StateId {
    fn index_of(self, id: StateId) -> usize {
        (id.0 - self.0) as usize
    }

    fn plus(self, index: usize) -> StateId {
        StateId(self.0 + index as u32)
    }
}
