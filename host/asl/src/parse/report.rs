//! Collects the problems of a definition.

use std::cell::{Cell, RefCell};

use super::locate::inside_string;
use super::place::{Node, Place};
use crate::diagnostic::{Diagnostic, Severity};
use crate::verdict::{Code, Complaint, LabelFault, MAX_COMPLAINTS, Verdict};

/// How many problems are told; a summary counts the rest.
pub(super) const MAX_DIAGNOSTICS: usize = 100;

/// How many characters of a text the service's words repeat.
const MAX_SAID: usize = 1000;

/// What is wrong, without the place, in our words and in the service's.
pub(super) struct Problem {
    severity: Severity,
    rule: &'static str,
    message: String,
    hint: Option<String>,
    code: Option<Code>,
    said: Option<Said>,
}

/// A problem in the service's words.
struct Said {
    message: String,
    at: At,
}

/// Where the service sees a problem.
enum At {
    /// Where we see it.
    Here,
    /// At the object or array around it.
    Around,
    Nowhere,
}

impl Problem {
    /// An error, which the service says in the same words until [`Problem::said`] gives it
    /// others.
    pub(super) fn error(rule: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        let said = Said {
            message: message.clone(),
            at: At::Here,
        };
        Self {
            severity: Severity::Error,
            rule,
            message,
            hint: None,
            code: Some(Code::SchemaValidationFailed),
            said: Some(said),
        }
    }

    /// A warning, which the service does not have until [`Problem::said_as`] gives it one.
    pub(super) fn warning(rule: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            code: None,
            said: None,
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

    /// What the service calls the problem, and its words for it.
    pub(super) fn said_as(self, code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        let at = self.said.map_or(At::Here, |said| said.at);
        Self {
            code: Some(code),
            said: Some(Said { message, at }),
            ..self
        }
    }

    /// The service's words for what it calls `SCHEMA_VALIDATION_FAILED`.
    pub(super) fn said(self, message: impl Into<String>) -> Self {
        self.said_as(Code::SchemaValidationFailed, message)
    }

    /// The service sees the problem at the object around the place.
    pub(super) fn said_around(self) -> Self {
        self.said_at(At::Around)
    }

    /// The service gives the problem no place.
    pub(super) fn said_nowhere(self) -> Self {
        self.said_at(At::Nowhere)
    }

    /// The service says nothing, since it has said it of another problem.
    pub(super) fn unsaid(self) -> Self {
        Self { said: None, ..self }
    }

    fn said_at(self, at: At) -> Self {
        let said = self.said.map(|said| Said { at, ..said });
        Self { said, ..self }
    }

    pub(super) fn at(self, place: &Place<'_>) -> Located {
        let said = self.code.zip(self.said);
        let complaint = said.map(|(code, said)| said.complaint(self.severity, code, place));
        let diagnostic = Diagnostic {
            severity: self.severity,
            rule: self.rule,
            code: self.code,
            path: place.path(),
            line: place.position.line,
            column: place.position.column,
            message: self.message,
            hint: self.hint,
        };
        Located {
            diagnostic: Some(diagnostic),
            complaint,
        }
    }

    /// The problem as only the service tells it: we see it as the consequence of another.
    pub(super) fn only_said_at(self, place: &Place<'_>) -> Located {
        Located {
            diagnostic: None,
            ..self.at(place)
        }
    }
}

impl Said {
    fn complaint(self, severity: Severity, code: Code, place: &Place<'_>) -> Complaint {
        let location = match self.at {
            At::Here => Some(place.location()),
            At::Around => Some(place.around().location()),
            At::Nowhere => None,
        };
        Complaint {
            severity,
            code,
            message: cut(self.message),
            location: location.map(cut),
        }
    }
}

/// A definition of one long name must not be repeated a hundred times.
fn cut(text: String) -> String {
    match text.char_indices().nth(MAX_SAID) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A problem and its place.
pub(super) struct Located {
    pub(super) diagnostic: Option<Diagnostic>,
    complaint: Option<Complaint>,
}

impl Located {
    fn is_error(&self) -> bool {
        let severity = self.diagnostic.as_ref().map(|told| told.severity);
        let severity = severity.or(self.complaint.as_ref().map(|complaint| complaint.severity));
        severity == Some(Severity::Error)
    }
}

/// The problems found so far, the first of them in full.
#[derive(Default)]
pub(super) struct Report<'t> {
    /// The text of the definition, where it is at hand.
    text: Option<&'t str>,
    told: RefCell<Vec<Diagnostic>>,
    untold: Cell<usize>,
    has_error: Cell<bool>,
    verdict: RefCell<Verdict>,
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
        match self.is_full_of_errors() {
            true => self.omit_error(),
            false => self.add(problem().at(place)),
        }
    }

