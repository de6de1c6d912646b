//! Predicates.

use std::rc::Rc;

use super::truth::{finite, truth};
use super::{Evaluator, tuples};
use crate::Fault;
use crate::frame::Scope;
use crate::item::{Item, Items};
use crate::tree::{Kind, NodeId};

impl Evaluator<'_> {
    /// `input[predicate]`: the items for which the predicate is true, or whose index it is.
    pub(super) fn filter(
        &mut self,
        predicate: NodeId,
        input: Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        if let Item::Tuples(tuples) = &input {
            return self.filter_tuples(predicate, tuples, scope);
        }
        let single = [input];
        let items = single[0].items().unwrap_or(Items::Items(&single));
        if let Kind::Number(index) = self.tree.node(predicate).kind {
            return at_index(items, index);
        }
        let mut kept = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let verdict = self.evaluate(predicate, &item, scope)?;
            let times = self.times_kept(&verdict, index, items.len())?;
            self.meter.make_items(times)?;
            kept.extend(std::iter::repeat_n(item, times));
        }
        Item::sequence(kept)
    }

    fn filter_tuples(
        &mut self,
        predicate: NodeId,
        tuples: &Rc<Vec<crate::tuple::Tuple>>,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        if let Kind::Number(index) = self.tree.node(predicate).kind {
            let place = place_of(index, tuples.len());
            let tuple = place.and_then(|place| tuples.get(place));
            return Ok(Item::Tuples(Rc::new(tuple.cloned().into_iter().collect())));
        }
        let mut kept = Vec::new();
        for (index, tuple) in tuples.iter().enumerate() {
            let own = tuples::scope_of(tuple, scope);
            let verdict = self.evaluate(predicate, &tuple.context, &own)?;
            let times = self.times_kept(&verdict, index, tuples.len())?;
            self.meter.make_items(times)?;
            kept.extend(std::iter::repeat_n(tuple.clone(), times));
        }
        Ok(Item::Tuples(Rc::new(kept)))
    }

    /// How often an item stays in the result: as often as the predicate gives its index, or once
    /// if it gives anything else that is true.
    fn times_kept(&mut self, verdict: &Item, index: usize, length: usize) -> Result<usize, Fault> {
        if let Some(number) = verdict.as_number().filter(|number| !number.is_nan()) {
            finite(number)?;
            return Ok(usize::from(place_of(number, length) == Some(index)));
        }
        let Some(items) = verdict.items() else {
            return truth(verdict, &mut self.meter).map(usize::from);
        };
        self.meter.spend(items.len())?;
        if !items.all(|item| item.as_number().is_some()) {
            return truth(verdict, &mut self.meter).map(usize::from);
        }
        let places = items
            .iter()
            .filter_map(|item| place_of(item.as_number()?, length));
        Ok(places.filter(|place| *place == index).count())
    }
}

/// The item of an index, which may be an array and then stays as it is; an empty sequence where there
/// is none, so that a predicate behind this one is not asked about anything.
fn at_index(items: Items<'_>, index: f64) -> Result<Item, Fault> {
    let place = place_of(index, items.len());
    let item = place.and_then(|place| items.get(place)).unwrap_or_default();
    if item.is_array() {
        return Ok(item);
    }
    let found = Some(item).filter(|item| !item.is_undefined());
    Item::sequence(found.into_iter().collect())
}

/// The place that an index means: rounded down, and counted from the end if it is negative.
fn place_of(index: f64, length: usize) -> Option<usize> {
    let index = index.floor();
    let place = if index < 0.0 {
        length as f64 + index
    } else {
        index
    };
    (place >= 0.0 && place < length as f64).then_some(place as usize)
}
