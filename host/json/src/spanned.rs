//! Documents that remember where everything stood.

use std::borrow::Cow;
use std::fmt;

use crate::scan::{Container, Listener, Scalar};
use crate::{Number, Text, Value};

/// A place in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Bytes before it.
    pub offset: usize,
    /// The line, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
}

impl Position {
    /// The start of a text.
    pub const START: Position = Position {
        offset: 0,
        line: 1,
        column: 1,
    };

    /// The place of a byte offset, which must not lie inside a character.
    pub fn in_text(text: &str, offset: usize) -> Self {
        Self::START.advanced(text, offset)
    }

    /// The place of an offset at or after this one in the same text.
    fn advanced(mut self, text: &str, offset: usize) -> Self {
        let between = &text[self.offset..offset];
        if let Some(newline) = between.rfind('\n') {
            self.line += between.bytes().filter(|byte| *byte == b'\n').count();
            self.column = 1 + between[newline + 1..].chars().count();
        } else {
            self.column += between.chars().count();
        }
        Self { offset, ..self }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A value of a document, with its place.
///
/// Whoever builds one from another notation than JSON keeps its depth within
/// [`MAX_DEPTH`](crate::MAX_DEPTH): its readers may recurse.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned {
    /// The value itself.
    pub node: SpannedNode,
    /// Where it begins.
    pub position: Position,
}

/// What a [`Spanned`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum SpannedNode {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number with its text.
    Number(Number),
    /// A string.
    String(Text),
    /// The elements of an array.
    Array(Vec<Spanned>),
    /// The members of an object as they were written, equal keys included.
    Object(Vec<Entry>),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Text,
    /// Where the key begins.
    pub key_position: Position,
    /// The value.
    pub value: Spanned,
}

impl Spanned {
    /// The value of a member, the last one of that key, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Spanned> {
        let entry = self.as_object()?.iter().rfind(|entry| entry.key == *key)?;
        Some(&entry.value)
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&[Entry]> {
        match &self.node {
            SpannedNode::Object(entries) => Some(entries),
            _ => None,
        }
    }

    /// The elements, if this is an array.
    pub fn as_array(&self) -> Option<&[Spanned]> {
        match &self.node {
            SpannedNode::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The string, if this is one.
    pub fn as_text(&self) -> Option<&Text> {
        match &self.node {
            SpannedNode::String(text) => Some(text),
            _ => None,
        }
    }

    /// The string, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().map(Text::as_str)
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.node {
            SpannedNode::Bool(bool) => Some(bool),
            _ => None,
        }
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.node {
            SpannedNode::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.node, SpannedNode::Null)
    }

    /// `null`, `boolean`, `number`, `string`, `array` or `object`.
    pub fn type_name(&self) -> &'static str {
        match self.node {
            SpannedNode::Null => "null",
            SpannedNode::Bool(_) => "boolean",
            SpannedNode::Number(_) => "number",
            SpannedNode::String(_) => "string",
            SpannedNode::Array(_) => "array",
            SpannedNode::Object(_) => "object",
        }
    }

    /// The value without its places; of equal keys the last value wins, as in [`Value::parse`].
    pub fn to_value(&self) -> Value {
        match &self.node {
            SpannedNode::Null => Value::Null,
            SpannedNode::Bool(bool) => Value::Bool(*bool),
            SpannedNode::Number(number) => Value::Number(number.clone()),
            SpannedNode::String(text) => Value::String(text.clone()),
            SpannedNode::Array(items) => {
                Value::Array(items.iter().map(Spanned::to_value).collect())
            }
            SpannedNode::Object(entries) => {
                let members = entries
                    .iter()
                    .map(|entry| (&entry.key, entry.value.to_value()));
                Value::Object(members.collect())
            }
        }
    }
}

/// Builds one [`Spanned`] from what the scanner reports.
pub(crate) struct SpannedBuilder<'a> {
    text: &'a str,
    /// The last place that was asked for; the scanner only goes forward.
    position: Position,
    open: Vec<Spanned>,
    keys: Vec<(Text, Position)>,
    root: Option<Spanned>,
}

impl<'a> SpannedBuilder<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            position: Position::START,
            open: Vec::new(),
            keys: Vec::new(),
            root: None,
        }
    }

    /// The document, once the scanner is done.
    pub(crate) fn finish(self) -> Spanned {
        self.root.expect("the scanner found a value")
    }

    fn locate(&mut self, offset: usize) -> Position {
        self.position = self.position.advanced(self.text, offset);
        self.position
    }

    fn add(&mut self, value: Spanned) {
        match self.open.last_mut().map(|container| &mut container.node) {
            Some(SpannedNode::Object(entries)) => {
                let (key, key_position) = self.keys.pop().expect("a key comes before its value");
                entries.push(Entry {
                    key,
                    key_position,
                    value,
                });
            }
            Some(SpannedNode::Array(items)) => items.push(value),
            _ => self.root = Some(value),
        }
    }
}

impl Listener<'_> for SpannedBuilder<'_> {
    fn scalar(&mut self, scalar: Scalar<'_>, offset: usize) {
        let position = self.locate(offset);
        self.add(Spanned {
            node: scalar.into(),
            position,
        });
    }

    fn open(&mut self, container: Container, offset: usize) {
        let node = match container {
            Container::Array => SpannedNode::Array(Vec::new()),
            Container::Object => SpannedNode::Object(Vec::new()),
        };
        let position = self.locate(offset);
        self.open.push(Spanned { node, position });
    }

    fn key(&mut self, key: Cow<'_, str>, offset: usize) {
        let position = self.locate(offset);
        self.keys.push((key.into(), position));
    }

    fn close(&mut self, _container: Container) {
        let container = self.open.pop().expect("closes what it opened");
        self.add(container);
    }
}

impl From<Scalar<'_>> for SpannedNode {
    fn from(scalar: Scalar<'_>) -> Self {
        match scalar {
            Scalar::Null => SpannedNode::Null,
            Scalar::Bool(bool) => SpannedNode::Bool(bool),
            Scalar::Number(text) => SpannedNode::Number(Number::from_scanned(text)),
            Scalar::String(text) => SpannedNode::String(text.into()),
        }
    }
}
