//! A state machine in the making: what all its scopes share.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use sandstep_json::{Position, Text};

use super::Options;
use super::place::{Node, Place, quoted};
use super::report::{MAX_DIAGNOSTICS, Problem, Report};
use super::suggest::did_you_mean;
use crate::diagnostic::Diagnostic;
use crate::machine::{DataFlow, State, StateId, StateKind};

/// How many characters a state's name may have (States Language, "States").
const MAX_NAME_LENGTH: usize = 80;

/// What the scopes of one machine share.
pub(super) struct Draft<'a> {
    pub(super) options: &'a Options,
    pub(super) report: Report<'a>,
    /// The machine as a whole asks for JSONata.
    pub(super) is_jsonata: Cell<bool>,
    states: RefCell<Vec<Option<State>>>,
    /// Every state's name, and where it was first used.
    names: RefCell<HashMap<Text, Position>>,
    labels: RefCell<HashSet<Text>>,
    lost: RefCell<Vec<LostTarget>>,
    /// The stand-ins for the states that a lone state leads to; `None` where the whole
    /// machine is there.
    stand_ins: Option<RefCell<HashMap<Text, StateId>>>,
}

/// A transition to a state that its scope does not have.
struct LostTarget {
    name: Text,
    diagnostic: Diagnostic,
}

impl<'a> Draft<'a> {
    /// `text` is the definition's text, if positions in the tree are positions in it.
    pub(super) fn new(options: &'a Options, text: Option<&'a str>) -> Self {
        Self {
            options,
            report: Report::new(text),
            is_jsonata: Cell::new(false),
            states: RefCell::default(),
            names: RefCell::default(),
            labels: RefCell::default(),
            lost: RefCell::default(),
            stand_ins: None,
        }
    }

    /// The draft of a machine of which only one state is known.
    pub(super) fn of_lone_state(options: &'a Options, text: Option<&'a str>) -> Self {
        Self {
            stand_ins: Some(RefCell::default()),
            ..Self::new(options, text)
        }
    }

    /// The id that the next state will have.
    pub(super) fn next_id(&self) -> StateId {
        let count = self.states.borrow().len();
        StateId(
            count
                .try_into()
                .expect("a definition of 1 MiB has fewer states"),
        )
    }

    /// Makes room for a state. Names are unique in the whole machine, scopes or not.
    pub(super) fn declare(&self, name: &Text, key: &Place<'_>) -> StateId {
        let id = self.next_id();
        self.states.borrow_mut().push(None);
        self.check_name(name, key);
        let earlier = self.names.borrow().get(name).copied();
        match earlier {
            Some(earlier) => self.report.error(key, || used_twice(name, earlier)),
            None => drop(self.names.borrow_mut().insert(name.clone(), key.position)),
        }
        id
    }

    fn check_name(&self, name: &Text, key: &Place<'_>) {
        let length = name.chars().count();
        if (1..=MAX_NAME_LENGTH).contains(&length) {
            return;
        }
        self.report.error(key, || {
            let limit = format!("a state's name has 1 to {MAX_NAME_LENGTH} characters");
            Problem::error(
                "invalid-state-name",
                format!("{limit}, this one has {length}"),
            )
        });
    }

    /// A state that ends the machine, in the place of one that is not known; `None` where
    /// the whole machine is there.
    pub(super) fn stand_in(&self, name: &Text) -> Option<StateId> {
        let mut stand_ins = self.stand_ins.as_ref()?.borrow_mut();
        if let Some(id) = stand_ins.get(name) {
            return Some(*id);
        }
        let id = self.next_id();
        self.states.borrow_mut().push(Some(State {
            name: name.clone(),
            flow: DataFlow::default(),
            kind: StateKind::Succeed,
        }));
        stand_ins.insert(name.clone(), id);
        Some(id)
    }

    /// Fills the place of a declared state.
    pub(super) fn define(&self, id: StateId, state: State) {
        self.states.borrow_mut()[id.0 as usize] = Some(state);
    }

    /// Whether no distributed Map has used this label before.
    pub(super) fn claim_label(&self, label: &Text) -> bool {
        self.labels.borrow_mut().insert(label.clone())
    }

    /// How many transitions lead nowhere, as far as they are told.
    pub(super) fn lost_targets(&self) -> usize {
        self.lost.borrow().len()
    }

    /// Takes note of a transition that leads nowhere, with the nearest name of its scope.
    pub(super) fn lose(&self, name: &Text, node: &Node<'_>, nearest: Option<&str>) {
        if self.lost_targets() == MAX_DIAGNOSTICS {
            return self.report.omit_error();
        }
        let message = format!("no state is called {}", quoted(name));
        let problem = Problem::error("missing-transition-target", message);
        let hint = nearest.and_then(|nearest| did_you_mean(name, [nearest]));
        let diagnostic = problem.maybe_hint(hint).at(&node.place);
        self.lost.borrow_mut().push(LostTarget {
            name: name.clone(),
            diagnostic,
        });
    }

    /// Every state, once all are read; `None` if there was an error.
    pub(super) fn finish(self) -> (Option<Box<[State]>>, Vec<Diagnostic>) {
        let names = self.names.into_inner();
        for LostTarget {
            name,
            mut diagnostic,
        } in self.lost.into_inner()
        {
            if names.contains_key(&name) {
                diagnostic.message =
                    format!("the state {} is not in the same scope", quoted(&name));
                diagnostic.hint = Some(
                    "a state can lead only to states that stand beside it in the same \"States\""
                        .to_owned(),
                );
            }
            self.report.add(diagnostic);
        }
        let states = (!self.report.has_error()).then(|| all(self.states.into_inner()));
        (states, self.report.finish())
    }
}

fn all(states: Vec<Option<State>>) -> Box<[State]> {
    states
        .into_iter()
        .map(|state| state.expect("a state that is missing was reported"))
        .collect()
}

fn used_twice(name: &str, earlier: Position) -> Problem {
    let message = format!(
        "the state name {} is already used at {earlier}",
        quoted(name)
    );
    let hint = "state names are unique in the whole machine, branches and processors included";
    Problem::error("duplicate-state-name", message).hint(hint)
}
