//! Which parts of a definition its tests went through: states, Choice rules and
//! `Default`, retriers and catchers.

use std::collections::BTreeSet;
use std::fmt;

use sandstep_asl::{EventDetails, Finding, Inspection, Record};
use sandstep_json::{Position, Spanned};

use crate::project::{Machine, is_type, states};
use crate::terminal::escaped;

/// A part of a definition that tests may go through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Part {
    state: String,
    role: Role,
}

/// What a [`Part`] is of its state; indices count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    /// The state itself: it was entered.
    State,
    /// A Choice rule: it was taken.
    Rule(usize),
    /// `Default` of a Choice: it was taken.
    Default,
    /// A retrier: it had the state tried again.
    Retrier(usize),
    /// A catcher: it took over.
    Catcher(usize),
}

/// What tests went through.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hits(BTreeSet<Part>);

/// How much of one machine its tests went through.
pub(crate) struct Coverage<'m> {
    machine: &'m Machine,
    /// All parts, in the order of the definition, with whether a test went
    /// through them.
    parts: Vec<(Position, Part, bool)>,
}

/// Parts that were gone through, of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
    covered: usize,
    all: usize,
}

impl Hits {
    /// Takes what a record shows.
    pub(super) fn see(&mut self, record: &Record) {
        if let Some(EventDetails::StateEntered { name, .. }) =
            record.event.as_ref().map(|event| &event.details)
        {
            self.add(name, Role::State);
        }
    }

    /// Takes what an execution decided.
    pub(super) fn decide(&mut self, inspection: &Inspection) {
        let role = match inspection.finding {
            Finding::Rule(Some(index)) => Role::Rule(index),
            Finding::Rule(None) => Role::Default,
            Finding::Retrier {
                index,
                delay: Some(_),
            } => Role::Retrier(index),
            Finding::Catcher(index) => Role::Catcher(index),
            _ => return,
        };
        self.add(&inspection.state, role);
    }

    fn add(&mut self, state: &str, role: Role) {
        self.0.insert(Part {
            state: state.to_owned(),
            role,
        });
    }
}

impl<'m> Coverage<'m> {
    /// What tests went through of a machine.
    pub(crate) fn of<'h>(machine: &'m Machine, hits: impl Iterator<Item = &'h Hits>) -> Self {
        let hits: BTreeSet<&Part> = hits.flat_map(|hits| &hits.0).collect();
        let parts = parts(&machine.definition).into_iter();
        Self {
            machine,
            parts: parts
                .map(|(position, part)| {
                    let is_covered = hits.contains(&part);
                    (position, part, is_covered)
                })
                .collect(),
        }
    }

    /// How many of the machine's parts were gone through.
    pub(crate) fn share(&self) -> Share {
        self.share_of(|_| true)
    }

    fn share_of(&self, is_counted: impl Fn(Role) -> bool) -> Share {
        let parts = self
            .parts
            .iter()
            .filter(|(_, part, _)| is_counted(part.role));
        Share {
            covered: parts.clone().filter(|(.., is_covered)| *is_covered).count(),
            all: parts.count(),
        }
    }
}

/// A field with a list, and what its items are.
type RolesOf = (&'static str, fn(usize) -> Role);

/// A kind of parts by name, and which they are.
type Kind = (&'static str, fn(Role) -> bool);

/// All parts of a definition, with their places.
fn parts(definition: &Spanned) -> Vec<(Position, Part)> {
    let mut parts = Vec::new();
    for state in states(definition) {
        let name = state.key.as_str();
        let mut add = |position, role| {
            let state = name.to_owned();
            parts.push((position, Part { state, role }));
        };
        add(state.key_position, Role::State);
        let lists: [RolesOf; 3] = [
            ("Choices", Role::Rule),
            ("Retry", Role::Retrier),
            ("Catch", Role::Catcher),
        ];
        for (field, role) in lists {
            let items = state.value.get(field).and_then(Spanned::as_array);
            for (index, item) in items.unwrap_or_default().iter().enumerate() {
                add(item.position, role(index));
            }
        }
        if let Some(default) = state
            .value
            .get("Default")
            .filter(|_| is_type(&state.value, "Choice"))
        {
            add(default.position, Role::Default);
        }
    }
    parts
}

impl Share {
    /// In percent; of nothing, all is covered.
    pub(crate) fn percent(self) -> f64 {
        match self.all {
            0 => 100.0,
            all => self.covered as f64 / all as f64 * 100.0,
        }
    }

    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            covered: self.covered + other.covered,
            all: self.all + other.all,
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = cut(self.percent());
        write!(f, "{} of {} ({percent} %)", self.covered, self.all)
    }
}

/// To one digit, rounded down, so that only all is 100.
fn cut(percent: f64) -> f64 {
    (percent * 10.0).floor() / 10.0
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = escaped(&self.state);
        match self.role {
            Role::State => write!(f, "the state \"{state}\""),
            Role::Rule(index) => write!(f, "Choices[{index}] of \"{state}\""),
            Role::Default => write!(f, "Default of \"{state}\""),
            Role::Retrier(index) => write!(f, "Retry[{index}] of \"{state}\""),
            Role::Catcher(index) => write!(f, "Catch[{index}] of \"{state}\""),
        }
    }
}

/// The machine's report: shares by kind, then what no test went through.
impl fmt::Display for Coverage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = &self.machine.file;
        let file = file.strip_prefix(".").unwrap_or(file).display().to_string();
        let (name, file) = (escaped(&self.machine.name), escaped(&file));
        writeln!(f, "{name}: {}", self.share())?;
        let kinds: [Kind; 4] = [
            ("states", |role| role == Role::State),
            ("choices", |role| {
                matches!(role, Role::Rule(_) | Role::Default)
            }),
            ("retriers", |role| matches!(role, Role::Retrier(_))),
            ("catchers", |role| matches!(role, Role::Catcher(_))),
        ];
        for (kind, is_counted) in kinds {
            let share = self.share_of(is_counted);
            if share.all > 0 {
                writeln!(f, "  {kind:<8} {share}")?;
            }
        }
        for (position, part, _) in self.parts.iter().filter(|(.., is_covered)| !is_covered) {
            let Position { line, column, .. } = position;
            writeln!(f, "  not covered: {file}:{line}:{column}: {part}")?;
        }
        Ok(())
    }
}
