//! States that use JSONata, which this version does not run.
//!
//! They are reported once and their fields left alone, but their transitions are followed,
//! so that the rest of the machine gets its own problems told and no others.

use super::fields::Fields;
use super::place::Place;
use super::report::Problem;
use super::state::StateFields;
use super::{map, parallel};

const LANGUAGES: [&str; 2] = ["JSONPath", "JSONata"];

/// Reads the machine's `QueryLanguage`; reports JSONata. Tells whether it is JSONata.
pub(super) fn is_language_of(machine: &Fields<'_>) -> bool {
    let is_jsonata = machine.one_of("QueryLanguage", &LANGUAGES) == Some("JSONata");
    if is_jsonata {
        report_unsupported(machine);
    }
    is_jsonata
}

/// Whether a state uses JSONata, by its own choice or by its machine's.
pub(super) fn asks_for_jsonata(state: &StateFields<'_>) -> bool {
    let of_machine = state.scope.draft.is_jsonata.get();
    match state.one_of("QueryLanguage", &LANGUAGES) {
        Some("JSONata") if !of_machine => {
            report_unsupported(state);
            true
        }
        // Recorded for the machine's own states; on those of inner scopes sources disagree.
        Some("JSONPath") if of_machine && state.scope.is_outermost() => {
            state.report().error(&place(state), downgrade);
            true
        }
        _ => of_machine,
    }
}

fn place<'f>(fields: &'f Fields<'_>) -> Place<'f> {
    fields.peek("QueryLanguage").expect("it was read").place
}

fn report_unsupported(fields: &Fields<'_>) {
    fields.report().error(&place(fields), || {
        let message = "this version runs \"QueryLanguage\": \"JSONPath\" only, not JSONata";
        Problem::error("jsonata-not-supported", message)
    });
}

fn downgrade() -> Problem {
    let message = "a state cannot use JSONPath in a machine whose \"QueryLanguage\" is JSONata";
    let said = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine";
    Problem::error("query-language-downgrade", message)
        .said(said)
        .said_around()
}

/// Follows the transitions of a state, and reads the scopes inside it.
pub(super) fn follow(state: &StateFields<'_>) {
    match state.peek("Type").and_then(|kind| kind.value.as_str()) {
        Some("Succeed" | "Fail") => state.scope.add_end(),
        Some("Choice") => {
            follow_each(state, "Choices");
            state
                .get("Default")
                .map(|default| state.target_of(&default));
        }
        _ => drop(state.transition()),
    }
    follow_each(state, "Catch");
    if state.peek("Branches").is_some() {
        parallel::branches(state);
    }
    if state.peek("ItemProcessor").is_some() {
        map::processor(state);
    }
}

/// Follows the `Next` of each element of a list.
fn follow_each(state: &StateFields<'_>, list: &'static str) {
    let Some(list) = state.get(list) else { return };
    for node in list.items() {
        if let Some(fields) = Fields::of(node, "a rule", state.report()) {
            fields.require_all(&["Next"]);
            state.target(&fields, "Next");
        }
    }
}
