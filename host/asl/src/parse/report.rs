//! Collects the problems of a definition.

use std::cell::{Cell, RefCell};

use super::locate::inside_string;
use super::place::{Node, Place};
use crate::diagnostic::{Diagnostic, Severity};

/// How many problems are told; a summary counts the rest.
pub(super) const MAX_DIAGNOSTICS: usize = 100;

/// What is wrong, without the place.
pub(super) struct Problem {
    severity: Severity,
    rule: &'static str,
    message: String,
    hint: Option<String>,
}

impl Problem {
    pub(super) fn error(rule: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            rule,
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn warning(rule: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(rule, message)
        }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    pub(super) fn maybe_hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }

    pub(super) fn at(self, place: &Place<'_>) -> Diagnostic {
        Diagnostic {
            severity: self.severity,
            rule: self.rule,
            path: place.path(),
            line: place.position.line,
            column: place.position.column,
            message: self.message,
            hint: self.hint,
        }
    }
}

/// The problems found so far, the first [`MAX_DIAGNOSTICS`] of them in full.
#[derive(Default)]
pub(super) struct Report<'t> {
    /// The text of the definition, where it is at hand.
    text: Option<&'t str>,
    told: RefCell<Vec<Diagnostic>>,
    untold: Cell<usize>,
    has_error: Cell<bool>,
}

impl<'t> Report<'t> {
    pub(super) fn new(text: Option<&'t str>) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }

    /// The place of a byte of a string.
    pub(super) fn place_in<'n>(&self, node: &Node<'n>, offset: usize) -> Place<'n> {
        let position = node.place.position;
        let place = self.text.map(|text| inside_string(text, position, offset));
        node.place.at(place.unwrap_or(position))
    }

    /// Takes an error; `problem` is asked only if there is room to tell it.
    pub(super) fn error(&self, place: &Place<'_>, problem: impl FnOnce() -> Problem) {
        self.has_error.set(true);
        if self.has_room() {
            self.told.borrow_mut().push(problem().at(place));
        }
    }

    /// Takes an error or a warning.
    pub(super) fn add(&self, diagnostic: Diagnostic) {
        if diagnostic.severity == Severity::Error {
            self.has_error.set(true);
        }
        if self.has_room() {
            self.told.borrow_mut().push(diagnostic);
        }
    }

    /// Takes note of an error that is not told.
    pub(super) fn omit_error(&self) {
        self.has_error.set(true);
        self.untold.set(self.untold.get() + 1);
    }

    /// Whether another problem is told; counts it if not.
    fn has_room(&self) -> bool {
        let has_room = self.told.borrow().len() < MAX_DIAGNOSTICS;
        if !has_room {
            self.untold.set(self.untold.get() + 1);
        }
        has_room
    }

    pub(super) fn has_error(&self) -> bool {
        self.has_error.get()
    }

    /// All problems in the order of the text, and how many were left out.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        let mut told = self.told.into_inner();
        told.sort_by_key(|diagnostic| (diagnostic.line, diagnostic.column));
        let severity = if self.has_error.get() {
            Severity::Error
        } else {
            Severity::Warning
        };
        if self.untold.get() > 0 {
            told.push(summary(self.untold.get(), severity));
        }
        told
    }
}

fn summary(untold: usize, severity: Severity) -> Diagnostic {
    Diagnostic {
        severity,
        rule: "too-many-problems",
        path: "$".to_owned(),
        line: 1,
        column: 1,
        message: format!("{untold} more problems are not shown"),
        hint: None,
    }
}
