//! A state machine in the making: what all its scopes share.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use sandstep_json::{Position, Text};

use super::Options;
use super::place::{Node, Place, quoted};
use super::report::{Located, MAX_DIAGNOSTICS, Problem, Report};
use super::suggest::did_you_mean;
use super::variables::Variables;
use crate::diagnostic::Diagnostic;
use crate::machine::{DataFlow, State, StateId, StateKind};
use crate::verdict::{Code, Verdict};

/// How many characters a state's name may have (States Language, "States").
const MAX_NAME_LENGTH: usize = 80;

/// What the scopes of one machine share.
pub(super) struct Draft<'a> {
    pub(super) options: &'a Options,
    pub(super) report: Report<'a>,
    /// The machine as a whole asks for JSONata.
    pub(super) is_jsonata: Cell<bool>,
    pub(super) variables: Variables,
    states: RefCell<Vec<Option<State>>>,
    /// Every state's name, and where it was first used.
    names: RefCell<HashMap<Text, Position>>,
    labels: RefCell<HashSet<Text>>,
    lost: RefCell<Vec<LostTarget>>,
    /// What is wrong with the scopes as graphs, told last.
    stranded: RefCell<Vec<Located>>,
    /// The stand-ins for the states that a lone state leads to; `None` where the whole
    /// machine is there.
    stand_ins: Option<RefCell<HashMap<Text, StateId>>>,
}

/// A transition to a state that its scope does not have.
struct LostTarget {
    name: Text,
    problem: Located,
}

impl<'a> Draft<'a> {
    /// `text` is the definition's text, if positions in the tree are positions in it.
    pub(super) fn new(options: &'a Options, text: Option<&'a str>) -> Self {
        Self {
            options,
            report: Report::new(text),
            is_jsonata: Cell::new(false),
            variables: Variables::default(),
            states: RefCell::default(),
            names: RefCell::default(),
            labels: RefCell::default(),
            lost: RefCell::default(),
            stranded: RefCell::default(),
            stand_ins: None,
        }
    }

    /// The draft of a machine of which only one state is known.
    pub(super) fn of_lone_state(options: &'a Options, text: Option<&'a str>) -> Self {
        Self {
            stand_ins: Some(RefCell::default()),
            variables: Variables::of_lone_state(),
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
            let message = format!("{limit}, this one has {length}");
            Problem::error("invalid-state-name", message)
                .said_as(Code::InvalidStateName, invalid_name(name))
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
            assign: None,
            variables: Box::default(),
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
        // Whatever field it is, the service calls it 'Next'.
        let said = format!("Missing 'Next' target: {name}");
        let problem = problem
            .maybe_hint(hint)
            .said_as(Code::MissingTransitionTarget, said)
            .at(&node.place);
        let name = name.clone();
        self.lost.borrow_mut().push(LostTarget { name, problem });
    }

    /// Takes note of what is wrong with a scope as a graph; told after lost transitions, of
    /// which it may be the consequence.
    pub(super) fn strand(&self, problem: Located) {
        match self.stranded.borrow().len() {
            ..MAX_DIAGNOSTICS => {}
            _ => return self.report.omit_error(),
        }
        self.stranded.borrow_mut().push(problem);
    }

    /// Every state, once all are read; `None` if there was an error.
    pub(super) fn finish(self) -> (Option<Box<[State]>>, Vec<Diagnostic>, Verdict) {
        let names = self.names.into_inner();
        for LostTarget { name, mut problem } in self.lost.into_inner() {
            if let Some(told) = &mut problem.diagnostic
                && names.contains_key(&name)
            {
                told.message = format!("the state {} is not in the same scope", quoted(&name));
                told.hint = Some(SAME_SCOPE.to_owned());
            }
            self.report.add(problem);
        }
        for problem in self.stranded.into_inner() {
            self.report.add(problem);
        }
        let states = (!self.report.has_error()).then(|| all(self.states.into_inner()));
        let (diagnostics, verdict) = self.report.finish();
        (states, diagnostics, verdict)
    }
}

const SAME_SCOPE: &str =
    "a state can lead only to states that stand beside it in the same \"States\"";

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
    let said = format!("Duplicate State name: {name}");
    Problem::error("duplicate-state-name", message)
        .hint(hint)
        .said_as(Code::DuplicateStateName, said)
}

fn invalid_name(name: &str) -> String {
    match name {
        "" => "Invalid State name: the name cannot be empty".to_owned(),
        _ => format!(
            "Invalid State name: '{name}' exceeds the {MAX_NAME_LENGTH}-character limit \
             allowed by the service"
        ),
    }
}
