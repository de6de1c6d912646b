//! What stands in brackets: blocks, arrays, objects, calls and functions.

use super::Parser;
use crate::Fault;
use crate::lexer::TokenKind;
use crate::signature::Signature;
use crate::tree::{Call, Group, Kind, Lambda, NodeId, Operator, Symbol};

impl Parser<'_> {
    /// `(x; y)`
    pub(super) fn block(&mut self, position: usize) -> Result<NodeId, Fault> {
        self.binds.push(false);
        let mut parts = Vec::new();
        while !self.token.kind.is(")") {
            parts.push(self.expression(0)?);
            if !self.take(";")? {
                break;
            }
        }
        self.expect_closing(")")?;
        let binds = self.binds.pop().expect("was pushed above");
        self.finish_block(parts, binds, position)
    }

    fn finish_block(
        &mut self,
        parts: Vec<NodeId>,
        binds: bool,
        position: usize,
    ) -> Result<NodeId, Fault> {
        let is_constructor = parts.iter().any(|part| self.begins_with_constructor(*part));
        let children = parts.clone();
        let node = self.node(Kind::Block { parts, binds }, position, &children)?;
        self.get_mut(node).is_constructor = is_constructor;
        for child in children {
            self.inherit_seeking(node, child);
        }
        Ok(node)
    }

    fn begins_with_constructor(&self, node: NodeId) -> bool {
        let node = self.get(node);
        match &node.kind {
            Kind::Path { steps, .. } => node.is_constructor || self.get(steps[0]).is_constructor,
            _ => node.is_constructor,
        }
    }

    /// `[x, y..z]`
    pub(super) fn array(&mut self, position: usize) -> Result<NodeId, Fault> {
        let mut items = Vec::new();
        if !self.token.kind.is("]") {
            items.push(self.array_item()?);
            while self.take(",")? {
                items.push(self.array_item()?);
            }
        }
        self.expect_closing("]")?;
        let children = items.clone();
        let node = self.node(Kind::Array(items), position, &children)?;
        for child in children {
            self.inherit_seeking(node, child);
        }
        Ok(node)
    }

    fn array_item(&mut self) -> Result<NodeId, Fault> {
        let item = self.expression(0)?;
        let position = self.token.position;
        if !self.take("..")? {
            return Ok(item);
        }
        let last = self.expression(0)?;
        self.combine(Operator::Range, item, last, position)
    }

    /// `{k: v}` as an operand.
    pub(super) fn object(&mut self, position: usize) -> Result<NodeId, Fault> {
        let group = self.pairs(position)?;
        let children: Vec<NodeId> = members(&group).collect();
        let node = self.node(Kind::Object(group), position, &children)?;
        for child in children {
            self.inherit_seeking(node, child);
        }
        Ok(node)
    }

    /// `{k: v}` behind an operand.
    pub(super) fn group(&mut self, left: NodeId, position: usize) -> Result<NodeId, Fault> {
        let group = self.pairs(position)?;
        if self.get(left).group().is_some() {
            let message = "each step can only have one grouping expression";
            self.keep_back(Fault::new("S0210", message).at(position));
        }
        let children: Vec<NodeId> = members(&group).collect();
        self.adopt(left, &children)?;
        self.get_mut(left).extras_mut().group = Some(group);
        Ok(left)
    }

    fn pairs(&mut self, position: usize) -> Result<Group, Fault> {
        let mut pairs = Vec::new();
        if !self.token.kind.is("}") {
            pairs.push(self.pair()?);
            while self.take(",")? {
                pairs.push(self.pair()?);
            }
        }
        self.expect_closing("}")?;
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        Ok(Group { pairs, position })
    }

    fn pair(&mut self) -> Result<(NodeId, NodeId), Fault> {
        let key = self.expression(0)?;
        self.expect(":")?;
        let value = self.expression(0)?;
        Ok((key, value))
    }

    /// `|pattern|update, delete|`
    pub(super) fn transform(&mut self, position: usize) -> Result<NodeId, Fault> {
        let pattern = self.expression(0)?;
        self.expect("|")?;
        let update = self.expression(0)?;
        let delete = match self.take(",")? {
            true => Some(self.expression(0)?),
            false => None,
        };
        self.expect("|")?;
        let children: Vec<NodeId> = [pattern, update].into_iter().chain(delete).collect();
        let kind = Kind::Transform {
            pattern,
            update,
            delete,
        };
        self.node(kind, position, &children)
    }

    /// `f(x)`, `f(?)`, or `function($x){ … }`.
    pub(super) fn call(&mut self, procedure: NodeId, position: usize) -> Result<NodeId, Fault> {
        let arguments = self.arguments()?;
        self.expect_closing(")")?;
        if self.is_function_keyword(procedure) {
            return self.lambda(&arguments, position);
        }
        let name = self.called_name(procedure);
        let is_partial = arguments.iter().any(|node| self.is_placeholder(*node));
        let kind = if is_partial {
            Kind::Partial {
                procedure,
                arguments: arguments.iter().map(|node| self.given(*node)).collect(),
                name,
            }
        } else {
            Kind::Call(Call {
                procedure,
                arguments: arguments.clone(),
                name,
            })
        };
        self.finish_call(kind, procedure, &arguments, position)
    }

    fn finish_call(
        &mut self,
        kind: Kind,
        procedure: NodeId,
        arguments: &[NodeId],
        position: usize,
    ) -> Result<NodeId, Fault> {
        let node = self.node(kind, position, arguments)?;
        self.adopt(node, &[procedure])?;
        for argument in arguments {
            self.inherit_seeking(node, *argument);
        }
        Ok(node)
    }

    fn arguments(&mut self) -> Result<Vec<NodeId>, Fault> {
        let mut arguments = Vec::new();
        if self.token.kind.is(")") {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.argument()?);
            if !self.take(",")? {
                return Ok(arguments);
            }
        }
    }

    fn argument(&mut self) -> Result<NodeId, Fault> {
        let position = self.token.position;
        match self.take("?")? {
            true => Ok(self.leaf(Kind::Placeholder, position)),
            false => self.expression(0),
        }
    }

    fn is_placeholder(&self, node: NodeId) -> bool {
        matches!(self.get(node).kind, Kind::Placeholder)
    }

    fn given(&self, node: NodeId) -> Option<NodeId> {
        (!self.is_placeholder(node)).then_some(node)
    }

    fn is_function_keyword(&self, node: NodeId) -> bool {
        let name = self.bare_name(node);
        matches!(name, Some("function" | "λ"))
    }

    /// The field's name, where a node is nothing but that.
    fn bare_name(&self, node: NodeId) -> Option<&str> {
        match (&self.get(node).kind, self.get(node).extras.is_none()) {
            (Kind::Path { steps, .. }, true) if steps.len() == 1 => self.step_name(steps[0]),
            _ => None,
        }
    }

    fn step_name(&self, step: NodeId) -> Option<&str> {
        match (&self.get(step).kind, self.get(step).extras.is_none()) {
            (Kind::Name(name), true) => Some(name),
            _ => None,
        }
    }

    fn called_name(&mut self, procedure: NodeId) -> Option<Symbol> {
        let node = self.get(procedure);
        let name = match &node.kind {
            Kind::Variable(symbol) => return Some(*symbol),
            Kind::Path { steps, .. } => match &self.get(steps[0]).kind {
                Kind::Name(name) => name.clone(),
                _ => return None,
            },
            _ => return None,
        };
        Some(self.symbol(&name))
    }

    fn lambda(&mut self, parameters: &[NodeId], position: usize) -> Result<NodeId, Fault> {
        let parameters = self.parameters(parameters)?;
        let signature = match self.token.kind.is("<") {
            true => Some(self.signature()?),
            false => None,
        };
        self.expect("{")?;
        self.binds.push(false);
        let body = self.expression(0)?;
        self.binds.pop();
        self.expect("}")?;
        let lambda = Lambda {
            parameters,
            signature,
            body,
        };
        self.node(Kind::Lambda(Box::new(lambda)), position, &[body])
    }

    fn parameters(&mut self, nodes: &[NodeId]) -> Result<Vec<Symbol>, Fault> {
        let mut parameters = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            let Some(symbol) = self.bare_variable(*node) else {
                return Err(self.not_a_parameter(index, *node));
            };
            parameters.push(symbol);
        }
        Ok(parameters)
    }

    fn not_a_parameter(&self, index: usize, node: NodeId) -> Fault {
        let message = format!(
            "parameter {} of function definition must be a variable name (start with $)",
            index + 1
        );
        let mut fault = Fault::new("S0208", message).at(self.get(node).position as usize);
        fault.token = self.bare_name(node).map(str::to_owned);
        fault
    }

    /// `<s-nn?:s>`, whose characters the lexer sees as operators and names.
    fn signature(&mut self) -> Result<Signature, Fault> {
        let position = self.token.position;
        let mut text = "<".to_owned();
        let mut depth = 1;
        while depth > 0 && !self.token.kind.is("{") && self.token.kind != TokenKind::End {
            self.advance(false)?;
            depth += match self.token.kind {
                TokenKind::Operator(">") => -1,
                TokenKind::Operator("<") => 1,
                _ => 0,
            };
            text.push_str(&self.token.kind.text());
        }
        self.expect(">")?;
        Signature::parse(&text).map_err(|mut fault| {
            fault.position = Some(position + fault.position.unwrap_or(0));
            fault
        })
    }
}

fn members(group: &Group) -> impl Iterator<Item = NodeId> {
    group.pairs.iter().flat_map(|(key, value)| [*key, *value])
}
