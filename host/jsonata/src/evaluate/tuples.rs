//! Paths whose steps bind variables: `@$x`, `#$i` and `%`.

use std::rc::Rc;

use super::{Evaluator, navigate};
use crate::Fault;
use crate::frame::{self, Bindings, Frame, Scope};
use crate::item::{Item, Items, ListKind};
use crate::limits::Meter;
use crate::tree::{Extras, Kind, Node, NodeId, Stage};
use crate::tuple::Tuple;

/// What a tuple takes up, in items.
const TUPLE_SIZE: usize = 6;

/// The variables that a tuple's value is evaluated with.
pub(super) fn scope_of(tuple: &Tuple, scope: &Scope) -> Scope {
    match tuple.bindings.is_empty() {
        true => scope.clone(),
        false => Some(Frame::new(tuple.bindings.clone(), scope.clone())),
    }
}

/// One tuple of several: of each variable, the values of all.
pub(super) fn reduce(tuples: Vec<Tuple>, meter: &mut Meter) -> Result<Tuple, Fault> {
    let mut tuples = tuples.into_iter();
    let mut whole = tuples.next().unwrap_or_else(|| Tuple::of(Item::Undefined));
    for tuple in tuples {
        whole.context = joined(std::mem::take(&mut whole.context), tuple.context, meter)?;
        for (symbol, item) in tuple.bindings {
            match whole.bindings.iter_mut().find(|(name, _)| *name == symbol) {
                Some(binding) => binding.1 = joined(std::mem::take(&mut binding.1), item, meter)?,
                None => whole.bindings.push((symbol, item)),
            }
        }
    }
    Ok(whole)
}

/// As `$append` joins two values.
pub(crate) fn joined(left: Item, right: Item, meter: &mut Meter) -> Result<Item, Fault> {
    if left.is_undefined() || right.is_undefined() {
        return Ok(if left.is_undefined() { right } else { left });
    }
    let mut items = Vec::new();
    navigate::append(&mut items, left, meter)?;
    navigate::append(&mut items, right, meter)?;
    Item::array(items)
}

impl<'e> Evaluator<'e> {
    /// Goes on along a path from its first step that binds a variable.
    pub(super) fn tuple_path(
        &mut self,
        node: &'e Node,
        steps: &[NodeId],
        input: Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let mut reached = Stream::Values(input);
        for step in steps {
            reached = Stream::Tuples(self.tuple_step(*step, reached, scope)?);
        }
        let Stream::Tuples(tuples) = reached else {
            return Ok(Item::Undefined);
        };
        if let Some(group) = node.group() {
            return self.group(group, Item::Tuples(Rc::new(tuples)), scope);
        }
        if node.is_tuple {
            return Ok(Item::Tuples(Rc::new(tuples)));
        }
        let Kind::Path {
            keeps_singleton, ..
        } = &node.kind
        else {
            return Ok(Item::Undefined);
        };
        self.meter.make_items(tuples.len())?;
        let values = tuples.into_iter().map(|tuple| tuple.context).collect();
        let kind = match keeps_singleton {
            true => ListKind::KeptSequence,
            false => ListKind::Sequence,
        };
        Item::list(values, kind)
    }

    fn tuple_step(
        &mut self,
        step: NodeId,
        reached: Stream,
        scope: &Scope,
    ) -> Result<Vec<Tuple>, Fault> {
        let node = self.tree.node(step);
        let mut tuples = match &node.kind {
            Kind::Sort(terms) => self.sorted_tuples(node, terms, reached, scope)?,
            _ => self.step_of_each(step, node, reached, scope)?,
        };
        for stage in node.stages() {
            tuples = self.tuple_stage(*stage, tuples, scope)?;
        }
        Ok(tuples)
    }

    fn sorted_tuples(
        &mut self,
        node: &'e Node,
        terms: &'e [crate::tree::Term],
        reached: Stream,
        scope: &Scope,
    ) -> Result<Vec<Tuple>, Fault> {
        match reached {
            Stream::Tuples(tuples) => self.sort_tuples(node, terms, tuples, scope),
            Stream::Values(values) => {
                let sorted = self.sort(node, terms, values, scope)?;
                let mut tuples = Stream::Values(sorted).tuples(&mut self.meter)?;
                if let Some(index) = node.extras.as_ref().and_then(|extras| extras.index) {
                    for (place, tuple) in tuples.iter_mut().enumerate() {
                        frame::bind(&mut tuple.bindings, index, Item::Number(place as f64));
                    }
                }
                Ok(tuples)
            }
        }
    }

