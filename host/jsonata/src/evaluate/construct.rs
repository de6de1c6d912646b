//! Arrays and objects that an expression constructs.

use std::collections::HashMap;
use std::rc::Rc;

use sandstep_json::{Text, Value};
use smallvec::SmallVec;

use super::{Evaluator, convert, navigate, tuples};
use crate::Fault;
use crate::frame::Scope;
use crate::item::{Item, Items, ListKind};
use crate::tree::{Group, Kind, Node, NodeId};
use crate::tuple::Tuple;

impl<'e> Evaluator<'e> {
    /// `[x, y]`: what is itself written in brackets becomes an item, other arrays' items are joined.
    pub(super) fn array(
        &mut self,
        node: &'e Node,
        parts: &[NodeId],
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let mut items = Vec::with_capacity(parts.len());
        for part in parts {
            let item = self.evaluate(*part, input, scope)?;
            if matches!(self.tree.node(*part).kind, Kind::Array(_)) && !item.is_undefined() {
                self.meter.make_items(1)?;
                items.push(item);
            } else {
                navigate::append(&mut items, item, &mut self.meter)?;
            }
        }
        let kind = match node.is_constructor {
            true => ListKind::Constructed,
            false => ListKind::Array,
        };
        Item::list(items, kind)
    }

    /// `{k: v}`: gathers the items of the input by the keys that they give, and evaluates for each
    /// key its value over those items.
    pub(super) fn group(
        &mut self,
        group: &Group,
        input: Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        if let Item::Tuples(tuples) = &input {
            return self.group_tuples(group, tuples, scope);
        }
        if !input.is_array() {
            return self.object_of_one(group, &input, scope);
        }
        let mut groups = Groups::default();
        let single = [input];
        let nothing = [Item::Undefined];
        let items = single[0].items().filter(|items| items.len() > 0);
        let items = items.unwrap_or(Items::Items(&nothing));
        for item in items.iter() {
            for (place, (key, _)) in group.pairs.iter().enumerate() {
                if let Some(key) = self.key(*key, &item, scope, group)? {
                    groups.add(key, place, group, || item.clone(), self)?;
                }
            }
        }
        self.values(group, groups, |evaluator, value, items| {
            let context = joined(items, evaluator)?;
            evaluator.evaluate(value, &context, scope)
        })
    }

    /// An object over one item: first all keys are evaluated, then the values.
    fn object_of_one(&mut self, group: &Group, input: &Item, scope: &Scope) -> Result<Item, Fault> {
        let mut keys: SmallVec<[(Text, NodeId); 4]> = SmallVec::new();
        for (key, value) in &group.pairs {
            if let Some(key) = self.key(*key, input, scope, group)? {
                self.meter.spend(1 + keys.len() / FEW)?;
                if keys.iter().any(|(known, _)| *known == key) {
                    return Err(same_key(&key, group));
                }
                keys.push((key, *value));
            }
        }
        let mut members = Vec::with_capacity(keys.len());
        for (key, value) in keys {
            let value = self.evaluate(value, input, scope)?;
            if !value.is_undefined() {
                members.push((key, value));
            }
        }
        convert::object(members, &mut self.meter)
    }

    fn group_tuples(
        &mut self,
        group: &Group,
        tuples: &Rc<Vec<Tuple>>,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let mut groups = Groups::default();
        for tuple in tuples.iter() {
            let own = tuples::scope_of(tuple, scope);
            for (place, (key, _)) in group.pairs.iter().enumerate() {
                if let Some(key) = self.key(*key, &tuple.context, &own, group)? {
                    groups.add(key, place, group, || tuple.clone(), self)?;
                }
            }
        }
        self.values(group, groups, |evaluator, value, tuples| {
            let tuple = tuples::reduce(tuples, &mut evaluator.meter)?;
            let own = tuples::scope_of(&tuple, scope);
            evaluator.evaluate(value, &tuple.context, &own)
        })
    }

    /// The key that an item gives; `None` where that is undefined. Fails with T1003.
    fn key(
        &mut self,
        node: NodeId,
        item: &Item,
        scope: &Scope,
        group: &Group,
    ) -> Result<Option<Text>, Fault> {
        match self.evaluate(node, item, scope)? {
            Item::Undefined => Ok(None),
            Item::Value(Value::String(key)) => Ok(Some(key)),
            _ => {
                let message = "a key in an object structure must evaluate to a string";
                Err(Fault::new("T1003", message).at(group.position as usize))
            }
        }
    }

    fn values<T>(
        &mut self,
        group: &Group,
        groups: Groups<T>,
        mut evaluate: impl FnMut(&mut Self, NodeId, Vec<T>) -> Result<Item, Fault>,
    ) -> Result<Item, Fault> {
        let mut members = Vec::with_capacity(groups.list.len());
        for (key, place, items) in groups.list {
            let value = evaluate(self, group.pairs[place].1, items)?;
            if !value.is_undefined() {
                members.push((key, value));
            }
        }
        convert::object(members, &mut self.meter)
    }
}

#[cold]
fn same_key(key: &str, group: &Group) -> Fault {
    let message = format!("multiple key definitions evaluate to same key: {key:?}");
    Fault::new("D1009", message).at(group.position as usize)
}

/// What one key stands over: an item as it is, or several joined.
fn joined(mut items: Vec<Item>, evaluator: &mut Evaluator<'_>) -> Result<Item, Fault> {
    if items.len() == 1 {
        return Ok(items.pop().unwrap_or_default());
    }
    let mut joined = Vec::with_capacity(items.len());
    for item in items {
        navigate::append(&mut joined, item, &mut evaluator.meter)?;
    }
    Item::array(joined)
}

/// Items by key, in the order in which the keys came up.
struct Groups<T> {
    /// A key, the place of the pair that it came from, and the items.
    list: Vec<(Text, usize, Vec<T>)>,
    /// Where each key is in the list, once there are many.
    places: HashMap<Text, usize>,
}

impl<T> Default for Groups<T> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            places: HashMap::new(),
        }
    }
}

/// Up to so many keys are looked through one by one.
const FEW: usize = 8;

impl<T> Groups<T> {
    /// Fails with D1009 where two pairs give the same key.
    fn add(
        &mut self,
        key: Text,
        pair: usize,
        group: &Group,
        item: impl FnOnce() -> T,
        evaluator: &mut Evaluator<'_>,
    ) -> Result<(), Fault> {
        evaluator.meter.make_items(1)?;
        let Some(place) = self.place(&key) else {
            self.list.push((key, pair, vec![item()]));
            self.index();
            return Ok(());
        };
        let (key, known_pair, items) = &mut self.list[place];
        if *known_pair != pair {
            return Err(same_key(key, group));
        }
        items.push(item());
        Ok(())
    }

    fn place(&self, key: &Text) -> Option<usize> {
        match self.list.len() {
            ..=FEW => self.list.iter().position(|(known, ..)| known == key),
            _ => self.places.get(key).copied(),
        }
    }

    /// Notes where the newest key is; all keys, once there are many of them.
    fn index(&mut self) {
        if self.list.len() <= FEW {
            return;
        }
        for (place, (key, ..)) in self.list.iter().enumerate().skip(self.places.len()) {
            self.places.insert(key.clone(), place);
        }
    }
}
