//! Paths: each step goes on from what the one before it led to.

use std::rc::Rc;

use sandstep_json::Value;

use super::{Evaluator, navigate};
use crate::Fault;
use crate::frame::Scope;
use crate::item::{Item, Items, ListKind};
use crate::tree::{Kind, Node, NodeId, Stage};

/// Where a path has come to.
pub(super) enum Reached {
    Nothing,
    /// One value, from which the next step starts.
    One(Item),
    /// An array or a sequence, from each of whose items the next step starts.
    Each(Item),
}

impl Reached {
    fn item(self) -> Item {
        match self {
            Reached::Nothing => Item::Undefined,
            Reached::One(item) | Reached::Each(item) => item,
        }
    }

    /// All values that the next step starts from.
    fn sequence(self) -> Result<Item, Fault> {
        match self {
            Reached::One(item) if item.is_array() => Item::sequence(vec![item]),
            reached => Ok(reached.item()),
        }
    }

    /// The one result of a step. An array is flattened into the path's result, but for one that
    /// an array constructor made; as the result of the last step it stays what it is.
    fn of_one(item: Item, is_last: bool) -> Self {
        match item.items() {
            None => Reached::One(item),
            Some(_) if is_constructed(&item) => Reached::One(item),
            Some(items) if items.len() == 0 && (!is_last || item.is_sequence()) => Reached::Nothing,
            // Inside this path's sequence, another one no longer keeps its array.
            Some(items) if items.len() == 1 && item.is_sequence() => {
                Reached::One(items.get(0).unwrap_or_default())
            }
            Some(_) => Reached::Each(item),
        }
    }

    fn is_one_scalar(&self) -> bool {
        matches!(self, Reached::One(item) if !item.is_array())
    }

    fn keep_singleton(self) -> Result<Self, Fault> {
        Ok(match self {
            Reached::Nothing => Reached::Nothing,
            Reached::One(item) => Reached::Each(Item::list(vec![item], ListKind::KeptSequence)?),
            Reached::Each(Item::List(mut list)) if list.is_sequence() => {
                Rc::make_mut(&mut list).kind = ListKind::KeptSequence;
                Reached::Each(Item::List(list))
            }
            Reached::Each(item) => Reached::Each(item),
        })
    }
}

fn is_constructed(item: &Item) -> bool {
    matches!(item, Item::List(list) if list.kind == ListKind::Constructed)
}

impl<'e> Evaluator<'e> {
    pub(super) fn path(
        &mut self,
        node: &'e Node,
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let Kind::Path {
            steps,
            keeps_singleton,
        } = &node.kind
        else {
            return Ok(Item::Undefined);
        };
        let (first, plain) = (steps[0], plain_steps(self.tree, steps));
        let start = match self.tree.node(first).kind {
            Kind::Variable(_) | Kind::Context => Reached::One(input.clone()),
            _ if input.is_array() => Reached::Each(input.clone()),
            _ => Reached::One(input.clone()),
        };
        let mut reached = self.steps(&steps[..plain], start, scope, plain == steps.len())?;
        if plain < steps.len() && !matches!(reached, Reached::Nothing) {
            return self.tuple_path(node, &steps[plain..], reached.sequence()?, scope);
        }
        if *keeps_singleton || node.keeps_array && reached.is_one_scalar() {
            reached = reached.keep_singleton()?;
        }
        match node.group() {
            Some(group) => self.group(group, reached.item(), scope),
            None => Ok(reached.item()),
        }
    }

    /// Takes some steps from the beginning of a path.
    fn steps(
        &mut self,
        steps: &[NodeId],
        start: Reached,
        scope: &Scope,
        to_the_end: bool,
    ) -> Result<Reached, Fault> {
        let mut reached = start;
        for (index, step) in steps.iter().enumerate() {
            let is_last = to_the_end && index + 1 == steps.len();
            reached = self.step(*step, index == 0, reached, scope, is_last)?;
            if matches!(reached, Reached::Nothing) {
                break;
            }
        }
        Ok(reached)
    }

    fn step(
        &mut self,
        step: NodeId,
        is_first: bool,
        reached: Reached,
        scope: &Scope,
        is_last: bool,
    ) -> Result<Reached, Fault> {
        let node = self.tree.node(step);
        if is_first && node.is_constructor {
            let array = self.evaluate(step, &reached.item(), scope)?;
            return Ok(Reached::of_constructor(array));
        }
        if let Kind::Sort(terms) = &node.kind {
            let sorted = self.sort(node, terms, reached.sequence()?, scope)?;
            let kept = self.stages(node.stages(), sorted, scope)?;
            return Ok(Reached::of_one(kept, true));
        }
        match reached {
            Reached::Nothing => Ok(Reached::Nothing),
            Reached::One(item) => {
                let result = self.step_from(step, node, &item, scope)?;
                Ok(match result.is_undefined() {
                    true => Reached::Nothing,
                    false => Reached::of_one(result, is_last),
                })
            }
            Reached::Each(array) => self.step_from_each(step, node, &array, scope, is_last),
        }
    }

