//! `|pattern|update, delete|`: copies of a value with some of its objects changed.

use std::collections::HashMap;

use sandstep_json::{Array, Object, ObjectBuilder, Text, Value};

use super::{Evaluator, convert};
use crate::Fault;
use crate::frame::Scope;
use crate::function::Function;
use crate::item::{Item, Items};
use crate::tree::{Kind, NodeId};

impl Evaluator<'_> {
    pub(super) fn transform(&mut self, node: NodeId, scope: &Scope) -> Result<Item, Fault> {
        let scope = scope.clone();
        self.function(Function::Transform { node, scope })
    }

    /// Changes a copy of a value. Fails with T0410 where that is neither object nor array, and
    /// with T2011 and T2012.
    pub(super) fn run_transform(
        &mut self,
        node: NodeId,
        target: Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let Kind::Transform {
            pattern,
            update,
            delete,
        } = self.tree.node(node).kind
        else {
            return Ok(Item::Undefined);
        };
        if target.is_undefined() {
            return Ok(Item::Undefined);
        }
        if target.items().is_none() && target.members().is_none() {
            let message = "argument 1 of the function does not match its signature";
            return Err(Fault::new("T0410", message));
        }
        let copy = self.copy(target)?;
        let matches = self.evaluate(pattern, &Item::Value(copy.clone()), scope)?;
        let single = [matches];
        let matches = single[0].items().unwrap_or(Items::Items(&single));
        let mut changes = Changes::default();
        for item in matches.iter().filter(|item| !item.is_undefined()) {
            self.change(&item, update, delete, &mut changes, scope)?;
        }
        Item::checked(self.applied(&copy, &changes)?)
    }

    /// A copy that shares no object with any other value, so that each has a place of its own.
    pub(crate) fn copy(&mut self, item: Item) -> Result<Value, Fault> {
        match convert::to_value(item, &mut self.meter)? {
            Some(value) => self.deep_copy(&value),
            None => Ok(Value::Null),
        }
    }

    fn deep_copy(&mut self, value: &Value) -> Result<Value, Fault> {
        match value {
            Value::Array(array) => {
                self.meter.make_items(array.len())?;
                let copies: Result<Vec<Value>, Fault> =
                    array.iter().map(|value| self.deep_copy(value)).collect();
                Ok(Value::Array(Array::from(copies?)))
            }
            Value::Object(object) => {
                self.meter.make_items(2 * object.len())?;
                let mut copy = ObjectBuilder::with_capacity(object.len());
                for (key, value) in object {
                    convert::pay_for_child(key, value, &mut self.meter)?;
                    copy.insert(key, self.deep_copy(value)?);
                }
                Ok(Value::Object(copy.build()))
            }
            scalar => Ok(scalar.clone()),
        }
    }

    fn change(
        &mut self,
        item: &Item,
        update: NodeId,
        delete: Option<NodeId>,
        changes: &mut Changes,
        scope: &Scope,
    ) -> Result<(), Fault> {
        let current = match item {
            Item::Value(value) => Item::Value(self.applied(value, changes)?),
            item => item.clone(),
        };
        let updated = self.evaluate(update, &current, scope)?;
        let members = self.updated_members(updated, update)?;
        let target = item_object(item);
        if let Some(object) = target {
            changes.set(object, members);
        }
        let Some(delete) = delete else {
            return Ok(());
        };
        let current = match item {
            Item::Value(value) => Item::Value(self.applied(value, changes)?),
            item => item.clone(),
        };
        let deleted = self.evaluate(delete, &current, scope)?;
        let keys = deleted_keys(&deleted, self.tree.node(delete).position as usize)?;
        if let Some(object) = target {
            changes.remove(object, &keys);
        }
        Ok(())
    }

    /// Fails with T2011 where the update is no object.
    fn updated_members(
        &mut self,
        updated: Item,
        update: NodeId,
    ) -> Result<Vec<(Text, Value)>, Fault> {
        match convert::to_value(updated, &mut self.meter)? {
            None => Ok(Vec::new()),
            Some(Value::Object(object)) => {
                self.meter.make_items(2 * object.len())?;
                let members = object.iter();
                Ok(members
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect())
            }
            Some(_) => {
                let message = "the insert/update clause of the transform expression must evaluate to an object";
                let position = self.tree.node(update).position as usize;
                Err(Fault::new("T2011", message).at(position))
            }
        }
    }

    /// A value of the copy with the changes made so far.
    fn applied(&mut self, value: &Value, changes: &Changes) -> Result<Value, Fault> {
        if changes.objects.is_empty() {
            return Ok(value.clone());
        }
        match value {
            Value::Array(array) => {
                self.meter.make_items(array.len())?;
                let values: Result<Vec<Value>, Fault> = array
                    .iter()
                    .map(|value| self.applied(value, changes))
                    .collect();
                Ok(Value::Array(Array::from(values?)))
            }
            Value::Object(object) => self.applied_object(object, changes),
            scalar => Ok(scalar.clone()),
        }
    }

    fn applied_object(&mut self, object: &Object, changes: &Changes) -> Result<Value, Fault> {
        self.meter.make_items(2 * object.len())?;
        let mut copy = ObjectBuilder::with_capacity(object.len());
        match changes.objects.get(&object.address()) {
            None => {
                for (key, value) in object {
                    convert::pay_for_child(key, value, &mut self.meter)?;
                    copy.insert(key, self.applied(value, changes)?);
                }
            }
            Some(members) => {
                for (key, member) in members {
                    copy.insert(
                        key,
                        match member {
                            Member::Old(value) => self.applied(value, changes)?,
                            Member::New(value) => value.clone(),
                        },
                    );
                }
            }
        }
        Ok(Value::Object(copy.build()))
    }
}

fn item_object(item: &Item) -> Option<&Object> {
    match item {
        Item::Value(Value::Object(object)) => Some(object),
        _ => None,
    }
}

/// Fails with T2012 where they are not strings.
fn deleted_keys(deleted: &Item, position: usize) -> Result<Vec<Text>, Fault> {
    if deleted.is_undefined() {
        return Ok(Vec::new());
    }
    let single = [deleted.clone()];
    let items = deleted.items().unwrap_or(Items::Items(&single));
    let keys: Option<Vec<Text>> = items
        .iter()
        .map(|item| item.as_str().map(Text::from))
        .collect();
    keys.ok_or_else(|| {
        let message = "the delete clause of the transform expression must evaluate to a string \
                       or array of strings";
        Fault::new("T2012", message).at(position)
    })
}

/// What has become of the copy's objects, by where they are.
#[derive(Default)]
struct Changes {
    objects: HashMap<usize, Vec<(Text, Member)>>,
}

/// A member of a changed object.
enum Member {
    /// As it was copied; changes inside still count.
    Old(Value),
    /// As an update gave it.
    New(Value),
}

impl Changes {
    fn members(&mut self, object: &Object) -> &mut Vec<(Text, Member)> {
        self.objects.entry(object.address()).or_insert_with(|| {
            let members = object.iter();
            members
                .map(|(key, value)| (key.clone(), Member::Old(value.clone())))
                .collect()
        })
    }

    fn set(&mut self, object: &Object, updates: Vec<(Text, Value)>) {
        let members = self.members(object);
        for (key, value) in updates {
            match members.iter_mut().find(|(name, _)| *name == key) {
                Some(member) => member.1 = Member::New(value),
                None => members.push((key, Member::New(value))),
            }
        }
    }

    fn remove(&mut self, object: &Object, keys: &[Text]) {
        self.members(object)
            .retain(|(name, _)| !keys.contains(name));
    }
}
