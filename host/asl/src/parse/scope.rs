//! The states that can lead to one another: `StartAt` and `States` of a machine, of a
//! branch or of an item processor.

use std::cell::RefCell;
use std::collections::HashMap;

use sandstep_json::Text;

use super::draft::Draft;
use super::fields::Fields;
use super::graph::Graph;
use super::place::{Node, quoted};
use super::report::Problem;
use super::state;
use super::suggest::nearest;
use crate::machine::StateId;

/// How deep scopes may stand inside one another. Each costs the parser some stack; AWS
/// refuses deep nesting too (`TOO_DEEPLY_NESTED`) and tells no limit.
const MAX_NESTING: usize = 32;

/// For how many misspelt states of a machine the right one is looked for, which takes a
/// comparison with every state of the scope.
const MAX_SUGGESTIONS: usize = 20;

/// The states of one `States` field.
pub(super) struct Scope<'a> {
    pub(super) draft: &'a Draft<'a>,
    ids: HashMap<Text, StateId>,
    /// The keys of `ids`, in the order of the definition.
    names: Vec<Text>,
    graph: RefCell<Graph>,
    /// The scopes around this one.
    nesting: usize,
}

/// Reads `StartAt` and `States`; answers the first state.
///
/// `around` is the scope that the owner of these fields stands in.
pub(super) fn parse(
    fields: &Fields<'_>,
    draft: &Draft<'_>,
    around: Option<&Scope<'_>>,
) -> Option<StateId> {
    let start = fields.require("StartAt");
    let states = fields.require("States")?;
    fields.expect(&states, states.value.as_object(), "an object")?;
    let nesting = around.map_or(0, |scope| scope.nesting + 1);
    if nesting > MAX_NESTING {
        let message = format!("state machines are nested deeper than {MAX_NESTING} levels");
        draft.report.error(&states.place, || {
            Problem::error("too-deeply-nested", message)
        });
        return None;
    }
    let first = draft.next_id();
    let (names, ids) = declare(&states, draft);
    let scope = Scope {
        draft,
        ids,
        names,
        graph: RefCell::default(),
        nesting,
    };
    scope.parse_states(&states);
    let start = scope.start(fields, &start?)?;
    scope.check_graph(start, first, &states);
    Some(start)
}

fn declare(states: &Node<'_>, draft: &Draft<'_>) -> (Vec<Text>, HashMap<Text, StateId>) {
    let (mut names, mut ids) = (Vec::new(), HashMap::new());
    for (entry, _) in states.members() {
        // A key that stands twice in one object is reported as that.
        if !ids.contains_key(&entry.key) {
            let id = draft.declare(&entry.key, &states.place.key(entry));
            ids.insert(entry.key.clone(), id);
            names.push(entry.key.clone());
        }
    }
    if ids.is_empty() {
        draft.report.error(&states.place, || {
            Problem::error("empty-list", "\"States\" must have at least one state")
        });
    }
    (names, ids)
}

impl Scope<'_> {
    fn parse_states(&self, states: &Node<'_>) {
        for (entry, node) in states.members() {
            let id = self.ids[&entry.key];
            if let Some(state) = state::parse(&entry.key, node, id, self) {
                self.draft.define(id, state);
            }
        }
    }

    fn start(&self, fields: &Fields<'_>, node: &Node<'_>) -> Option<StateId> {
        let name = fields.text_of(node)?;
        self.find(&name, node)
    }

    /// The state of this name; `None`, reported, if this scope has none.
    fn find(&self, name: &Text, node: &Node<'_>) -> Option<StateId> {
        if let Some(id) = self.ids.get(name) {
            return Some(*id);
        }
        let nearest = (self.draft.lost_targets() < MAX_SUGGESTIONS)
            .then(|| nearest(name, self.names.iter().map(Text::as_str)))
            .flatten();
        self.draft.lose(name, node, nearest);
        // Taking the nearest name keeps one misspelt name from making states unreachable.
        nearest.map(|nearest| self.ids[nearest])
    }

    /// The state that a transition leads to; `None`, reported, if there is none.
    pub(super) fn target(&self, from: StateId, name: &Text, node: &Node<'_>) -> Option<StateId> {
        if let Some(stand_in) = self.stand_in(name) {
            self.add_gap();
            return Some(stand_in);
        }
        let target = self.find(name, node);
        match target {
            Some(to) => self.graph.borrow_mut().add(from, to),
            None => self.graph.borrow_mut().add_gap(),
        }
        target
    }

    /// What a lone state leads to, if these are its scope: even a state of its own name
    /// may be another one.
    fn stand_in(&self, name: &Text) -> Option<StateId> {
        self.is_outermost()
            .then(|| self.draft.stand_in(name))
            .flatten()
    }

    /// Whether these are the states of the machine itself.
    pub(super) fn is_outermost(&self) -> bool {
        self.nesting == 0
    }

    /// Takes note that a state ends this scope.
    pub(super) fn add_end(&self) {
        self.graph.borrow_mut().add_end();
    }

    /// Takes note that a state's transitions are not known.
    pub(super) fn add_gap(&self) {
        self.graph.borrow_mut().add_gap();
    }

    fn check_graph(&self, start: StateId, first: StateId, states: &Node<'_>) {
        let faults = self.graph.borrow().faults(start, first, self.ids.len());
        if faults.has_no_end {
            self.draft.report.error(&states.place, no_end);
        }
        let mut unreachable = faults.unreachable.into_iter().peekable();
        for (entry, _) in states.members() {
            if unreachable.next_if_eq(&self.ids[&entry.key]).is_some() {
                let key = states.place.key(entry);
                self.draft
                    .report
                    .error(&key, || unreachable_state(&entry.key));
            }
        }
    }
}

fn no_end() -> Problem {
    let message = "no state ends these states";
    let hint = "one of them needs \"End\": true or the type Succeed or Fail";
    Problem::error("missing-end-state", message).hint(hint)
}

fn unreachable_state(name: &str) -> Problem {
    let message = format!("the state {} cannot be reached", quoted(name));
    Problem::error("unreachable-state", message).hint("no transition leads here from \"StartAt\"")
}
