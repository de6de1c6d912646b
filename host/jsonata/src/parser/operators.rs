//! What each token means at the beginning of an operand, and between two.

use std::sync::Arc;

use sandstep_json::Value;

use super::Parser;
use crate::Fault;
use crate::functions::regex::{Flags, Regex};
use crate::lexer::{Token, TokenKind};
use crate::tree::{Kind, NodeId, Operator, Slot, SlotId, Symbol};

/// How tightly an operator binds its left side.
pub(super) fn binding_of(token: &TokenKind<'_>) -> u8 {
    match token {
        TokenKind::Operator(symbol) => binding(symbol),
        _ => 0,
    }
}

fn binding(symbol: &str) -> u8 {
    match symbol {
        "[" | "(" | "@" | "#" => 80,
        "." => 75,
        "{" => 70,
        "*" | "/" | "%" => 60,
        "+" | "-" | "&" => 50,
        "=" | "!=" | "<" | "<=" | ">" | ">=" | "^" | "~>" | "in" => 40,
        "and" => 30,
        "or" => 25,
        "?" => 20,
        ":=" => 10,
        _ => 0,
    }
}

/// How tightly a sign binds what it stands before.
const SIGN: u8 = 70;

/// How tightly a step binds to the next.
pub(super) const STEP: u8 = 75;

/// How many `%` an expression may have: for each, the steps around it are searched.
const MAX_PARENTS: usize = 256;

