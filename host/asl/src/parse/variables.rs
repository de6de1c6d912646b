//! The variables of a machine: which scopes assign them and which states read them (AWS,
//! "Passing data between states with variables").

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};

use sandstep_json::Text;

use super::fields::Fields;
use super::place::{Node, Place, quoted};
use super::report::Problem;
use super::suggest::nearest;
use crate::verdict::Code;

/// How many characters a variable's name may have.
const MAX_NAME_LENGTH: usize = 80;

/// What the service keeps for itself, in both query languages.
pub(super) const RESERVED: &str = "states";

/// The scopes and states that are being read, the innermost last.
#[derive(Default)]
pub(super) struct Variables {
    scopes: RefCell<Vec<Scope>>,
    reads: RefCell<Vec<BTreeSet<Text>>>,
    /// Whatever is around a lone state may assign anything.
    knows_all: bool,
}

struct Scope {
    /// What its own states assign.
    assigned: HashSet<Text>,
    /// What they assign outside of catchers. The service lets inner states assign what outer
    /// catchers do.
    claimed: HashSet<Text>,
    /// Its states see no variables of the scopes around it.
    is_isolated: bool,
}

impl Variables {
    /// Of a state that stands alone.
    pub(super) fn of_lone_state() -> Self {
        Self {
            knows_all: true,
            ..Self::default()
        }
    }

    /// Begins with the states of a scope; those of a distributed Map are isolated.
    pub(super) fn open(&self, states: &Node<'_>, is_jsonata: bool, is_isolated: bool) {
        self.scopes.borrow_mut().push(Scope {
            assigned: assigned(states, is_jsonata, &["Choices", "Catch"]),
            claimed: assigned(states, is_jsonata, &["Choices"]),
            is_isolated,
        });
    }

    pub(super) fn close(&self) {
        self.scopes.borrow_mut().pop();
    }

    /// Begins with a state.
    pub(super) fn begin(&self) {
        self.reads.borrow_mut().push(BTreeSet::new());
    }

    /// Ends with a state; answers what it reads, in alphabetical order.
    pub(super) fn end(&self) -> Box<[Text]> {
        let reads = self.reads.borrow_mut().pop().unwrap_or_default();
        reads.into_iter().collect()
    }

    /// Takes note that the state reads a variable; tells whether some state assigns it.
    fn read(&self, name: &str) -> bool {
        if let Some(reads) = self.reads.borrow_mut().last_mut() {
            reads.insert(name.into());
        }
        self.knows_all || self.visible(0, |scope| scope.assigned.contains(name))
    }

    /// Whether a state of a scope around the innermost one assigns a variable that the
    /// innermost one can read.
    fn is_claimed_around(&self, name: &str) -> bool {
        self.visible(1, |scope| scope.claimed.contains(name))
    }

    /// Looks for a scope that is visible from the innermost one, which is at level 0.
    fn visible(&self, from: usize, mut found: impl FnMut(&Scope) -> bool) -> bool {
        for (level, scope) in self.scopes.borrow().iter().rev().enumerate() {
            if level >= from && found(scope) {
                return true;
            }
            if scope.is_isolated {
                return false;
            }
        }
        false
    }

    /// `did you mean "$total"?`
    fn suggestion(&self, name: &str) -> Option<String> {
        let mut suggestion = None;
        self.visible(0, |scope| {
            let found = nearest(name, scope.assigned.iter().map(Text::as_str));
            suggestion = found.map(|found| format!("did you mean \"${found}\"?"));
            suggestion.is_some()
        });
        suggestion
    }
}

/// The names that the states of one scope and these lists of theirs assign, those of inner
/// scopes aside.
fn assigned(states: &Node<'_>, is_jsonata: bool, lists: &[&str]) -> HashSet<Text> {
    let mut names = HashSet::new();
    for (_, state) in states.members() {
        let is_jsonata = match member(&state, "QueryLanguage") {
            Some(own) => own.value.as_str() != Some("JSONPath"),
            None => is_jsonata,
        };
        collect(&state, is_jsonata, &mut names);
        for list in lists {
            let list = member(&state, list);
            for rule in list.iter().flat_map(Node::items) {
                collect(&rule, is_jsonata, &mut names);
            }
        }
    }
    names
}

