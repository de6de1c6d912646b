//! What people say about their state machines and activities.

use sandstep_journal::Kind;
use sandstep_json::{Array, Object, Value};
use serde::{Deserialize, Serialize};

use super::api_error::ApiError;
use super::constraints::Constraints;
use super::params::Params;
use super::records::Record;

/// The tags of one resource, in the order of their first being set. The
/// resource's ARN is the name of the record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Tags(Vec<Tag>);

/// A key with a value (API reference, `Tag`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// 1 to 128 letters, digits, spaces and `_.:/=+-@`.
    pub key: String,
    /// Up to 256 of the same.
    pub value: String,
}

impl Record for Tags {
    const KIND: Kind = Kind::Tags;

    fn weight(&self) -> usize {
        self.0.len() * 512
    }
}

impl Tags {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// These tags and others; of two with the same key the other one stays.
    pub(crate) fn with(mut self, others: Vec<Tag>) -> Self {
        for other in others {
            match self.0.iter_mut().find(|tag| tag.key == other.key) {
                Some(tag) => tag.value = other.value,
                None => self.0.push(other),
            }
        }
        self
    }

    /// These tags but for some keys; those that there are none of do no harm.
    pub(crate) fn without(mut self, keys: &[String]) -> Self {
        self.0.retain(|tag| !keys.contains(&tag.key));
        self
    }

    pub(crate) fn to_json(&self) -> Value {
        let tags = self.0.iter().map(|tag| {
            let members = [("key", tag.key.as_str()), ("value", &tag.value)];
            Value::from(Object::from(members))
        });
        Value::Array(tags.collect::<Array>())
    }
}

/// The tags that a request has under a key; none where it has no such member.
pub(crate) fn from_json(value: Option<&Value>) -> Result<Vec<Tag>, ApiError> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let items = value.as_array().map(|items| items.as_slice());
    let items = items.ok_or_else(|| ApiError::new("SerializationException", "tags is no list"))?;
    let tags = items.iter().map(|item| {
        let params = Params::of(item)?;
        Ok(Tag {
            key: params.text("key")?.unwrap_or_default(),
            value: params.text("value")?.unwrap_or_default(),
        })
    });
    tags.collect()
}

/// Refuses tags that the service's model does not have.
pub(crate) fn check(tags: &[Tag]) -> Result<(), ApiError> {
    let mut constraints = Constraints::default();
    for (index, tag) in tags.iter().enumerate() {
        let place = format!("tags.{}.member", index + 1);
        constraints
            .length(&format!("{place}.key"), &tag.key, 1, 128)
            .length(&format!("{place}.value"), &tag.value, 0, 256);
    }
    constraints.check()?;
    let texts = tags.iter().flat_map(|tag| [&tag.key, &tag.value]);
    match texts.clone().find(|text| !text.chars().all(is_allowed)) {
        Some(text) => Err(ApiError::validation(format_args!("Invalid tag: '{text}'"))),
        None => check_reserved(tags),
    }
}

/// What the service's own tags begin with.
const RESERVED: &str = "aws:";

fn check_reserved(tags: &[Tag]) -> Result<(), ApiError> {
    let is_reserved = |tag: &&Tag| tag.key.to_ascii_lowercase().starts_with(RESERVED);
    match tags.iter().find(is_reserved) {
        Some(tag) => Err(ApiError::validation(format_args!(
            "Invalid tag: '{}' begins with '{RESERVED}', which is reserved",
            tag.key
        ))),
        None => Ok(()),
    }
}

/// Letters of any language, digits, spaces and a few signs (API reference,
/// `Tag`).
fn is_allowed(letter: char) -> bool {
    letter.is_alphanumeric() || letter.is_whitespace() || "_.:/=+-@".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Vec<Tag> {
        let tag = |&(key, value): &(&str, &str)| Tag {
            key: key.to_owned(),
            value: value.to_owned(),
        };
        pairs.iter().map(tag).collect()
    }

    #[test]
    fn a_key_has_one_value_and_keeps_its_place() {
        let first = Tags::default().with(tags(&[("a", "1"), ("b", "2"), ("a", "3")]));
        assert_eq!(first.0, tags(&[("a", "3"), ("b", "2")]));
        let second = first.with(tags(&[("c", ""), ("b", "4")]));
        assert_eq!(second.0, tags(&[("a", "3"), ("b", "4"), ("c", "")]));
        let third = second.without(&["a".to_owned(), "x".to_owned()]);
        assert_eq!(third.0, tags(&[("b", "4"), ("c", "")]));
    }

    #[test]
    fn a_tag_is_made_of_few_signs() {
        assert_eq!(check(&tags(&[("Größe: a/b", "x+y=z @ 1.0_-")])), Ok(()));
        for wrong in [("", "x"), ("a#b", "x"), ("a", "x!"), ("aws:a", "x")] {
            assert!(check(&tags(&[wrong])).is_err(), "{wrong:?}");
        }
    }
}
