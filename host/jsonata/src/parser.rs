//! Reads expressions: a Pratt parser whose nodes take their final form at once.
//!
//! The reference implementation first builds a tree of operators, and then turns those of paths into
//! steps. Here each operator does that as soon as its sides are read; faults that the reference would
//! only find in its second round are kept back until the text has been read to its end.

mod ancestry;
mod brackets;
mod operators;
mod paths;

use std::collections::HashMap;

use sandstep_json::Text;

use crate::Fault;
use crate::builtin::Builtin;
use crate::lexer::{Lexer, Token, TokenKind};
use crate::tree::{Kind, Node, NodeId, Slot, SlotId, Symbol, SymbolEntry, Tree};

/// How many parts of an expression may stand inside one another, brackets and operators alike.
const MAX_NESTING: usize = 500;

/// How deep a tree may be: chains such as `a & b & c` are as deep as they are long.
const MAX_TREE_DEPTH: usize = 1_000;

/// Reads an expression.
pub(crate) fn parse(text: &str) -> Result<Tree, Fault> {
    let mut parser = Parser::new(text)?;
    let root = parser.expression(0)?;
    if parser.token.kind != TokenKind::End {
        let token = parser.token.kind.text();
        return Err(parser.fault("S0201", format!("syntax error: {token:?}")));
    }
    if let Some(fault) = parser.kept_back.take() {
        return Err(fault);
    }
    parser.check_parents_are_found(root)?;
    Ok(parser.finish(root))
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    /// The one that is looked at.
    token: Token<'t>,
    nodes: Vec<Node>,
    /// For each node, how deep the tree below it is.
    depths: Vec<usize>,
    symbols: Vec<SymbolEntry>,
    known_symbols: HashMap<Text, Symbol>,
    slots: Vec<Slot>,
    /// For each node, the `%` inside that mean a step further up than it has.
    seeking: HashMap<NodeId, Vec<SlotId>>,
    /// For each frame that is open, whether something is bound in it.
    binds: Vec<bool>,
    nesting: usize,
    /// The first fault that leaves the syntax as it is.
    kept_back: Option<Fault>,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Result<Self, Fault> {
        let mut lexer = Lexer::new(text);
        let token = lexer.next(false)?;
        Ok(Self {
            lexer,
            token,
            nodes: Vec::new(),
            depths: Vec::new(),
            symbols: Vec::new(),
            known_symbols: HashMap::new(),
            slots: Vec::new(),
            seeking: HashMap::new(),
            binds: vec![false],
            nesting: 0,
            kept_back: None,
        })
    }

    fn finish(self, root: NodeId) -> Tree {
        let mut tree = Tree {
            nodes: self.nodes,
            root,
            symbols: self.symbols,
            slots: self.slots,
            binds: self.binds[0],
        };
        tree.mark_plain();
        tree
    }

    /// Reads an expression up to an operator that binds no tighter than `binding`.
    fn expression(&mut self, binding: u8) -> Result<NodeId, Fault> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(self.too_deep());
        }
        let node = crate::stack::with_room(|| self.operand_and_operators(binding))?;
        self.nesting -= 1;
        Ok(node)
    }

    fn operand_and_operators(&mut self, binding: u8) -> Result<NodeId, Fault> {
        let token = self.advance(true)?;
        let mut left = self.prefix(token)?;
        while binding < operators::binding_of(&self.token.kind) {
            let token = self.advance(false)?;
            left = self.infix(left, token)?;
        }
        Ok(left)
    }

    /// Steps to the next token and returns the one before it.
    fn advance(&mut self, after_operand: bool) -> Result<Token<'t>, Fault> {
        let next = self.lexer.next(after_operand)?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    /// Steps over an operator which must stand here.
    fn expect(&mut self, operator: &str) -> Result<(), Fault> {
        self.expect_before(operator, false)
    }

    /// Steps over a bracket which must stand here and which ends an operand.
    fn expect_closing(&mut self, bracket: &str) -> Result<(), Fault> {
        self.expect_before(bracket, true)
    }

    fn expect_before(&mut self, operator: &str, after_operand: bool) -> Result<(), Fault> {
        if self.token.kind.is(operator) {
            return self.advance(after_operand).map(drop);
        }
        if self.token.kind == TokenKind::End {
            let message = format!("expected {operator:?} before end of expression");
            return Err(self.fault("S0203", message));
        }
        let found = self.token.kind.text();
        Err(self.fault("S0202", format!("expected {operator:?}, got {found:?}")))
    }

    /// Steps over an operator if it stands here.
    fn take(&mut self, operator: &str) -> Result<bool, Fault> {
        let stands_here = self.token.kind.is(operator);
        if stands_here {
            self.advance(false)?;
        }
        Ok(stands_here)
    }

    /// Adds a node without children.
    fn leaf(&mut self, kind: Kind, position: usize) -> NodeId {
        self.push(Node::new(kind, position), 1)
    }

    /// Adds a node above others.
    fn node(&mut self, kind: Kind, position: usize, children: &[NodeId]) -> Result<NodeId, Fault> {
        let node = self.push(Node::new(kind, position), 1);
        self.adopt(node, children)?;
        Ok(node)
    }

    fn push(&mut self, node: Node, depth: usize) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).expect("a text has fewer tokens"));
        self.nodes.push(node);
        self.depths.push(depth);
        id
    }

    /// Notes that a node has these ones below it. Fails with S0304 where that makes it too deep.
    fn adopt(&mut self, node: NodeId, children: &[NodeId]) -> Result<(), Fault> {
        let below = children.iter().map(|child| self.depths[child.0 as usize]);
        let depth = 1 + below.max().unwrap_or(0);
        let own = &mut self.depths[node.0 as usize];
        *own = depth.max(*own);
        if depth > MAX_TREE_DEPTH {
            return Err(self.too_deep());
        }
        Ok(())
    }

    fn get(&self, node: NodeId) -> &Node {
        &self.nodes[node.0 as usize]
    }

    fn get_mut(&mut self, node: NodeId) -> &mut Node {
        &mut self.nodes[node.0 as usize]
    }

    /// The symbol of a variable's name.
    fn symbol(&mut self, name: &str) -> Symbol {
        if let Some(symbol) = self.known_symbols.get(name) {
            return *symbol;
        }
        let symbol = self.new_symbol(name.into(), Builtin::find(name));
        self.known_symbols.insert(name.into(), symbol);
        symbol
    }

    /// A variable that no text can name.
    fn hidden_symbol(&mut self) -> Symbol {
        self.new_symbol(Text::default(), None)
    }

    fn new_symbol(&mut self, name: Text, builtin: Option<&'static Builtin>) -> Symbol {
        let symbol = Symbol(self.symbols.len() as u32);
        self.symbols.push(SymbolEntry { name, builtin });
        symbol
    }

    /// A fault of the token that is looked at.
    fn fault(&self, code: &'static str, message: impl Into<String>) -> Fault {
        Fault::new(code, message)
            .at(self.token.position)
            .of(&self.token.kind.text())
    }

    /// Keeps a fault until the whole text has been read.
    fn keep_back(&mut self, fault: Fault) {
        self.kept_back.get_or_insert(fault);
    }

    fn too_deep(&self) -> Fault {
        Fault::new("S0304", "the expression is nested too deep").at(self.token.position)
    }
}