fn collect(object: &Node<'_>, is_jsonata: bool, names: &mut HashSet<Text>) {
    let assign = member(object, "Assign");
    for (entry, _) in assign.iter().flat_map(Node::members) {
        names.insert(bare(&entry.key, is_jsonata).into());
    }
}

fn member<'n>(node: &'n Node<'_>, name: &str) -> Option<Node<'n>> {
    let mut members = node.members();
    members.find_map(|(entry, member)| (entry.key == *name).then_some(member))
}

/// A variable's name without the suffix that makes its value a path.
fn bare(key: &str, is_jsonata: bool) -> &str {
    match is_jsonata {
        true => key,
        false => key.strip_suffix(".$").unwrap_or(key),
    }
}

impl Fields<'_> {
    /// Takes note that a field reads a variable, and warns if no state assigns it.
    pub(super) fn read_variable(&self, name: &str, place: &Place<'_>) {
        let Some(variables) = self.variables() else {
            return;
        };
        if variables.read(name) {
            return;
        }
        self.report().warning(place, || {
            unassigned(name).maybe_hint(variables.suggestion(name))
        });
    }

    /// Checks the names that an `Assign` assigns.
    pub(super) fn check_assigned(&self, assign: &Node<'_>) {
        for (entry, _) in assign.members() {
            let name = bare(&entry.key, self.is_jsonata());
            let is_shadow = || {
                let variables = self.variables();
                variables.is_some_and(|variables| variables.is_claimed_around(name))
            };
            let problem = match name {
                RESERVED => reserved(),
                _ if name.chars().count() > MAX_NAME_LENGTH => too_long(name),
                _ if !is_identifier(name) => no_identifier(name),
                _ if is_shadow() => shadow(name),
                _ => continue,
            };
            let key = assign.place.key(entry);
            self.report().error(&key, || problem.said_around());
        }
    }
}

fn unassigned(name: &str) -> Problem {
    let message = format!("no state here assigns {}", quoted(&format!("${name}")));
    Problem::warning("unassigned-variable", message).said_as(
        Code::PossiblyUndefinedVariable,
        format!("Variable '{name}' is possibly not defined."),
    )
}

/// Variables are called as Unicode's identifiers are (UAX #31, as AWS refers to it).
fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(unicode_ident::is_xid_start)
        && characters.all(unicode_ident::is_xid_continue)
}

fn reserved() -> Problem {
    let message = "the variable \"$states\" belongs to the service and cannot be assigned";
    Problem::error("reserved-variable", message).said_as(
        Code::ReservedVariableName,
        "Cannot assign to reserved variable '$states'.",
    )
}

fn too_long(name: &str) -> Problem {
    let message = format!("a variable's name has 1 to {MAX_NAME_LENGTH} characters");
    Problem::error("invalid-variable-name", message).said_as(
        Code::InvalidVariableName,
        format!(
            "Invalid variable name '{name}': the variable name exceeds the \
             {MAX_NAME_LENGTH}-character limit allowed by the service"
        ),
    )
}

fn no_identifier(name: &str) -> Problem {
    let message = format!("{} cannot be the name of a variable", quoted(name));
    Problem::error("invalid-variable-name", message)
        .hint("a name begins with a letter, and letters, digits and \"_\" follow")
        .said_as(
            Code::InvalidVariableName,
            format!(
                "Invalid variable name '{name}': the variable name contains invalid characters."
            ),
        )
}

fn shadow(name: &str) -> Problem {
    let variable = quoted(&format!("${name}"));
    let message = format!("{variable} is a variable of the states around these");
    Problem::error("outer-variable", message)
        .hint("branches and iterations read outer variables, and assign only their own")
        .said_as(
            Code::DuplicateVariableName,
            format!("The variable name '{name}' was already defined in a parent scope."),
        )
}
