//! Regular expressions as functions.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use sandstep_json::Text;

use super::{Evaluator, convert};
use crate::Fault;
use crate::function::Function;
use crate::functions::regex::{Effort, Match, Regex};
use crate::item::Item;
use crate::limits::Meter;

impl Evaluator<'_> {
    /// `/pattern/(text)`: the first match, as an object whose `next` finds the one after it;
    /// undefined where nothing matches.
    pub(super) fn call_regex(
        &mut self,
        regex: &Arc<Regex>,
        arguments: &[Item],
    ) -> Result<Item, Fault> {
        match arguments.first() {
            Some(text) => self.find_match(regex, text, None),
            None => Ok(Item::Undefined),
        }
    }

    /// The first match, or the one after a match that ended at a byte, as an object.
    pub(super) fn find_match(
        &mut self,
        regex: &Arc<Regex>,
        text: &Item,
        after: Option<usize>,
    ) -> Result<Item, Fault> {
        let Some(subject) = text.as_str() else {
            return Ok(Item::Undefined);
        };
        match self.next_match(regex, subject, after)? {
            Some(found) => self.match_item(regex, text, &found),
            None => Ok(Item::Undefined),
        }
    }

    /// The first match, or the one after a match that ended at a byte.
    ///
    /// Fails with D1004 where a match after another one is empty, since it would be found for ever,
    /// and with D1012.
    pub(crate) fn next_match(
        &mut self,
        regex: &Regex,
        subject: &str,
        after: Option<usize>,
    ) -> Result<Option<Match>, Fault> {
        let Some(from) = after else {
            return self.search(regex, subject, 0);
        };
        if from >= subject.len() {
            return Ok(None);
        }
        let found = self.search(regex, subject, from)?;
        if found.as_ref().is_some_and(|found| found.span.is_empty()) {
            let message = "the regular expression matches the empty string again and again";
            return Err(Fault::new("D1004", message));
        }
        Ok(found)
    }

    /// Searches, and pays for it.
    fn search(
        &mut self,
        regex: &Regex,
        subject: &str,
        from: usize,
    ) -> Result<Option<Match>, Fault> {
        let mut effort = Effort {
            steps: self.meter.steps_left(),
            memory: self.meter.memory_left(),
        };
        let before = effort.steps;
        let found = regex.find_at(subject, from, &mut effort)?;
        self.meter.spend((before - effort.steps) as usize)?;
        Ok(found)
    }

    /// A match in a text as an object.
    pub(crate) fn match_item(
        &mut self,
        regex: &Arc<Regex>,
        text: &Item,
        found: &Match,
    ) -> Result<Item, Fault> {
        let subject = text.as_str().unwrap_or_default();
        let units = |part: &str| part.encode_utf16().count() as f64;
        self.meter.spend(found.span.end)?;
        self.meter.allocate(found.span.len())?;
        let start = units(&subject[..found.span.start]);
        let next = Function::NextMatch {
            regex: Arc::clone(regex),
            text: text.clone(),
            from: found.span.end,
        };
        let members: [(&str, Item); 5] = [
            ("match", Item::text(&subject[found.span.clone()])),
            ("start", Item::Number(start)),
            (
                "end",
                Item::Number(start + units(&subject[found.span.clone()])),
            ),
            ("groups", captures(subject, found, &mut self.meter)?),
            ("next", Item::Function(Rc::new(next))),
        ];
        let members = members.map(|(name, item)| (Text::from(name), item));
        convert::object(members.into(), &mut self.meter)
    }
}

/// The captures of a match as an array, undefined where a group took no part.
pub(crate) fn captures(text: &str, found: &Match, meter: &mut Meter) -> Result<Item, Fault> {
    let spans = found.groups.iter().flatten();
    meter.make_items(found.groups.len())?;
    meter.allocate(spans.map(Range::len).sum())?;
    let groups = found.groups.iter().cloned();
    Item::array(
        groups
            .map(|group| group.map(|span| &text[span]).into())
            .collect(),
    )
}
