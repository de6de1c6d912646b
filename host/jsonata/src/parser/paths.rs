//! Paths, and what may stand behind their steps.

use sandstep_json::Value;

use super::Parser;
use crate::Fault;
use crate::functions::number_text::number_text;
use crate::tree::{Extras, Kind, Node, NodeId, Stage, Symbol, Term};

/// How tightly `@` and `#` bind the variable behind them.
const BINDING: u8 = 80;

impl Parser<'_> {
    pub(super) fn path(&mut self, steps: Vec<NodeId>, position: usize) -> Result<NodeId, Fault> {
        let children = steps.clone();
        let kind = Kind::Path {
            steps,
            keeps_singleton: false,
        };
        self.node(kind, position, &children)
    }

    /// `left.right`
    pub(super) fn step(&mut self, left: NodeId, position: usize) -> Result<NodeId, Fault> {
        let right = self.expression(super::operators::STEP)?;
        let path = self.as_path(left, position)?;
        if let Kind::Parent(slot) = self.get(left).kind {
            self.seeking.insert(path, vec![slot]);
        }
        let joint = self.steps(path).len() - 1;
        self.append_steps(path, right)?;
        self.finish_steps(path, joint);
        self.resolve_parents(path);
        Ok(path)
    }

    /// Gives the steps from `joint` on their final form.
    fn finish_steps(&mut self, path: NodeId, joint: usize) {
        let steps = self.steps(path);
        let first = steps[0];
        let joined = steps[joint..].to_vec();
        for step in &joined {
            self.check_step(*step);
        }
        let last = joined[joined.len() - 1];
        for end in [first, last] {
            if matches!(self.get(end).kind, Kind::Array(_)) {
                self.get_mut(end).is_constructor = true;
            }
        }
        let keeps = joined.iter().any(|step| self.get(*step).keeps_array);
        if let Kind::Path {
            keeps_singleton, ..
        } = &mut self.get_mut(path).kind
        {
            *keeps_singleton |= keeps;
        }
    }

    /// The node as a path, of which it becomes the first step if it is none.
    fn as_path(&mut self, node: NodeId, position: usize) -> Result<NodeId, Fault> {
        match self.get(node).kind {
            Kind::Path { .. } => Ok(node),
            _ => self.path(vec![node], position),
        }
    }

    fn append_steps(&mut self, path: NodeId, right: NodeId) -> Result<(), Fault> {
        let added = match &mut self.get_mut(right).kind {
            Kind::Path { steps, .. } => std::mem::take(steps),
            _ => {
                self.predicates_to_stages(right);
                vec![right]
            }
        };
        self.adopt(path, &added)?;
        self.steps_mut(path).extend(added);
        Ok(())
    }

    /// A predicate filters what each value of a step leads to, not all of them together.
    fn predicates_to_stages(&mut self, node: NodeId) {
        if let Some(extras) = &mut self.get_mut(node).extras {
            let predicates = std::mem::take(&mut extras.predicates);
            extras
                .stages
                .extend(predicates.into_iter().map(Stage::Filter));
        }
    }

    /// A string as a step is a field's name; other literals are no steps.
    fn check_step(&mut self, step: NodeId) {
        let node = self.get_mut(step);
        let shown = match &node.kind {
            Kind::Literal(Value::String(name)) => {
                node.kind = Kind::Name(name.clone());
                return;
            }
            Kind::Literal(value) => value.to_json(),
            Kind::Number(number) => number_text(*number),
            _ => return,
        };
        let position = node.position as usize;
        self.keep_back(not_a_step(&shown).at(position));
    }

    pub(super) fn steps(&self, path: NodeId) -> &[NodeId] {
        match &self.get(path).kind {
            Kind::Path { steps, .. } => steps,
            _ => &[],
        }
    }

    fn steps_mut(&mut self, path: NodeId) -> &mut Vec<NodeId> {
        match &mut self.get_mut(path).kind {
            Kind::Path { steps, .. } => steps,
            _ => unreachable!("called with paths only"),
        }
    }

    /// The last step of a path, or a node that is none itself.
    fn last_step(&self, node: NodeId) -> NodeId {
        self.steps(node).last().copied().unwrap_or(node)
    }

    /// `left[…]`
    pub(super) fn predicate(&mut self, left: NodeId, position: usize) -> Result<NodeId, Fault> {
        if self.token.kind.is("]") {
            self.keep_array(left);
            self.advance(false)?;
            return Ok(left);
        }
        let predicate = self.expression(0)?;
        self.expect_closing("]")?;
        self.add_predicate(left, predicate, position)?;
        Ok(left)
    }

    /// `left[]`
    fn keep_array(&mut self, node: NodeId) {
        let step = self.last_step(node);
        let is_single = self.steps(node).len() == 1 && !self.has_variable(step);
        let has_focus = self
            .extras_of(step)
            .is_some_and(|extras| extras.focus.is_some());
        if is_single
            && let Kind::Path {
                keeps_singleton, ..
            } = &mut self.get_mut(node).kind
        {
            *keeps_singleton = true;
        }
        if is_single || has_focus {
            self.get_mut(step).keeps_array = true;
        }
        self.get_mut(node).keeps_array = true;
    }

    fn extras_of(&self, node: NodeId) -> Option<&Extras> {
        self.get(node).extras.as_deref()
    }

    fn has_variable(&self, step: NodeId) -> bool {
        self.extras_of(step)
            .is_some_and(|extras| extras.focus.is_some() || extras.index.is_some())
    }

    fn add_predicate(
        &mut self,
        left: NodeId,
        predicate: NodeId,
        position: usize,
    ) -> Result<(), Fault> {
        let step = self.last_step(left);
        if self.get(step).group().is_some() {
            let message = "a predicate cannot follow a grouping expression in a step";
            self.keep_back(Fault::new("S0209", message).at(position));
        }
        self.adopt(left, &[predicate])?;
        self.resolve_parents_of_predicate(step, predicate);
        let is_path = step != left;
        let extras = self.get_mut(step).extras_mut();
        match is_path {
            true => extras.stages.push(Stage::Filter(predicate)),
            false => extras.predicates.push(predicate),
        }
        Ok(())
    }

    /// `left^(x, >y)`
    pub(super) fn sort(&mut self, left: NodeId, position: usize) -> Result<NodeId, Fault> {
        self.expect("(")?;
        let mut terms = vec![self.term()?];
        while self.take(",")? {
            terms.push(self.term()?);
        }
        self.expect(")")?;
        let path = self.as_path(left, position)?;
        let expressions: Vec<NodeId> = terms.iter().map(|term| term.expression).collect();
        let sort = self.node(Kind::Sort(terms), position, &expressions)?;
        for expression in expressions {
            self.inherit_seeking(sort, expression);
        }
        self.adopt(path, &[sort])?;
        self.steps_mut(path).push(sort);
        self.resolve_parents(path);
        Ok(path)
    }

    fn term(&mut self) -> Result<Term, Fault> {
        let descending = self.take(">")?;
        if !descending {
            self.take("<")?;
        }
        let expression = self.expression(0)?;
        Ok(Term {
            expression,
            descending,
        })
    }

    /// `left@$x`
    pub(super) fn focus(&mut self, left: NodeId, position: usize) -> Result<NodeId, Fault> {
        let symbol = self.variable_behind("@", position)?;
        let step = self.last_step(left);
        if let Some(fault) = focus_fault(self.get(step)) {
            self.keep_back(fault.at(position));
        }
        let node = self.get_mut(step);
        node.is_tuple = true;
        node.extras_mut().focus = Some(symbol);
        Ok(left)
    }

    /// `left#$i`
    pub(super) fn index(&mut self, left: NodeId, position: usize) -> Result<NodeId, Fault> {
        let symbol = self.variable_behind("#", position)?;
        let step = self.last_step(left);
        let path = self.as_path(left, position)?;
        self.predicates_to_stages(step);
        let node = self.get_mut(step);
        node.is_tuple = true;
        let extras = node.extras_mut();
        match extras.stages.is_empty() {
            true => extras.index = Some(symbol),
            false => extras.stages.push(Stage::Index(symbol)),
        }
        Ok(path)
    }

    fn variable_behind(&mut self, operator: &str, position: usize) -> Result<Symbol, Fault> {
        let right = self.expression(BINDING)?;
        self.bare_variable(right).ok_or_else(|| {
            let message =
                format!("the right side of {operator} must be a variable name (start with $)");
            Fault::new("S0214", message).at(position).of(operator)
        })
    }
}

fn not_a_step(shown: &str) -> Fault {
    let message =
        format!("the literal value {shown} cannot be used as a step within a path expression");
    Fault::new("S0213", message)
}

/// Why no variable may be bound to a step that already has this behind it.
fn focus_fault(step: &Node) -> Option<Fault> {
    if !step.predicates().is_empty() || !step.stages().is_empty() {
        let message = "a context variable binding must precede any predicates on a step";
        return Some(Fault::new("S0215", message));
    }
    if matches!(step.kind, Kind::Sort(_)) {
        let message = "a context variable binding must precede the 'order-by' clause on a step";
        return Some(Fault::new("S0216", message));
    }
    None
}