    fn step_from_each(
        &mut self,
        step: NodeId,
        node: &'e Node,
        array: &Item,
        scope: &Scope,
        is_last: bool,
    ) -> Result<Reached, Fault> {
        let mut gathered = Gathered::default();
        let items = match array.items() {
            Some(Items::Values(values)) => {
                let (step, node) = self.unwrapped(step, node);
                for value in values {
                    let result = match self.glance_from(node, value, scope)? {
                        Some(result) => result,
                        None => self.step_from(step, node, &Item::Value(value.clone()), scope)?,
                    };
                    gathered.add(result, self)?;
                }
                return gathered.finish(is_last);
            }
            Some(items) => items,
            None => return Ok(Reached::Nothing),
        };
        for item in items.iter() {
            let result = self.step_from(step, node, &item, scope)?;
            gathered.add(result, self)?;
        }
        gathered.finish(is_last)
    }

    /// A node without the brackets around it.
    fn unwrapped(&self, mut step: NodeId, mut node: &'e Node) -> (NodeId, &'e Node) {
        while let Kind::Block {
            parts,
            binds: false,
        } = &node.kind
            && node.is_plain
            && parts.len() == 1
        {
            step = parts[0];
            node = self.tree.node(step);
        }
        (step, node)
    }

    /// What a simple step leads to from a value, without taking that up.
    fn glance_from(
        &mut self,
        node: &Node,
        value: &Value,
        scope: &Scope,
    ) -> Result<Option<Item>, Fault> {
        self.meter.spend(1)?;
        if !node.is_plain {
            return Ok(None);
        }
        Ok(match (&node.kind, value) {
            (Kind::Binary { .. }, _) => self.glance_at_numbers(node, Some(value), scope),
            (Kind::Name(name), Value::Object(object)) => Some(object.get(name).cloned().into()),
            _ => None,
        })
    }

    /// What a step leads to from one value.
    fn step_from(
        &mut self,
        step: NodeId,
        node: &'e Node,
        item: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let result = match &node.kind {
            Kind::Name(name) if !node.keeps_array => {
                self.meter.spend(1)?;
                super::settled(navigate::lookup(item, name, &mut self.meter)?, false)
            }
            _ => self.evaluate(step, item, scope)?,
        };
        self.stages(node.stages(), result, scope)
    }

    fn stages(&mut self, stages: &[Stage], mut item: Item, scope: &Scope) -> Result<Item, Fault> {
        for stage in stages {
            if let Stage::Filter(predicate) = stage {
                item = self.filter(*predicate, item, scope)?;
            }
        }
        Ok(item)
    }
}

impl Reached {
    /// What a path's first step gives that constructs an array: that array's items.
    fn of_constructor(array: Item) -> Self {
        match array.items().map(Items::len) {
            None | Some(0) => Reached::Nothing,
            Some(_) => Reached::Each(array),
        }
    }
}

/// How many steps come before the first one that binds a variable.
fn plain_steps(tree: &crate::tree::Tree, steps: &[NodeId]) -> usize {
    let is_tuple = |step: &NodeId| tree.node(*step).is_tuple;
    steps.iter().position(is_tuple).unwrap_or(steps.len())
}

/// The results of a step, from several values, on their way into one sequence.
#[derive(Default)]
struct Gathered {
    /// The only one so far.
    first: Option<Item>,
    items: Vec<Item>,
    count: usize,
}

impl Gathered {
    fn add(&mut self, result: Item, evaluator: &mut Evaluator<'_>) -> Result<(), Fault> {
        if result.is_undefined() {
            return Ok(());
        }
        if let (Item::Number(_), true) = (&result, self.count > 1) {
            evaluator.meter.make_items(1)?;
            self.items.push(result);
            return Ok(());
        }
        self.count += 1;
        if self.count == 1 {
            self.first = Some(result);
            return Ok(());
        }
        if let Some(first) = self.first.take() {
            self.flatten(first, evaluator)?;
        }
        self.flatten(result, evaluator)
    }

    fn flatten(&mut self, result: Item, evaluator: &mut Evaluator<'_>) -> Result<(), Fault> {
        if is_constructed(&result) {
            evaluator.meter.make_items(1)?;
            self.items.push(result);
            return Ok(());
        }
        navigate::append(&mut self.items, result, &mut evaluator.meter)
    }

    fn finish(self, is_last: bool) -> Result<Reached, Fault> {
        match self.first {
            Some(only) => Ok(Reached::of_one(only, is_last)),
            None if self.items.is_empty() => Ok(Reached::Nothing),
            None => Ok(Reached::Each(Item::sequence(self.items)?)),
        }
    }
}
