//! Walks a document down to what it says, and collects what is wrong with it.
//!
//! Files that people write beside their definitions (mocks, tests) are read
//! this way: all problems at once, each with its place and what to do about it.

use std::collections::HashSet;

use sandstep_asl::{Diagnostic, Severity, did_you_mean};
use sandstep_json::{Entry, Position, Spanned};

/// How many problems of one document are told.
const MOST_PROBLEMS: usize = 100;

/// A value of a document, and the way to it.
#[derive(Clone, Debug)]
pub struct Part<'d> {
    value: &'d Spanned,
    path: String,
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Member<'d> {
    /// Its key.
    pub key: &'d str,
    /// The key's own place, for problems with it.
    pub place: Place,
    /// Its value.
    pub value: Part<'d>,
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The JSON path, such as `$.StateMachines.orders`.
    pub path: String,
    /// Line and column.
    pub position: Position,
}

/// What is wrong with a document.
#[derive(Debug)]
pub struct Problems {
    rule: &'static str,
    found: Vec<Diagnostic>,
}

impl<'d> Part<'d> {
    /// The whole document.
    pub fn root(document: &'d Spanned) -> Self {
        Self {
            value: document,
            path: "$".to_owned(),
        }
    }

    /// The value itself.
    pub fn value(&self) -> &'d Spanned {
        self.value
    }

    /// Where it stands.
    pub fn place(&self) -> Place {
        Place {
            path: self.path.clone(),
            position: self.value.position,
        }
    }

    /// The value of a member, the last one of that key.
    pub fn get(&self, key: &str) -> Option<Part<'d>> {
        Some(Part {
            value: self.value.get(key)?,
            path: below(&self.path, key),
        })
    }

    /// The members of an object whose keys may be anything, each once. Says
    /// so where this is no object or has a key twice.
    pub fn members(&self, what: &str, problems: &mut Problems) -> Vec<Member<'d>> {
        let Some(entries) = self.value.as_object() else {
            problems.expected(self, what, "an object");
            return Vec::new();
        };
        let mut seen = HashSet::new();
        let members = entries.iter().map(|entry| self.member(entry));
        members
            .filter(|member| {
                let is_new = seen.insert(member.key);
                if !is_new {
                    let message = format!("\"{}\" stands here twice", member.key);
                    problems.error(&member.place, message, None);
                }
                is_new
            })
            .collect()
    }

    fn member(&self, entry: &'d Entry) -> Member<'d> {
        let path = below(&self.path, &entry.key);
        Member {
            key: &entry.key,
            place: Place {
                path: path.clone(),
                position: entry.key_position,
            },
            value: Part {
                value: &entry.value,
                path,
            },
        }
    }

    /// The members of an object that has these keys at most.
    pub fn fields(&self, what: &str, known: &[&str], problems: &mut Problems) -> Vec<Member<'d>> {
        let members = self.members(what, problems);
        let (members, unknown): (Vec<_>, Vec<_>) = members
            .into_iter()
            .partition(|member| known.contains(&member.key));
        for member in unknown {
            let hint = did_you_mean(member.key, known.iter().copied())
                .unwrap_or_else(|| format!("{what} has {}", listed(known)));
            let message = format!("{what} has no \"{}\"", member.key);
            problems.error(&member.place, message, hint);
        }
        members
    }

    /// The elements of a list. Says so where this is none.
    pub fn items(&self, what: &str, problems: &mut Problems) -> Vec<Part<'d>> {
        let Some(items) = self.value.as_array() else {
            problems.expected(self, what, "a list");
            return Vec::new();
        };
        let part = |(index, value)| Part {
            value,
            path: format!("{}[{index}]", self.path),
        };
        items.iter().enumerate().map(part).collect()
    }

    /// The text. Says so where this is none.
    pub fn text(&self, what: &str, problems: &mut Problems) -> Option<&'d str> {
        let text = self.value.as_str();
        if text.is_none() {
            problems.expected(self, what, "a text");
        }
        text
    }
}

impl Problems {
    /// None yet, of a document whose problems have this rule's name.
    pub fn new(rule: &'static str) -> Self {
        Self {
            rule,
            found: Vec::new(),
        }
    }

    /// Something that makes the document unusable.
    pub fn error(&mut self, place: &Place, message: String, hint: impl Into<Option<String>>) {
        self.add(Severity::Error, place, message, hint.into());
    }

    /// Something that may not be meant.
    pub fn warning(&mut self, place: &Place, message: String, hint: impl Into<Option<String>>) {
        self.add(Severity::Warning, place, message, hint.into());
    }

    fn expected(&mut self, part: &Part<'_>, what: &str, wanted: &str) {
        let message = format!("{what} is {wanted}, and here is {}", part.value.type_name());
        self.error(&part.place(), message, None);
    }

    fn add(&mut self, severity: Severity, place: &Place, message: String, hint: Option<String>) {
        if self.found.len() < MOST_PROBLEMS {
            self.found.push(Diagnostic {
                code: None,
                severity,
                rule: self.rule,
                path: place.path.clone(),
                line: place.position.line,
                column: place.position.column,
                message,
                hint,
            });
        }
    }

    /// Whether there is an error among them.
    pub fn have_error(&self) -> bool {
        let mut found = self.found.iter();
        found.any(|one| one.severity == Severity::Error)
    }

    /// All of them, in the order of the document.
    pub fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|one| (one.line, one.column));
        self.found
    }
}

/// `"a", "b" and "c"`.
pub fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| format!("\"{}\"", name.as_ref()))
        .collect();
    match &quoted[..] {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// The path of a member: `$.States.A`, or `$.States["two words"]`.
fn below(path: &str, key: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    match !key.is_empty() && key.chars().all(is_plain) {
        true => format!("{path}.{key}"),
        false => format!("{path}[\"{}\"]", key.escape_debug()),
    }
}
