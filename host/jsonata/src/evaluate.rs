//! Evaluates syntax trees.

mod apply;
mod binary;
mod construct;
pub(crate) mod convert;
mod equality;
mod filter;
mod glance;
mod made;
mod matching;
pub(crate) mod navigate;
mod path;
mod sort;
mod transform;
mod truth;
pub(crate) mod tuples;

use std::rc::Rc;

use sandstep_json::Value;
use smallvec::SmallVec;

pub(crate) use apply::NO_CONTEXT;
pub(crate) use binary::compare_texts;
pub(crate) use equality::deep_equal;
pub(crate) use matching::captures;
pub(crate) use sort::merge_sort;
pub(crate) use truth::truth;

use crate::frame::{self, Bindings, Frame, Scope};
use crate::function::Function;
use crate::item::{Item, List, ListKind};
use crate::limits::Meter;
use crate::tree::{Extras, Kind, Node, NodeId, SlotId, Symbol, Tree};
use crate::{Fault, Limits, Surroundings};

/// One evaluation of an expression.
pub(crate) struct Evaluator<'e> {
    pub(crate) tree: &'e Tree,
    pub(crate) surroundings: &'e dyn Surroundings,
    pub(crate) meter: Meter,
    /// The input document, which `$$` stands for.
    root: Item,
    /// The variables from outside that were asked for, by their symbols.
    outer: SmallVec<[Option<Item>; 4]>,
    /// Frames that hold functions which see these frames: cycles to be broken in the end.
    watched: Vec<Rc<Frame>>,
}

impl<'e> Evaluator<'e> {
    pub(crate) fn new(tree: &'e Tree, surroundings: &'e dyn Surroundings, limits: &Limits) -> Self {
        Self {
            tree,
            surroundings,
            meter: Meter::new(limits),
            root: Item::Undefined,
            outer: SmallVec::new(),
            watched: Vec::new(),
        }
    }

    /// Evaluates the whole tree.
    pub(crate) fn run(
        &mut self,
        input: Option<&Value>,
        limits: &Limits,
    ) -> Result<Option<Value>, Fault> {
        self.root = match input {
            Some(input) => Item::received(input.clone())?,
            None => Item::Undefined,
        };
        let context = match &self.root {
            Item::Value(Value::Array(_)) => Item::list(vec![self.root.clone()], ListKind::Input)?,
            root => root.clone(),
        };
        let scope = self.tree.binds.then(|| Frame::new(Bindings::new(), None));
        let item = self.evaluate(self.tree.root, &context, &scope)?;
        let value = convert::to_value(item, &mut self.meter)?;
        check_size(value, limits)
    }

    /// Evaluates a node.
    pub(crate) fn evaluate(
        &mut self,
        id: NodeId,
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        self.meter.spend(1)?;
        let node = self.tree.node(id);
        if node.is_plain {
            match &node.kind {
                Kind::Variable(symbol) => {
                    return Ok(settled(self.variable(*symbol, scope)?, false));
                }
                // Brackets alone are no level of their own.
                Kind::Block {
                    parts,
                    binds: false,
                } if parts.len() == 1 => {
                    return self.evaluate(parts[0], input, scope);
                }
                Kind::Binary { .. } => {
                    if let Some(item) = self.glance_at_numbers(node, input.as_value(), scope) {
                        return Ok(item);
                    }
                }
                _ => {
                    if let Some(item) = self.glance(id, input.as_value(), scope).item() {
                        return Ok(item);
                    }
                    if let Some(item) = self.follow_variable(id, scope) {
                        return Ok(item);
                    }
                }
            }
        }
        self.meter.enter()?;
        let item = crate::stack::with_room(|| self.evaluate_node(id, node, input, scope))?;
        self.meter.leave();
        Ok(item)
    }

    fn evaluate_node(
        &mut self,
        id: NodeId,
        node: &'e Node,
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let mut item = self.evaluate_kind(id, node, input, scope)?;
        if let Some(extras) = &node.extras {
            item = self.evaluate_extras(node, extras, item, scope)?;
        }
        Ok(settled(item, node.keeps_array))
    }

    #[inline(never)]
    fn evaluate_extras(
        &mut self,
        node: &Node,
        extras: &'e Extras,
        mut item: Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        for predicate in &extras.predicates {
            item = self.filter(*predicate, item, scope)?;
        }
        match &extras.group {
            Some(group) if !matches!(node.kind, Kind::Path { .. }) => {
                self.group(group, item, scope)
            }
            _ => Ok(item),
        }
    }

    fn evaluate_kind(
        &mut self,
        id: NodeId,
        node: &'e Node,
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        match &node.kind {
            Kind::Path { .. } => self.path(node, input, scope),
            Kind::Name(name) => navigate::lookup(input, name, &mut self.meter),
            Kind::Literal(value) => Ok(Item::Value(value.clone())),
            Kind::Number(number) => Ok(Item::Number(*number)),
            Kind::Wildcard => navigate::wildcard(input, &mut self.meter),
            Kind::Descendants => navigate::descendants(input, &mut self.meter),
            Kind::Parent(slot) => Ok(self.ancestor(*slot, scope)),
            Kind::Context => Ok(navigate::context(input)),
            Kind::Variable(symbol) => self.variable(*symbol, scope),
            Kind::Binary { .. } => self.binary(node, input, scope),
            Kind::Negation(operand) => self.negation(node, *operand, input, scope),
            Kind::Array(items) => self.array(node, items, input, scope),
            Kind::Object(group) => self.group(group, input.clone(), scope),
            Kind::Block { parts, binds } => self.block(parts, *binds, input, scope),
            Kind::Condition { .. } => self.condition(node, input, scope),
            Kind::Bind { symbol, value } => self.bind(*symbol, *value, input, scope),
            Kind::Call(call) => self.call(node, call, None, input, scope),
            Kind::Partial { .. } => self.partial(node, input, scope),
            Kind::Lambda(_) => self.lambda(id, input, scope),
            Kind::Apply { left, right } => self.application(node, *left, *right, input, scope),
            Kind::Sort(terms) => self.sort(node, terms, input.clone(), scope),
            Kind::Transform { .. } => self.transform(id, scope),
            Kind::Regex(regex) => Ok(Function::regex(regex)),
            Kind::Placeholder | Kind::Missing => Ok(Item::Undefined),
        }
    }

