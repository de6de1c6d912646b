//! One state: what its type shares with the others.

use std::ops::Deref;

use sandstep_json::Text;

use super::fields::{Fields, Offered};
use super::place::Node;
use super::report::Problem;
use super::scope::{self, Scope};
use super::suggest::nearest;
use super::{choice, fail, flow, jsonata, map, parallel, pass, task, wait};
use crate::machine::{State, StateId, StateKind, Transition};

const TYPES: [&str; 8] = [
    "Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map",
];

/// The fields of a state, and where its transitions may lead.
pub(super) struct StateFields<'a> {
    fields: Fields<'a>,
    pub(super) scope: &'a Scope<'a>,
    id: StateId,
}

impl<'a> Deref for StateFields<'a> {
    type Target = Fields<'a>;

    fn deref(&self) -> &Fields<'a> {
        &self.fields
    }
}

/// Reads a state; `None` if it has an error, which is reported.
pub(super) fn parse(name: &Text, node: Node<'_>, id: StateId, scope: &Scope<'_>) -> Option<State> {
    let Some(fields) = Fields::of(node, "a state", &scope.draft.report) else {
        scope.add_gap();
        return None;
    };
    let kind = type_of(&fields);
    let language = jsonata::language_of(&fields, scope);
    let variables = &scope.draft.variables;
    let Some(kind) = kind else {
        let fields = fields.of_state("a state", language, variables);
        check_untyped(&StateFields { fields, scope, id });
        return None;
    };
    let offered = match kind {
        "Task" | "Parallel" | "Map" => Offered::Result,
        _ => Offered::Nothing,
    };
    let fields = fields.of_state(owner(kind), language, variables);
    let state = StateFields {
        fields: fields.offering(offered),
        scope,
        id,
    };
    variables.begin();
    let flow = flow::parse(&state, kind);
    let assign = match kind {
        "Succeed" | "Fail" => None,
        _ => state.assign(),
    };
    let kind = parse_kind(&state, kind);
    if jsonata::is_downgrade(&state, scope) {
        state.allow_foreign();
    }
    state.fields.finish();
    let variables = variables.end();
    Some(State {
        name: name.clone(),
        flow,
        assign,
        variables,
        kind: kind?,
    })
}

/// The type of a state, or else, reported, the one that was probably meant.
fn type_of(fields: &Fields<'_>) -> Option<&'static str> {
    let node = fields.require("Type").or_else(|| fields.misspelt("Type"))?;
    fields
        .one_of("Type", &TYPES)
        .or_else(|| nearest(node.value.as_str()?, TYPES))
}

/// Reports what is wrong with a state whatever its type should be.
fn check_untyped(state: &StateFields<'_>) {
    state.scope.add_gap();
    if state.peek("Type").is_none() {
        state.refuse_misspelt("Type");
    }
    if !state.is_jsonata() {
        flow::check_ends(state);
    }
    state.bool("End");
    if let Some(next) = state.get("Next") {
        state.target_of(&next);
    }
}

fn parse_kind(state: &StateFields<'_>, kind: &str) -> Option<StateKind> {
    match kind {
        "Task" => task::parse(state),
        "Pass" => pass::parse(state),
        "Choice" => choice::parse(state),
        "Wait" => wait::parse(state),
        "Fail" => fail::parse(state),
        "Parallel" => parallel::parse(state),
        "Map" => map::parse(state),
        _ => Some(succeed(state)),
    }
}

fn succeed(state: &StateFields<'_>) -> StateKind {
    state.scope.add_end();
    StateKind::Succeed
}

fn owner(kind: &str) -> &'static str {
    match kind {
        "Task" => "a Task state",
        "Pass" => "a Pass state",
        "Choice" => "a Choice state",
        "Wait" => "a Wait state",
        "Fail" => "a Fail state",
        "Parallel" => "a Parallel state",
        "Map" => "a Map state",
        _ => "a Succeed state",
    }
}

impl StateFields<'_> {
    /// `Next` or `End`.
    pub(super) fn transition(&self) -> Option<Transition> {
        let is_end = self.bool("End").unwrap_or(false);
        match (self.get("Next"), is_end) {
            (Some(next), true) => self.report().error(&next.place, end_and_next),
            (Some(next), false) => return Some(Transition::Next(self.target_of(&next)?)),
            (None, true) => {
                self.scope.add_end();
                return Some(Transition::End);
            }
            (None, false) => self.report().error(self.place(), neither_end_nor_next),
        }
        self.scope.add_gap();
        None
    }

    /// The state that a field of an object within this state names.
    pub(super) fn target(&self, fields: &Fields<'_>, name: &'static str) -> Option<StateId> {
        let node = fields.get(name);
        if node.is_none() {
            self.scope.add_gap();
        }
        self.target_of(&node?)
    }

    pub(super) fn target_of(&self, node: &Node<'_>) -> Option<StateId> {
        let name = self.text_of(node);
        if name.is_none() {
            self.scope.add_gap();
        }
        self.scope.target(self.id, &name?, node)
    }

    /// Reads a branch or an item processor; answers its first state. A distributed Map's is
    /// isolated from the variables of the states around it.
    pub(super) fn inner_scope(&self, fields: &Fields<'_>, is_isolated: bool) -> Option<StateId> {
        scope::parse(fields, self.scope.draft, Some(self.scope), is_isolated)
    }
}

fn end_and_next() -> Problem {
    Problem::error(
        "exclusive-fields",
        "\"Next\" and \"End\": true exclude one another",
    )
    .said("There should only be one of the following fields: [Next, End]")
    .said_around()
}

fn neither_end_nor_next() -> Problem {
    let message = "the state leads nowhere: it has neither \"Next\" nor \"End\": true";
    Problem::error("missing-field", message)
        .said("This object should have only one of the following fields: [Next, End]")
}
