//! The states of a definition as it is written.

use sandstep_json::{Entry, Spanned};

/// All states of a definition, those of branches and Map processors included,
/// each behind the one that holds it.
pub(crate) fn states(definition: &Spanned) -> Vec<&Entry> {
    let mut found = Vec::new();
    add_states(definition, &mut found);
    found
}

fn add_states<'d>(machine: &'d Spanned, found: &mut Vec<&'d Entry>) {
    let states = machine.get("States").and_then(Spanned::as_object);
    for entry in states.unwrap_or_default() {
        found.push(entry);
        for inner in inner_machines(&entry.value) {
            add_states(inner, found);
        }
    }
}

/// The branches of a Parallel state, or the processor of a Map.
fn inner_machines(state: &Spanned) -> impl Iterator<Item = &Spanned> {
    let branches = state.get("Branches").and_then(Spanned::as_array);
    let processors = ["ItemProcessor", "Iterator"].map(|field| state.get(field));
    let branches = branches.unwrap_or_default().iter();
    branches.chain(processors.into_iter().flatten())
}

/// Whether a state has this type.
pub(crate) fn is_type(state: &Spanned, name: &str) -> bool {
    state.get("Type").and_then(Spanned::as_str) == Some(name)
}
