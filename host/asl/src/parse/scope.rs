//! The states that can lead to one another: `StartAt` and `States` of a machine, of a
//! branch or of an item processor.

use std::cell::RefCell;
use std::collections::HashMap;

use sandstep_json::Text;

use super::draft::Draft;
use super::fields::Fields;
use super::graph::{Graph, Start};
use super::place::{Node, quoted};
use super::report::Problem;
use super::state;
use super::suggest::nearest;
use crate::machine::StateId;
use crate::verdict::Code;

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
/// `around` is the scope that the owner of these fields stands in; the states of a distributed
/// Map are isolated from its variables.
pub(super) fn parse(
    fields: &Fields<'_>,
    draft: &Draft<'_>,
    around: Option<&Scope<'_>>,
    is_isolated: bool,
) -> Option<StateId> {
    fields.require_all(&["States", "StartAt"]);
    let start = fields.get("StartAt");
    let states = fields.get("States")?;
    fields.expect(&states, states.value.as_object(), "an object")?;
    let nesting = around.map_or(0, |scope| scope.nesting + 1);
    if nesting > MAX_NESTING {
        let message = format!("state machines are nested deeper than {MAX_NESTING} levels");
        draft.report.error(&states.place, || {
            let said = "Nesting is too deep";
            Problem::error("too-deeply-nested", message).said_as(Code::TooDeeplyNested, said)
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
    let is_jsonata = draft.is_jsonata.get();
    draft.variables.open(&states, is_jsonata, is_isolated);
    scope.parse_states(&states);
    draft.variables.close();
    let start = scope.start(fields, &start?)?;
    scope.check_graph(start, first, &states);
    start.named
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
                .said("Value cannot be empty")
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

    /// Where the scope begins; `None`, reported, if the field is not a name.
    fn start(&self, fields: &Fields<'_>, node: &Node<'_>) -> Option<Start> {
        let name = fields.text_of(node)?;
        let named = self.ids.get(&name).copied();
        let guessed = match named {
            Some(_) => None,
            None => self.lose(&name, node),
        };
        Some(Start { named, guessed })
    }

    /// Reports a name that no state of this scope has; answers the state that was probably
    /// meant.
    fn lose(&self, name: &Text, node: &Node<'_>) -> Option<StateId> {
        let nearest = (self.draft.lost_targets() < MAX_SUGGESTIONS)
            .then(|| nearest(name, self.names.iter().map(Text::as_str)))
            .flatten();
        self.draft.lose(name, node, nearest);
        nearest.map(|nearest| self.ids[nearest])
    }

    /// The state that a transition leads to; `None`, reported, if there is none.
    pub(super) fn target(&self, from: StateId, name: &Text, node: &Node<'_>) -> Option<StateId> {
        if let Some(stand_in) = self.stand_in(name) {
            self.add_gap();
            return Some(stand_in);
        }
        let Some(to) = self.ids.get(name).copied() else {
            let guess = self.lose(name, node);
            self.graph.borrow_mut().add_loss(from, guess);
            return None;
        };
        self.graph.borrow_mut().add(from, to);
        Some(to)
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

    fn check_graph(&self, start: Start, first: StateId, states: &Node<'_>) {
        let faults = self.graph.borrow().faults(start, first, self.ids.len());
        if faults.has_no_end {
            self.report_no_end(states, faults.may_have_end);
        }
        // The service does not look for unreachable states where it finds no end.
        let is_endless = faults.has_no_end && self.is_outermost();
        for (entry, _) in states.members() {
            let id = self.ids[&entry.key];
            let is_told = faults.unreachable.binary_search(&id).is_ok();
            let is_said = !is_endless && faults.without_way_in.binary_search(&id).is_ok();
            let key = states.place.key(entry);
            let problem = || unreachable_state(&entry.key);
            match (is_told, is_said) {
                (true, true) => self.draft.strand(problem().at(&key)),
                (true, false) => self.draft.strand(problem().unsaid().at(&key)),
                (false, true) => self.draft.strand(problem().only_said_at(&key)),
                (false, false) => {}
            }
        }
    }

    /// Only the machine itself must have an end: the service accepts a branch without one.
    fn report_no_end(&self, states: &Node<'_>, may_have_end: bool) {
        let message = "no state ends these states";
        let hint = "one of them needs \"End\": true or the type Succeed or Fail";
        let error = Problem::error("missing-end-state", message)
            .hint(hint)
            .said_as(Code::MissingEndState, "Workflow has no terminal state")
            .said_nowhere();
        let problem = match (self.is_outermost(), may_have_end) {
            (true, false) => error.at(&states.place),
            (true, true) => error.only_said_at(&states.place),
            (false, false) => Problem::warning("missing-end-state", message)
                .hint(hint)
                .at(&states.place),
            (false, true) => return,
        };
        self.draft.strand(problem);
    }
}

fn unreachable_state(name: &str) -> Problem {
    let message = format!("the state {} cannot be reached", quoted(name));
    Problem::error("unreachable-state", message)
        .hint("no transition leads here from \"StartAt\"")
        .said_as(
            Code::MissingTransitionTarget,
            format!("State \"{name}\" is not reachable."),
        )
}