impl Parser<'_> {
    /// Reads an operand from its first token on, which has been stepped over.
    pub(super) fn prefix(&mut self, token: Token<'_>) -> Result<NodeId, Fault> {
        let position = token.position;
        let leaf = match token.kind {
            TokenKind::Operator(symbol) => return self.prefix_operator(symbol, position),
            TokenKind::Name(name) => return self.field(name, position),
            TokenKind::Variable("") => Kind::Context,
            TokenKind::Variable(name) => Kind::Variable(self.symbol(name)),
            TokenKind::String(text) => Kind::Literal(Value::from(text)),
            TokenKind::Number(number) => Kind::Number(number),
            TokenKind::True => Kind::Literal(Value::Bool(true)),
            TokenKind::False => Kind::Literal(Value::Bool(false)),
            TokenKind::Null => Kind::Literal(Value::Null),
            TokenKind::Regex(pattern, flags) => self.regex(pattern, flags, position)?,
            TokenKind::End => self.missing(position),
        };
        Ok(self.leaf(leaf, position))
    }

    /// A field's name is a path of one step.
    fn field(&mut self, name: &str, position: usize) -> Result<NodeId, Fault> {
        let step = self.leaf(Kind::Name(name.into()), position);
        self.path(vec![step], position)
    }

    fn regex(&mut self, pattern: &str, flags: &str, position: usize) -> Result<Kind, Fault> {
        let flags = Flags {
            ignore_case: flags.contains('i'),
            multiline: flags.contains('m'),
        };
        let regex = Regex::parse(pattern, flags).map_err(|fault| fault.at(position))?;
        Ok(Kind::Regex(Arc::new(regex)))
    }

    /// The text ended where an operand should begin. A bracket that is still open is the worse
    /// fault, so this one waits.
    fn missing(&mut self, position: usize) -> Kind {
        let fault = Fault::new("S0207", "unexpected end of expression");
        self.keep_back(fault.at(position).of("(end)"));
        Kind::Missing
    }

    fn prefix_operator(&mut self, symbol: &'static str, position: usize) -> Result<NodeId, Fault> {
        match symbol {
            "(" => self.block(position),
            "[" => self.array(position),
            "{" => self.object(position),
            "|" => self.transform(position),
            "-" => self.negation(position),
            "*" => Ok(self.leaf(Kind::Wildcard, position)),
            "**" => Ok(self.leaf(Kind::Descendants, position)),
            "%" => self.parent(position),
            "and" | "or" | "in" => self.field(symbol, position),
            _ => {
                let message = format!("the symbol {symbol:?} cannot be used as a unary operator");
                Err(Fault::new("S0211", message).at(position).of(symbol))
            }
        }
    }

    fn parent(&mut self, position: usize) -> Result<NodeId, Fault> {
        if self.slots.len() == MAX_PARENTS {
            return Err(self.too_deep());
        }
        let label = self.hidden_symbol();
        let slot = SlotId(self.slots.len() as u32);
        self.slots.push(Slot { label, level: 1 });
        Ok(self.leaf(Kind::Parent(slot), position))
    }

    fn negation(&mut self, position: usize) -> Result<NodeId, Fault> {
        let operand = self.expression(SIGN)?;
        if let Kind::Number(number) = &mut self.get_mut(operand).kind {
            *number = -*number;
            return Ok(operand);
        }
        let node = self.node(Kind::Negation(operand), position, &[operand])?;
        self.inherit_seeking(node, operand);
        Ok(node)
    }

    /// Reads on from an operator, which has been stepped over, behind an operand.
    pub(super) fn infix(&mut self, left: NodeId, token: Token<'_>) -> Result<NodeId, Fault> {
        let TokenKind::Operator(symbol) = token.kind else {
            unreachable!("only operators bind a left side");
        };
        let position = token.position;
        match symbol {
            "." => self.step(left, position),
            "[" => self.predicate(left, position),
            "{" => self.group(left, position),
            "(" => self.call(left, position),
            "^" => self.sort(left, position),
            "@" => self.focus(left, position),
            "#" => self.index(left, position),
            "?" => self.condition(left, position),
            ":=" => self.bind(left, position),
            "~>" => self.apply(left, position),
            _ => self.binary(left, symbol, position),
        }
    }

    fn binary(&mut self, left: NodeId, symbol: &str, position: usize) -> Result<NodeId, Fault> {
        let operator = operator(symbol);
        let right = self.expression(binding(symbol))?;
        self.combine(operator, left, right, position)
    }

    pub(super) fn combine(
        &mut self,
        operator: Operator,
        left: NodeId,
        right: NodeId,
        position: usize,
    ) -> Result<NodeId, Fault> {
        let kind = Kind::Binary {
            operator,
            left,
            right,
        };
        let node = self.node(kind, position, &[left, right])?;
        self.inherit_seeking(node, left);
        self.inherit_seeking(node, right);
        Ok(node)
    }

    fn apply(&mut self, left: NodeId, position: usize) -> Result<NodeId, Fault> {
        let right = self.expression(binding("~>"))?;
        let keeps_array = self.get(left).keeps_array || self.get(right).keeps_array;
        let node = self.node(Kind::Apply { left, right }, position, &[left, right])?;
        self.get_mut(node).keeps_array = keeps_array;
        Ok(node)
    }

    fn condition(&mut self, condition: NodeId, position: usize) -> Result<NodeId, Fault> {
        let then = self.expression(0)?;
        let otherwise = match self.take(":")? {
            true => Some(self.expression(0)?),
            false => None,
        };
        let kind = Kind::Condition {
            condition,
            then,
            otherwise,
        };
        let children: Vec<NodeId> = [condition, then].into_iter().chain(otherwise).collect();
        let node = self.node(kind, position, &children)?;
        for child in children {
            self.inherit_seeking(node, child);
        }
        Ok(node)
    }

    fn bind(&mut self, left: NodeId, position: usize) -> Result<NodeId, Fault> {
        let Some(symbol) = self.bare_variable(left) else {
            let message = "the left side of := must be a variable name (start with $)";
            return Err(Fault::new("S0212", message).at(self.get(left).position as usize));
        };
        let value = self.expression(binding(":=") - 1)?;
        *self.binds.last_mut().expect("the root has a frame") = true;
        let node = self.node(Kind::Bind { symbol, value }, position, &[value])?;
        self.inherit_seeking(node, value);
        Ok(node)
    }

    /// The symbol of a node that is a variable with nothing behind it. The context has no
    /// name that could be looked up again, but may be written to.
    pub(super) fn bare_variable(&mut self, node: NodeId) -> Option<Symbol> {
        let found = self.get(node);
        if found.extras.is_some() {
            return None;
        }
        match found.kind {
            Kind::Variable(symbol) => Some(symbol),
            Kind::Context => Some(self.symbol("")),
            _ => None,
        }
    }
}

fn operator(symbol: &str) -> Operator {
    match symbol {
        "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        "%" => Operator::Remainder,
        "=" => Operator::Equal,
        "!=" => Operator::NotEqual,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "&" => Operator::Concatenate,
        "and" => Operator::And,
        "or" => Operator::Or,
        "in" => Operator::In,
        _ => unreachable!("every other operator has a meaning of its own"),
    }
}
