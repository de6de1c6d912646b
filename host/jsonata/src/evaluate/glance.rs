//! A look at what simple parts of an expression stand for, without taking it up.
//!
//! Most operands are numbers, strings, and members of the context or of a variable. Reading them
//! where they stand saves the counting of references and the moving about of items, which is most of
//! what an arithmetic operator would cost.

use sandstep_json::{Text, Value};

use super::Evaluator;
use crate::frame::Scope;
use crate::item::Item;
use crate::tree::{Kind, NodeId};

/// What a part of an expression stands for.
pub(super) enum Glance<'a> {
    /// Only evaluating it can tell.
    Unknown,
    Undefined,
    Number(f64),
    Value(&'a Value),
}

impl Glance<'_> {
    #[inline]
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Glance::Number(number) => Some(*number),
            Glance::Value(Value::Number(number)) => Some(number.as_f64()),
            _ => None,
        }
    }

    /// The item, as evaluating the part gives it; `None` where it is not known.
    #[inline]
    pub(super) fn item(&self) -> Option<Item> {
        match self {
            Glance::Unknown => None,
            Glance::Undefined => Some(Item::Undefined),
            Glance::Number(number) => Some(Item::Number(*number)),
            Glance::Value(value) => Some(Item::Value((*value).clone())),
        }
    }
}

impl<'e> Evaluator<'e> {
    /// Looks at a node. `input` is the context, where that is data.
    #[inline]
    pub(super) fn glance<'a>(
        &'a self,
        id: NodeId,
        input: Option<&'a Value>,
        scope: &Scope,
    ) -> Glance<'a> {
        let node = self.tree.node(id);
        match &node.kind {
            Kind::Number(number) if node.is_plain => Glance::Number(*number),
            Kind::Literal(value) if node.is_plain => Glance::Value(value),
            Kind::Path { steps, .. } if node.is_plain => self.glance_along(steps, input, scope),
            _ => Glance::Unknown,
        }
    }

    /// Follows a path of nothing but names through objects.
    fn glance_along<'a>(
        &'a self,
        steps: &[NodeId],
        input: Option<&'a Value>,
        scope: &Scope,
    ) -> Glance<'a> {
        let (value, names) = match &self.tree.node(steps[0]).kind {
            Kind::Name(_) => match input {
                Some(value) => (value, steps),
                None => return Glance::Unknown,
            },
            Kind::Variable(symbol) if scope.is_none() => match self.outer.get(symbol.0 as usize) {
                Some(Some(Item::Value(value))) => (value, &steps[1..]),
                _ => return Glance::Unknown,
            },
            _ => return Glance::Unknown,
        };
        self.members_along(value, names)
    }

    /// Follows names through objects; an array on the way needs more than that.
    #[inline]
    fn members_along<'a>(&self, mut value: &'a Value, names: &[NodeId]) -> Glance<'a> {
        for step in names {
            value = match value {
                Value::Object(object) => match object.get(self.step_name(*step)) {
                    Some(value) => value,
                    None => return Glance::Undefined,
                },
                Value::Array(_) => return Glance::Unknown,
                _ => return Glance::Undefined,
            };
        }
        Glance::Value(value)
    }

    /// The value of a plain path that begins with a variable; `None` where that takes more than
    /// following names.
    pub(super) fn follow_variable(&mut self, id: NodeId, scope: &Scope) -> Option<Item> {
        let Kind::Path { steps, .. } = &self.tree.node(id).kind else {
            return None;
        };
        let Kind::Variable(symbol) = self.tree.node(steps[0]).kind else {
            return None;
        };
        match self.variable(symbol, scope) {
            Ok(Item::Value(value)) => self.members_along(&value, &steps[1..]).item(),
            _ => None,
        }
    }

    fn step_name(&self, step: NodeId) -> &'e Text {
        match &self.tree.node(step).kind {
            Kind::Name(name) => name,
            _ => unreachable!("the steps of a plain path are names"),
        }
    }
}
