//! Regular expressions as functions.

use std::rc::Rc;
use std::sync::Arc;

use sandstep_json::Text;

use super::{Evaluator, convert};
use crate::Fault;
use crate::function::Function;
use crate::functions::regex::{Effort, Match, Regex};
use crate::item::Item;

impl Evaluator<'_> {
    /// `/pattern/(text)`: the first match, as an object whose `next` finds the one after it;
    /// undefined where nothing matches.
    pub(super) fn call_regex(
        &mut self,
        regex: &Arc<Regex>,
        arguments: &[Item],
    ) -> Result<Item, Fault> {
        match arguments.first() {
            Some(text) => self.find_match(regex, text, 0),
            None => Ok(Item::Undefined),
        }
    }

    /// The first match from a place in bytes on.
    pub(super) fn find_match(
        &mut self,
        regex: &Arc<Regex>,
        text: &Item,
        from: usize,
    ) -> Result<Item, Fault> {
        let Some(subject) = text.as_str().filter(|subject| from <= subject.len()) else {
            return Ok(Item::Undefined);
        };
        let Some(found) = self.search(regex, subject, from)? else {
            return Ok(Item::Undefined);
        };
        if from > 0 && found.span.is_empty() {
            let message = "the regular expression matches a zero length string";
            return Err(Fault::new("D1004", message));
        }
        self.match_item(regex, text, subject, &found)
    }

    /// Searches, and pays for it.
    pub(crate) fn search(
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

    fn match_item(
        &mut self,
        regex: &Arc<Regex>,
        text: &Item,
        subject: &str,
        found: &Match,
    ) -> Result<Item, Fault> {
        let units = |place: usize| subject[..place].encode_utf16().count() as f64;
        self.meter.spend(found.span.end)?;
        self.meter.make_items(found.groups.len() + 8)?;
        let part = |range: &std::ops::Range<usize>| Item::text(&subject[range.clone()]);
        let groups = found
            .groups
            .iter()
            .map(|group| group.as_ref().map_or(Item::Undefined, part))
            .collect();
        let next = match found.span.end < subject.len() {
            true => Function::NextMatch {
                regex: Arc::clone(regex),
                text: text.clone(),
                from: found.span.end,
            },
            false => Function::NextMatch {
                regex: Arc::clone(regex),
                text: Item::Undefined,
                from: 0,
            },
        };
        let members: [(&str, Item); 5] = [
            ("match", part(&found.span)),
            ("start", Item::Number(units(found.span.start))),
            ("end", Item::Number(units(found.span.end))),
            ("groups", Item::array(groups)?),
            ("next", Item::Function(Rc::new(next))),
        ];
        let members = members.map(|(name, item)| (Text::from(name), item));
        convert::object(members.into(), &mut self.meter)
    }
}