    /// Takes a warning; `problem` is asked only if there is room to tell it.
    pub(super) fn warning(&self, place: &Place<'_>, problem: impl FnOnce() -> Problem) {
        match self.is_full() {
            true => self.omit(),
            false => self.add(problem().at(place)),
        }
    }

    /// Takes an error or a warning.
    pub(super) fn add(&self, problem: Located) {
        if problem.is_error() {
            self.has_error.set(true);
        }
        if let Some(diagnostic) = problem.diagnostic {
            self.tell(diagnostic);
        }
        if let Some(complaint) = problem.complaint {
            self.say(complaint);
        }
    }

    /// Takes note of the first bad label.
    pub(super) fn add_label_fault(&self, fault: LabelFault) {
        self.verdict.borrow_mut().label_fault.get_or_insert(fault);
    }

    /// Takes note of an error that is not told.
    pub(super) fn omit_error(&self) {
        self.has_error.set(true);
        self.omit();
    }

    fn omit(&self) {
        self.untold.set(self.untold.get() + 1);
        self.verdict.borrow_mut().is_truncated = true;
    }

    fn tell(&self, diagnostic: Diagnostic) {
        let mut told = self.told.borrow_mut();
        if !keep(&mut told, diagnostic, MAX_DIAGNOSTICS, |one| one.severity) {
            self.untold.set(self.untold.get() + 1);
        }
    }

    fn say(&self, complaint: Complaint) {
        let mut verdict = self.verdict.borrow_mut();
        let complaints = &mut verdict.complaints;
        if !keep(complaints, complaint, MAX_COMPLAINTS, |one| one.severity) {
            verdict.is_truncated = true;
        }
    }

    fn is_full(&self) -> bool {
        self.told.borrow().len() >= MAX_DIAGNOSTICS
            && self.verdict.borrow().complaints.len() >= MAX_COMPLAINTS
    }

    fn is_full_of_errors(&self) -> bool {
        let is_error = |severity| severity == Severity::Error;
        let told = self.told.borrow();
        let verdict = self.verdict.borrow();
        self.is_full()
            && told.iter().all(|one| is_error(one.severity))
            && (verdict.complaints.iter()).all(|one| is_error(one.severity))
    }

    pub(super) fn has_error(&self) -> bool {
        self.has_error.get()
    }

    /// All problems in the order of the text, and how many were left out; and what the
    /// service says.
    pub(super) fn finish(self) -> (Vec<Diagnostic>, Verdict) {
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
        (told, self.verdict.into_inner())
    }
}

/// Adds to a list that holds at most `limit` problems, where an error takes the room of the last
/// warning if it must. Tells whether all problems found room.
fn keep<T>(list: &mut Vec<T>, new: T, limit: usize, severity: impl Fn(&T) -> Severity) -> bool {
    if list.len() < limit {
        list.push(new);
        return true;
    }
    let is_warning = |one: &T| severity(one) == Severity::Warning;
    if !is_warning(&new)
        && let Some(last) = list.iter().rposition(is_warning)
    {
        list.remove(last);
        list.push(new);
    }
    false
}

fn summary(untold: usize, severity: Severity) -> Diagnostic {
    Diagnostic {
        severity,
        rule: "too-many-problems",
        code: None,
        path: "$".to_owned(),
        line: 1,
        column: 1,
        message: format!("{untold} more problems are not shown"),
        hint: None,
    }
}
