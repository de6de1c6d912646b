//! The shapes of services' responses, and how a mocked result fits one.

use sandstep_json::{Object, Value};

use super::FieldValidation;

/// What a service model says of a value.
#[derive(Debug)]
pub(super) enum Shape {
    Structure(&'static [Member]),
    List(&'static Shape),
    /// An object with values of one shape, whatever their keys.
    Map(&'static Shape),
    /// A string, blob or timestamp, with the least and the most bytes that it may have.
    Text {
        least: usize,
        most: usize,
    },
    /// A string out of a list.
    OneOf(&'static [&'static str]),
    Number {
        least: f64,
        most: f64,
    },
    Boolean,
    /// A document: any JSON.
    Anything,
}

/// A member of a structure, named as the States Language names it: with a capital.
#[derive(Debug)]
pub(super) struct Member {
    name: &'static str,
    shape: &'static Shape,
    is_required: bool,
}

/// Any string.
pub(super) const TEXT: Shape = text(0, usize::MAX);

/// Any number.
pub(super) const NUMBER: Shape = number(f64::MIN, f64::MAX);

/// A string of so many bytes.
pub(super) const fn text(least: usize, most: usize) -> Shape {
    Shape::Text { least, most }
}

/// A number between these two, both included.
pub(super) const fn number(least: f64, most: f64) -> Shape {
    Shape::Number { least, most }
}

/// A member that every response has.
pub(super) const fn required(name: &'static str, shape: &'static Shape) -> Member {
    Member {
        name,
        shape,
        is_required: true,
    }
}

/// A member that a response may lack.
pub(super) const fn optional(name: &'static str, shape: &'static Shape) -> Member {
    Member {
        name,
        shape,
        is_required: false,
    }
}

/// What does not fit, as the service says it (recorded, but for texts that are too long).
pub(super) type Misfit = String;

impl Shape {
    /// Compares the value of a field with its shape. Members that the shape does not have
    /// are not looked at.
    pub(super) fn check(
        &self,
        field: &str,
        value: &Value,
        validation: FieldValidation,
    ) -> Result<(), Misfit> {
        match self {
            Self::Structure(members) => {
                let object = value.as_object().ok_or_else(|| is_no(field, "an object"))?;
                check_members(members, object, validation)
            }
            Self::List(shape) => {
                let items = value.as_array().ok_or_else(|| is_no(field, "an array"))?;
                let mut items = items.iter();
                items.try_for_each(|item| shape.check(field, item, validation))
            }
            Self::Map(shape) => {
                let object = value.as_object().ok_or_else(|| is_no(field, "an object"))?;
                let mut values = object.values();
                values.try_for_each(|value| shape.check(field, value, validation))
            }
            Self::Text { least, most } => {
                let text = value.as_str().ok_or_else(|| is_no(field, "a string"))?;
                check_length(field, text.len(), *least, *most)
            }
            Self::OneOf(texts) => {
                let text = value.as_str().ok_or_else(|| is_no(field, "a string"))?;
                let is_known = texts.contains(&text);
                holds(is_known, || {
                    format!("Field '{field}' is not an expected value")
                })
            }
            Self::Number { least, most } => {
                let number = value.as_number().ok_or_else(|| is_no(field, "a number"))?;
                check_range(field, number.as_f64(), *least, *most)
            }
            Self::Boolean => holds(value.as_bool().is_some(), || is_no(field, "a boolean")),
            Self::Anything => Ok(()),
        }
    }
}

fn check_members(
    members: &[Member],
    object: &Object,
    validation: FieldValidation,
) -> Result<(), Misfit> {
    let is_lacking = |member: &&Member| member.is_required && object.get(member.name).is_none();
    if validation == FieldValidation::Strict
        && let Some(Member { name, .. }) = members.iter().find(is_lacking)
    {
        return Err(format!("Required field '{name}' is missing"));
    }
    object.iter().try_for_each(|(name, value)| {
        let member = members.iter().find(|member| *name == *member.name);
        member.map_or(Ok(()), |member| {
            member.shape.check(member.name, value, validation)
        })
    })
}

fn check_length(field: &str, length: usize, least: usize, most: usize) -> Result<(), Misfit> {
    holds(length >= least, || {
        format!("Field '{field}' is smaller than the minimum length")
    })?;
    holds(length <= most, || {
        format!("Field '{field}' exceeds the maximum length")
    })
}

fn check_range(field: &str, number: f64, least: f64, most: f64) -> Result<(), Misfit> {
    holds(number >= least, || {
        format!("Field '{field}' is less than the minimum value")
    })?;
    holds(number <= most, || {
        format!("Field '{field}' exceeds the maximum value")
    })
}

fn is_no(field: &str, kind: &str) -> Misfit {
    format!("Field '{field}' must be {kind}")
}

fn holds(condition: bool, misfit: impl FnOnce() -> Misfit) -> Result<(), Misfit> {
    if condition { Ok(()) } else { Err(misfit()) }
}
