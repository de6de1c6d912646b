//! Sorting.

use std::cmp::Ordering;

use super::{Evaluator, binary, tuples};
use crate::Fault;
use crate::frame::Scope;
use crate::item::{Item, Items};
use crate::tree::{Node, NodeId, Term};
use crate::tuple::Tuple;

/// Sorts so that items of which neither should come after the other keep their order.
///
/// `swaps(left, right)` tells that `right` should come first. It may contradict itself: then the order
/// means nothing, but all items are still there. It is asked at most n log₂ n times.
pub(crate) fn merge_sort<T>(
    mut items: Vec<T>,
    swaps: &mut impl FnMut(&T, &T) -> Result<bool, Fault>,
) -> Result<Vec<T>, Fault> {
    if items.len() <= 1 {
        return Ok(items);
    }
    let right = items.split_off(items.len() / 2);
    let left = merge_sort(items, swaps)?;
    let right = merge_sort(right, swaps)?;
    merge(left, right, swaps)
}

fn merge<T>(
    left: Vec<T>,
    right: Vec<T>,
    swaps: &mut impl FnMut(&T, &T) -> Result<bool, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        match swaps(first, second)? {
            true => merged.extend(right.next()),
            false => merged.extend(left.next()),
        }
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

/// A value to be sorted, with the keys that it was asked for so far.
struct Keyed<T> {
    value: T,
    keys: std::cell::RefCell<Vec<Item>>,
}

impl<T> Keyed<T> {
    fn new(value: T) -> Self {
        let keys = std::cell::RefCell::default();
        Self { value, keys }
    }
}

impl<'e> Evaluator<'e> {
    /// `input^(term, …)`. One value stays a sequence.
    pub(super) fn sort(
        &mut self,
        node: &'e Node,
        terms: &[Term],
        input: Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let single = [input];
        let items = single[0].items().unwrap_or(Items::Items(&single));
        if items.len() <= 1 {
            return Item::sequence(items.to_vec());
        }
        let sorted = self.sort_by(node, terms, items.to_vec(), |evaluator, item, term| {
            evaluator.evaluate(term, item, scope)
        })?;
        Item::array(sorted)
    }

    pub(super) fn sort_tuples(
        &mut self,
        node: &'e Node,
        terms: &[Term],
        tuples: Vec<Tuple>,
        scope: &Scope,
    ) -> Result<Vec<Tuple>, Fault> {
        self.sort_by(node, terms, tuples, |evaluator, tuple, term| {
            let own = tuples::scope_of(tuple, scope);
            evaluator.evaluate(term, &tuple.context, &own)
        })
    }

    fn sort_by<T>(
        &mut self,
        node: &'e Node,
        terms: &[Term],
        values: Vec<T>,
        key: impl Fn(&mut Self, &T, NodeId) -> Result<Item, Fault>,
    ) -> Result<Vec<T>, Fault> {
        self.meter.make_items(3 * values.len())?;
        let keyed = values.into_iter().map(Keyed::new).collect();
        let sorted = merge_sort(keyed, &mut |left: &Keyed<T>, right: &Keyed<T>| {
            self.meter.spend(1)?;
            for (place, term) in terms.iter().enumerate() {
                let left = self.key_of(left, place, term.expression, &key)?;
                let right = self.key_of(right, place, term.expression, &key)?;
                let order = self
                    .order_of_keys(&left, &right, term.descending)
                    .map_err(|fault| fault.at(node.position as usize))?;
                if order.is_ne() {
                    return Ok(order.is_gt());
                }
            }
            Ok(false)
        })?;
        Ok(sorted.into_iter().map(|keyed| keyed.value).collect())
    }

    /// A key of a value, which is evaluated when it is first asked for.
    fn key_of<T>(
        &mut self,
        keyed: &Keyed<T>,
        place: usize,
        term: NodeId,
        key: impl Fn(&mut Self, &T, NodeId) -> Result<Item, Fault>,
    ) -> Result<Item, Fault> {
        if let Some(known) = keyed.keys.borrow().get(place) {
            return Ok(known.clone());
        }
        let item = key(self, &keyed.value, term)?;
        // Read once what is text in data, not at each comparison.
        let item = item.as_number().map_or(item, Item::Number);
        keyed.keys.borrow_mut().push(item.clone());
        Ok(item)
    }

    /// Undefined comes last in either direction. Fails with T2007 and T2008.
    fn order_of_keys(
        &mut self,
        left: &Item,
        right: &Item,
        descending: bool,
    ) -> Result<Ordering, Fault> {
        if left.is_undefined() || right.is_undefined() {
            return Ok(left.is_undefined().cmp(&right.is_undefined()));
        }
        let sortable = |item: &Item| item.as_number().is_some() || item.as_str().is_some();
        if !sortable(left) || !sortable(right) {
            let message = "the expressions within an order-by clause must evaluate to numeric or string values";
            return Err(Fault::new("T2008", message));
        }
        let Some(order) = binary::order(left, right, &mut self.meter)? else {
            let message = "type mismatch when comparing values in order-by clause";
            return Err(Fault::new("T2007", message));
        };
        let order = order.unwrap_or(Ordering::Equal);
        Ok(if descending { order.reverse() } else { order })
    }
}