    fn ancestor(&self, slot: SlotId, scope: &Scope) -> Item {
        let label = self.tree.slots[slot.0 as usize].label;
        frame::lookup(scope, label).unwrap_or_default()
    }

    /// The value of a variable: of the expression's own, from outside, or a built-in function.
    /// Fails with D1011 where it comes from outside and is nested too deep.
    pub(crate) fn variable(&mut self, symbol: Symbol, scope: &Scope) -> Result<Item, Fault> {
        match frame::lookup(scope, symbol) {
            Some(item) => Ok(item),
            None => self.outer_variable(symbol),
        }
    }

    fn outer_variable(&mut self, symbol: Symbol) -> Result<Item, Fault> {
        let place = symbol.0 as usize;
        if self.outer.len() <= place {
            self.outer.resize(self.tree.symbols.len(), None);
        }
        if let Some(item) = &self.outer[place] {
            return Ok(item.clone());
        }
        let item = self.fetch(symbol)?;
        self.outer[place] = Some(item.clone());
        Ok(item)
    }

    fn fetch(&self, symbol: Symbol) -> Result<Item, Fault> {
        let entry = self.tree.symbol(symbol);
        if entry.name == *"$" {
            return Ok(self.root.clone());
        }
        match (self.surroundings.variable(&entry.name), entry.builtin) {
            (Some(value), _) => Item::received(value),
            (None, Some(builtin)) => Ok(Item::Builtin(builtin)),
            (None, None) => Ok(Item::Undefined),
        }
    }

    fn block(
        &mut self,
        parts: &[NodeId],
        binds: bool,
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let own = binds.then(|| Some(Frame::new(Bindings::new(), scope.clone())));
        let scope = own.as_ref().unwrap_or(scope);
        let mut item = Item::Undefined;
        for part in parts {
            item = self.evaluate(*part, input, scope)?;
        }
        Ok(item)
    }

    fn condition(&mut self, node: &'e Node, input: &Item, scope: &Scope) -> Result<Item, Fault> {
        match self.chosen(node, input, scope)? {
            Some(branch) => self.evaluate(branch, input, scope),
            None => Ok(Item::Undefined),
        }
    }

    /// The branch of a condition that counts.
    fn chosen(
        &mut self,
        node: &'e Node,
        input: &Item,
        scope: &Scope,
    ) -> Result<Option<NodeId>, Fault> {
        let Kind::Condition {
            condition,
            then,
            otherwise,
        } = &node.kind
        else {
            return Ok(None);
        };
        let condition = self.evaluate(*condition, input, scope)?;
        match truth(&condition, &mut self.meter)? {
            true => Ok(Some(*then)),
            false => Ok(*otherwise),
        }
    }

    fn bind(
        &mut self,
        symbol: Symbol,
        value: NodeId,
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let item = self.evaluate(value, input, scope)?;
        let frame = scope
            .as_ref()
            .expect("where something is bound, there is a frame");
        if item.holds_function() && !frame.is_watched.replace(true) {
            self.watched.push(Rc::clone(frame));
        }
        frame.bind(symbol, item.clone());
        Ok(item)
    }
}

impl Drop for Evaluator<'_> {
    fn drop(&mut self) {
        for frame in &self.watched {
            frame.clear();
        }
    }
}

/// What a part of an expression results in: an empty sequence is no value, and one of a single
/// item is that item unless its array is to be kept.
pub(crate) fn settled(item: Item, keeps_array: bool) -> Item {
    match item {
        Item::List(list) if list.is_sequence() => settled_sequence(list, keeps_array),
        item => item,
    }
}

fn settled_sequence(mut list: Rc<List>, keeps_array: bool) -> Item {
    if list.items.is_empty() {
        return Item::Undefined;
    }
    if keeps_array && list.kind != ListKind::KeptSequence {
        Rc::make_mut(&mut list).kind = ListKind::KeptSequence;
    }
    if list.items.len() > 1 || list.kind == ListKind::KeptSequence {
        return Item::List(list);
    }
    match Rc::try_unwrap(list) {
        Ok(list) => list.items.into_iter().next().unwrap_or_default(),
        Err(list) => list.items[0].clone(),
    }
}

fn check_size(value: Option<Value>, limits: &Limits) -> Result<Option<Value>, Fault> {
    let length = value.as_ref().map_or(0, Value::json_len);
    if length > limits.result {
        let message = format!(
            "the result is {length} bytes of JSON, more than the {} that are allowed",
            limits.result
        );
        return Err(Fault::new("D1015", message));
    }
    Ok(value)
}
