//! Recorded text with holes.

use std::collections::HashMap;

use sandstep_json::Value;

use crate::{
    placeholders::{Piece, Placeholder, split},
    variables::{Variables, text_of},
};

/// What the holes with labels were found to be, in one run of a case.
pub(crate) type Bindings = HashMap<String, Value>;

/// A recorded text whose request placeholders are filled.
pub(crate) enum Pattern {
    /// Matches any value.
    Any,
    /// As [`Pattern::Any`]; the key may be missing.
    Optional,
    /// Matches any value that is not empty, the same wherever the label is.
    Bind(String),
    /// A request placeholder, which may be any JSON.
    Exactly(Value),
    /// A text with holes in it.
    Text(Vec<Segment>),
}

/// A part of a text with holes.
pub(crate) enum Segment {
    Text(String),
    Any,
    Bind(String),
}

impl Pattern {
    pub(crate) fn parse(text: &str, variables: &Variables) -> Result<Self, String> {
        let pieces = split(text);
        let [Piece::Placeholder(whole)] = pieces[..] else {
            let segments = pieces
                .into_iter()
                .map(|piece| Segment::of(piece, variables));
            return Ok(Self::Text(segments.collect::<Result<_, _>>()?));
        };
        Ok(match whole {
            Placeholder::Any => Self::Any,
            Placeholder::Optional => Self::Optional,
            Placeholder::Bind(label) => Self::Bind(label.to_owned()),
            request => Self::Exactly(variables.value(request)?),
        })
    }

    /// Whether a recorded member may be missing.
    pub(crate) fn is_optional(expected: &Value) -> bool {
        let pieces = expected.as_str().map(split).unwrap_or_default();
        matches!(pieces[..], [Piece::Placeholder(Placeholder::Optional)])
    }
}

impl Segment {
    fn of(piece: Piece<'_>, variables: &Variables) -> Result<Self, String> {
        Ok(match piece {
            Piece::Text(text) => Self::Text(text.to_owned()),
            Piece::Placeholder(Placeholder::Any | Placeholder::Optional) => Self::Any,
            Piece::Placeholder(Placeholder::Bind(label)) => Self::Bind(label.to_owned()),
            Piece::Placeholder(request) => Self::Text(text_of(&variables.value(request)?)),
        })
    }
}

/// Whether a value fits the label, which it binds if nothing has yet.
pub(crate) fn bind(label: &str, value: &Value, bindings: &mut Bindings) -> bool {
    if let Some(bound) = bindings.get(label) {
        return bound == value;
    }
    let is_empty = value.is_null() || value.as_str() == Some("");
    if !is_empty {
        bindings.insert(label.to_owned(), value.clone());
    }
    !is_empty
}

/// Whether a text fits the segments; each hole is as short as possible.
pub(crate) fn fits(segments: &[Segment], text: &str, bindings: &mut Bindings) -> bool {
    let Some((first, rest)) = segments.split_first() else {
        return text.is_empty();
    };
    match first {
        Segment::Text(literal) => text
            .strip_prefix(&**literal)
            .is_some_and(|text| fits(rest, text, bindings)),
        Segment::Any => ends(text).any(|end| fits(rest, &text[end..], bindings)),
        Segment::Bind(label) => match bindings.get(label).map(text_of) {
            Some(bound) => text
                .strip_prefix(&*bound)
                .is_some_and(|text| fits(rest, text, bindings)),
            None => ends(text).skip(1).any(|end| {
                bindings.insert(label.clone(), text[..end].into());
                let fits = fits(rest, &text[end..], bindings);
                if !fits {
                    bindings.remove(label);
                }
                fits
            }),
        },
    }
}

/// Where a hole at the beginning of the text may end.
fn ends(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()])
}
