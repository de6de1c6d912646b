//! Where in a definition the parser is.

use std::fmt::Write;

use sandstep_json::{Entry, Position, Spanned};

/// How many characters of a name a message or a path shows.
const SHOWN: usize = 80;

/// A part of the definition, linked to the parts around it.
///
/// The chain costs nothing until a problem asks for its [`path`](Place::path).
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    around: Option<&'a Place<'a>>,
    step: Step<'a>,
    /// Where the part begins; a field begins at its value.
    pub(super) position: Position,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Member(&'a str),
    Item(usize),
}

/// A value of the definition and its place.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) value: &'a Spanned,
    pub(super) place: Place<'a>,
}

impl<'a> Node<'a> {
    /// The whole definition.
    pub(super) fn root(value: &'a Spanned) -> Self {
        let place = Place {
            around: None,
            step: Step::Root,
            position: value.position,
        };
        Self { value, place }
    }

    /// The elements of an array, none of anything else.
    pub(super) fn items(&self) -> impl Iterator<Item = Node<'_>> {
        let items = self.value.as_array().unwrap_or_default();
        items.iter().enumerate().map(|(index, value)| {
            let step = Step::Item(index);
            let place = Place {
                around: Some(&self.place),
                step,
                position: value.position,
            };
            Node { value, place }
        })
    }

    /// The members of an object, none of anything else.
    pub(super) fn members(&self) -> impl Iterator<Item = (&'_ Entry, Node<'_>)> {
        let entries = self.value.as_object().unwrap_or_default();
        entries
            .iter()
            .map(|entry| (entry, self.place.member(entry)))
    }
}

impl Place<'_> {
    /// The value of a member of the object at this place.
    pub(super) fn member<'a>(&'a self, entry: &'a Entry) -> Node<'a> {
        let position = entry.value.position;
        let place = Place {
            around: Some(self),
            step: Step::Member(&entry.key),
            position,
        };
        Node {
            value: &entry.value,
            place,
        }
    }

    /// The key of a member of the object at this place.
    pub(super) fn key<'a>(&'a self, entry: &'a Entry) -> Place<'a> {
        Place {
            position: entry.key_position,
            ..self.member(entry).place
        }
    }

    /// The same part, but pointing into its text.
    pub(super) fn at(self, position: Position) -> Self {
        Self { position, ..self }
    }

    /// `$.States.Work.Retry[0]`
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        for step in self.steps() {
            step.write_to(&mut path);
        }
        path
    }
}

impl<'a> Place<'a> {
    /// The object or array that this part stands in; of the whole definition, itself.
    pub(super) fn around(&self) -> Place<'a> {
        self.around.copied().unwrap_or(*self)
    }

    /// The key of the member at this place.
    pub(super) fn name(&self) -> Option<&'a str> {
        match self.step {
            Step::Member(name) => Some(name),
            Step::Root | Step::Item(_) => None,
        }
    }

    /// Whether this is the whole definition.
    pub(super) fn is_root(&self) -> bool {
        self.around.is_none()
    }

    /// `/States/Work/Retry[0]`, as the service writes it: names are not escaped. The whole
    /// definition is `/`.
    pub(super) fn location(&self) -> String {
        let mut location = String::new();
        for step in self.steps() {
            match step {
                Step::Root => {}
                Step::Item(index) => {
                    write!(location, "[{index}]").expect("a string takes all text");
                }
                Step::Member(name) => {
                    location.push('/');
                    location.push_str(name);
                }
            }
        }
        match location.is_empty() {
            true => "/".to_owned(),
            false => location,
        }
    }

    /// How many parts this one is inside of.
    pub(super) fn depth(&self) -> usize {
        self.steps().len() - 1
    }

    /// The path from the part around this one that has this depth, as the
    /// service's messages name fields: `Choices[0]/Condition`.
    pub(super) fn path_below(&self, depth: usize) -> String {
        let mut path = String::new();
        for step in &self.steps()[depth + 1..] {
            match step {
                Step::Member(name) if path.is_empty() => path.push_str(name),
                Step::Member(name) => {
                    path.push('/');
                    path.push_str(name);
                }
                step => step.write_to(&mut path),
            }
        }
        path
    }

    /// The field that leads here from the part around this one that has this depth.
    pub(super) fn name_below(&self, depth: usize) -> Option<&'a str> {
        match self.steps().get(depth + 1) {
            Some(Step::Member(name)) => Some(name),
            _ => None,
        }
    }

    /// The way here from the root.
    fn steps(&self) -> Vec<&Step<'a>> {
        let mut steps = Vec::new();
        let mut place = Some(self);
        while let Some(Place { around, step, .. }) = place {
            steps.push(step);
            place = *around;
        }
        steps.reverse();
        steps
    }
}

impl Step<'_> {
    fn write_to(&self, path: &mut String) {
        match self {
            Step::Root => path.push('$'),
            Step::Item(index) => write!(path, "[{index}]").expect("a string takes all text"),
            Step::Member(name) if is_plain(name) => {
                path.push('.');
                path.push_str(name);
            }
            Step::Member(name) => {
                let name = shown(name).replace('\\', "\\\\").replace('\'', "\\'");
                write!(path, "['{name}']").expect("a string takes all text");
            }
        }
    }
}

/// Whether a path may show the name after a dot.
fn is_plain(name: &str) -> bool {
    (1..=SHOWN).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// A name or value as messages show it: in double quotes, cut where it is long.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", shown(text))
}

fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).flat_map(visible).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// Control characters could rewrite a reader's terminal.
fn visible(character: char) -> impl Iterator<Item = char> {
    let escaped = character.is_control().then(|| character.escape_default());
    let plain = (!character.is_control()).then_some(character);
    escaped.into_iter().flatten().chain(plain)
}
