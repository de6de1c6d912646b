//! Finding matches one after another, by a regular expression or by a function that acts as one.
//!
//! A matcher is called with a text and gives nothing, or an object: `match`, what was found; `start`
//! and `end`, in UTF-16 units as everywhere in JavaScript; `groups`, the captures; and `next`,
//! a function without parameters that finds the next match.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::regex::{Match, Regex};
use crate::Fault;
use crate::builtin::{Arguments, Call};
use crate::evaluate::captures;
use crate::function::Function;
use crate::item::{Item, Items};
use crate::limits::Meter;

pub(super) fn utf16_len(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.chars().map(char::len_utf16).sum()
}

/// What it costs to note a match down, beside finding it.
const STEPS_A_MATCH: usize = 10;

/// The matches of a text, in order.
pub(super) struct Matches<'t> {
    /// A string.
    text: &'t Item,
    source: Source,
}

enum Source {
    /// A regular expression, and where the match before ended.
    Regex(Arc<Regex>, Option<usize>),
    /// What to call for the next match.
    Function(Item, Arguments),
}

/// A match in a text.
pub(super) struct Found {
    /// In bytes of the text.
    pub(super) span: Range<usize>,
    source: FoundBy,
}

enum FoundBy {
    Regex(Arc<Regex>, Match),
    /// A function, which gave this object with these members.
    Function {
        object: Item,
        matched: Item,
        groups: Item,
    },
}

impl<'t> Matches<'t> {
    pub(super) fn of(text: &'t Item, matcher: &Item) -> Self {
        let source = match matcher {
            Item::Function(function) if let Function::Regex(regex) = &**function => {
                Source::Regex(Arc::clone(regex), None)
            }
            matcher => Source::Function(matcher.clone(), Arguments::from_iter([text.clone()])),
        };
        Self { text, source }
    }

    /// The next match. Fails with T1010 where a function gives something else.
    pub(super) fn next(&mut self, call: &mut Call<'_, '_>) -> Result<Option<Found>, Fault> {
        call.meter().spend(STEPS_A_MATCH)?;
        let subject = self.text.as_str().unwrap_or_default();
        match &mut self.source {
            Source::Regex(regex, after) => {
                let found = call.evaluator.next_match(regex, subject, *after)?;
                Ok(found.map(|found| {
                    *after = Some(found.span.end);
                    Found {
                        span: found.span.clone(),
                        source: FoundBy::Regex(Arc::clone(regex), found),
                    }
                }))
            }
            Source::Function(function, arguments) => {
                let given = call.invoke(function, std::mem::take(arguments))?;
                if given.is_undefined() {
                    return Ok(None);
                }
                let (found, next) = Found::given(subject, given)?;
                *function = next;
                Ok(Some(found))
            }
        }
    }
}

impl Found {
    /// Reads what a function gave: a match, and what finds the next one.
    fn given(text: &str, object: Item) -> Result<(Self, Item), Fault> {
        let members = object.members().unwrap_or_default();
        let member = |name: &str| {
            let found = members.iter().find(|(key, _)| **key == *name);
            found.map_or(Item::Undefined, |(_, item)| item.clone())
        };
        let (matched, groups, next) = (member("match"), member("groups"), member("next"));
        let (start, end) = (member("start").as_number(), member("end").as_number());
        if start.is_none() && end.is_none() && !groups.is_array() && !next.is_function() {
            return Err(Fault::new(
                "T1010",
                "the matcher function does not give an object with start, end, groups and next",
            ));
        }
        let start = byte_offset(text, start.unwrap_or(0.0));
        let end = byte_offset(text, end.unwrap_or(0.0)).max(start);
        let source = FoundBy::Function {
            object,
            matched,
            groups,
        };
        let span = start..end;
        Ok((Self { span, source }, next))
    }

    /// What was found.
    pub(super) fn text<'a>(&'a self, text: &'a str) -> &'a str {
        match &self.source {
            FoundBy::Regex(_, found) => &text[found.span.clone()],
            FoundBy::Function { matched, .. } => matched.as_str().unwrap_or_default(),
        }
    }

    /// What a group captured, counted from 1; nothing if there is no such group.
    pub(super) fn group<'a>(&self, text: &'a str, index: usize) -> Option<Cow<'a, str>> {
        let index = index.checked_sub(1)?;
        match &self.source {
            FoundBy::Regex(_, found) => Some(text[found.groups.get(index)?.clone()?].into()),
            FoundBy::Function { groups, .. } => {
                let group = groups.items()?.get(index)?;
                Some(group.as_str()?.to_owned().into())
            }
        }
    }

    pub(super) fn group_count(&self) -> usize {
        match &self.source {
            FoundBy::Regex(_, found) => found.groups.len(),
            FoundBy::Function { groups, .. } => groups.items().map_or(0, Items::len),
        }
    }

    /// The captures as an array.
    pub(super) fn groups(&self, text: &str, meter: &mut Meter) -> Result<Item, Fault> {
        match &self.source {
            FoundBy::Regex(_, found) => captures(text, found, meter),
            FoundBy::Function { groups, .. } => Ok(groups.clone()),
        }
    }

    /// The match as an object.
    pub(super) fn object(&self, text: &Item, call: &mut Call<'_, '_>) -> Result<Item, Fault> {
        match &self.source {
            FoundBy::Regex(regex, found) => call.evaluator.match_item(regex, text, found),
            FoundBy::Function { object, .. } => Ok(object.clone()),
        }
    }
}

/// The byte at which a UTF-16 unit begins; the end beyond it. Within a pair it is the pair's end.
fn byte_offset(text: &str, units: f64) -> usize {
    // A saturating cast.
    let mut left = units as usize;
    for (offset, char) in text.char_indices() {
        if left == 0 {
            return offset;
        }
        left = left.saturating_sub(char.len_utf16());
    }
    text.len()
}
