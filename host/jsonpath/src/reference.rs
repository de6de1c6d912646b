//! Reference paths.

use std::fmt;

use sandstep_json::{Object, Value};

use crate::select::position;
use crate::step::Step;
use crate::{Path, PathError, PathFailure, Roots};

/// A path to one place: names and single indexes only (States Language, "Reference Paths").
#[derive(Clone, Debug, PartialEq)]
pub struct ReferencePath(Path);

/// A `ResultPath` that cannot be applied to its input: `States.ResultPathMatchFailure`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Unable to apply ReferencePath {path} to input {input}")]
pub struct PutError {
    /// The path as it was written.
    pub path: String,
    /// The JSON text of the input, cut at 1,000 characters.
    pub input: String,
}

impl ReferencePath {
    /// Reads a reference path with any root.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        Self::try_from(Path::parse(text)?)
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The path as it was written, without blanks around it.
    pub fn text(&self) -> &str {
        self.0.text()
    }

    /// Whether the path is a root alone, like `$`.
    pub fn is_root(&self) -> bool {
        self.0.steps().is_empty()
    }

    /// The value at this place of `document`, if there is one.
    pub fn get<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        crate::select::single(self.0.steps(), document).ok()
    }

    /// The value at this place; see [`Path::evaluate`].
    pub fn evaluate(&self, roots: &(impl Roots + ?Sized)) -> Result<Value, PathFailure> {
        self.0.evaluate(roots)
    }

    /// Puts a value at this place of `document`, as `ResultPath` does.
    ///
    /// Objects that are missing on the way are made. All that is not on the way is shared
    /// with the original, and what nobody else holds is changed in place.
    ///
    /// # Errors
    ///
    /// A name fails where there is something else than an object, `null` included,
    /// and an index where the array has no such element.
    pub fn put(&self, document: Value, value: Value) -> Result<Value, PutError> {
        if !fits(self.0.steps(), &document) {
            return Err(self.error(&document));
        }
        Ok(place(self.0.steps(), document, value))
    }

    #[cold]
    fn error(&self, document: &Value) -> PutError {
        let input = document.to_json().chars().take(1_000).collect();
        PutError {
            path: self.text().to_owned(),
            input,
        }
    }
}

/// Whether something can be put at the end of these steps.
fn fits(steps: &[Step], document: &Value) -> bool {
    let mut value = document;
    for (index, step) in steps.iter().enumerate() {
        let next = match (step, value) {
            (Step::Name(name), Value::Object(object)) => object.get(name),
            (Step::Index(at), Value::Array(array)) => {
                let Some(item) = position(*at, array.len()).and_then(|at| array.get(at)) else {
                    return false;
                };
                Some(item)
            }
            _ => return false,
        };
        match next {
            Some(next) => value = next,
            None => {
                return steps[index..]
                    .iter()
                    .all(|step| matches!(step, Step::Name(_)));
            }
        }
    }
    true
}

/// Puts a value at the end of steps that [`fits`] has approved.
fn place(steps: &[Step], document: Value, value: Value) -> Value {
    match (steps.split_first(), document) {
        (None, _) => value,
        (Some((Step::Name(name), rest)), Value::Object(mut object)) => {
            if object.contains_key(name) {
                object.update(name, |old| place(rest, old, value));
            } else {
                object.insert(name, build(rest, value));
            }
            Value::Object(object)
        }
        (Some((Step::Index(at), rest)), Value::Array(mut array)) => {
            let at = position(*at, array.len()).expect("approved by `fits`");
            array.update(at, |old| place(rest, old, value));
            Value::Array(array)
        }
        (_, document) => unreachable!("`fits` approved a {}", document.type_name()),
    }
}

/// Wraps a value in objects, one for each name.
fn build(steps: &[Step], value: Value) -> Value {
    steps.iter().rev().fold(value, |value, step| match step {
        Step::Name(name) => Value::Object(Object::from([(name, value)])),
        _ => unreachable!("`fits` approved names alone"),
    })
}

impl TryFrom<Path> for ReferencePath {
    type Error = PathError;

    fn try_from(path: Path) -> Result<Self, PathError> {
        if path.is_reference() {
            return Ok(Self(path));
        }
        let message = "a reference path consists of names and single indexes only".to_owned();
        Err(PathError { message, offset: 0 })
    }
}

impl fmt::Display for ReferencePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
