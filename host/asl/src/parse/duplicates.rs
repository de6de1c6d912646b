//! Finds keys that an object has twice.

use std::collections::HashSet;

use super::place::{Node, Place, quoted};
use super::report::{Problem, Report};
use crate::verdict::Code;

/// Objects up to this size are searched pair by pair, which beats a set.
const SMALL: usize = 8;

/// Reports every key that stands again in the same object.
///
/// JSON leaves open what such an object means, and readers differ.
pub(super) fn report(node: Node<'_>, report: &Report<'_>) {
    let entries = node.value.as_object().unwrap_or_default();
    let mut seen = HashSet::new();
    for (index, entry) in entries.iter().enumerate() {
        let is_repeated = if entries.len() <= SMALL {
            entries[..index]
                .iter()
                .any(|earlier| earlier.key == entry.key)
        } else {
            !seen.insert(&entry.key)
        };
        if is_repeated {
            report.error(&node.place.key(entry), || repeated(&entry.key, &node.place));
        }
        self::report(node.place.member(entry), report);
    }
    for item in node.items() {
        self::report(item, report);
    }
}

fn repeated(key: &str, object: &Place<'_>) -> Problem {
    let message = format!("the key {} stands twice in {}", quoted(key), object.path());
    let problem = Problem::error("duplicate-key", message);
    match object.name() {
        Some("States") => problem.said_as(
            Code::DuplicateStateName,
            format!("Duplicate State name: {key}"),
        ),
        _ => problem.said_as(
            Code::InvalidJsonDescription,
            format!("Duplicate field '{key}'"),
        ),
    }
}