    fn step_of_each(
        &mut self,
        step: NodeId,
        node: &'e Node,
        reached: Stream,
        scope: &Scope,
    ) -> Result<Vec<Tuple>, Fault> {
        let mut found = Vec::new();
        for tuple in reached.tuples(&mut self.meter)? {
            let own = scope_of(&tuple, scope);
            let result = self.evaluate(step, &tuple.context, &own)?;
            self.extend_tuple(&tuple, result, node.extras.as_deref(), &mut found)?;
        }
        Ok(found)
    }

    /// A tuple for each value that a step leads to from one tuple.
    fn extend_tuple(
        &mut self,
        tuple: &Tuple,
        result: Item,
        extras: Option<&'e Extras>,
        found: &mut Vec<Tuple>,
    ) -> Result<(), Fault> {
        if let Item::Tuples(inner) = &result {
            self.meter.make_items(TUPLE_SIZE * inner.len())?;
            found.extend(inner.iter().map(|inner| merged(tuple, inner)));
            return Ok(());
        }
        if result.is_undefined() {
            return Ok(());
        }
        let single = [result];
        let values = single[0].items().unwrap_or(Items::Items(&single));
        self.meter.make_items(TUPLE_SIZE * values.len())?;
        for (place, value) in values.iter().enumerate() {
            found.push(self.tuple_of(tuple, value, place, extras));
        }
        Ok(())
    }

    fn tuple_of(
        &self,
        from: &Tuple,
        value: Item,
        place: usize,
        extras: Option<&'e Extras>,
    ) -> Tuple {
        let mut tuple = from.clone();
        let Some(extras) = extras else {
            tuple.context = value;
            return tuple;
        };
        match extras.focus {
            Some(symbol) => frame::bind(&mut tuple.bindings, symbol, value),
            None => tuple.context = value,
        }
        if let Some(symbol) = extras.index {
            frame::bind(&mut tuple.bindings, symbol, Item::Number(place as f64));
        }
        if let Some(slot) = extras.ancestor {
            let label = self.tree.slots[slot.0 as usize].label;
            frame::bind(&mut tuple.bindings, label, from.context.clone());
        }
        tuple
    }

    fn tuple_stage(
        &mut self,
        stage: Stage,
        mut tuples: Vec<Tuple>,
        scope: &Scope,
    ) -> Result<Vec<Tuple>, Fault> {
        match stage {
            Stage::Filter(predicate) => {
                let stream = Item::Tuples(Rc::new(tuples));
                let kept = self.filter(predicate, stream, scope)?;
                Stream::Values(kept).tuples(&mut self.meter)
            }
            Stage::Index(symbol) => {
                for (place, tuple) in tuples.iter_mut().enumerate() {
                    frame::bind(&mut tuple.bindings, symbol, Item::Number(place as f64));
                }
                Ok(tuples)
            }
        }
    }
}

/// An inner path's tuple, with what the outer path has bound so far.
fn merged(outer: &Tuple, inner: &Tuple) -> Tuple {
    let mut bindings: Bindings = outer.bindings.clone();
    for (symbol, item) in &inner.bindings {
        frame::bind(&mut bindings, *symbol, item.clone());
    }
    Tuple {
        context: inner.context.clone(),
        bindings,
    }
}

/// What a step starts from.
enum Stream {
    /// No step has bound a variable yet.
    Values(Item),
    Tuples(Vec<Tuple>),
}

impl Stream {
    fn tuples(self, meter: &mut Meter) -> Result<Vec<Tuple>, Fault> {
        let item = match self {
            Stream::Tuples(tuples) => return Ok(tuples),
            Stream::Values(Item::Tuples(tuples)) => return Ok(Rc::unwrap_or_clone(tuples)),
            Stream::Values(item) => item,
        };
        let single = [item];
        let values = single[0].items().unwrap_or(Items::Items(&single));
        meter.make_items(TUPLE_SIZE * values.len())?;
        Ok(values.iter().map(Tuple::of).collect())
    }
}
