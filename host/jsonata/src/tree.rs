//! The syntax tree of an expression.
//!
//! All nodes stand in one vector and name one another by index: a tree of any depth is dropped
//! without recursion, and shared between threads as it is.

use std::sync::Arc;

use sandstep_json::{Text, Value};

use crate::builtin::Builtin;
use crate::functions::regex::Regex;
use crate::signature::Signature;

/// The index of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(pub(crate) u32);

/// A variable's name, as an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Symbol(pub(crate) u32);

/// Where a `%` finds its value, as an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SlotId(pub(crate) u32);

/// A parsed expression.
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) root: NodeId,
    pub(crate) symbols: Vec<SymbolEntry>,
    /// For each `%`, the variable under which its value is bound.
    pub(crate) slots: Vec<Slot>,
    /// Whether the expression binds variables outside of any block.
    pub(crate) binds: bool,
}

/// What is known of a variable from its name.
pub(crate) struct SymbolEntry {
    /// Without `$`.
    pub(crate) name: Text,
    pub(crate) builtin: Option<&'static Builtin>,
}

/// A `%` on its way to the step that it means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) label: Symbol,
    /// How many steps it still has to go up.
    pub(crate) level: i32,
}

/// A part of an expression.
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// Its beginning in the expression's text, in bytes; for an operator, where that stands.
    pub(crate) position: u32,
    /// `[]` stands behind it: one value alone stays in its array.
    pub(crate) keeps_array: bool,
    /// Nothing stands behind it and, if it is a path, it is one of nothing but names, which may
    /// begin with a variable. Known once the whole expression is read.
    pub(crate) is_plain: bool,
    /// It is an array constructor in a place where its array is not flattened into a path's result.
    pub(crate) is_constructor: bool,
    /// The path that it is a step of binds variables from here on.
    pub(crate) is_tuple: bool,
    /// What else stands behind it, which most nodes have nothing of.
    pub(crate) extras: Option<Box<Extras>>,
}

/// What may stand behind a part of an expression or a step of a path.
#[derive(Default)]
pub(crate) struct Extras {
    /// `[…]` behind a part that is no path's step.
    pub(crate) predicates: Vec<NodeId>,
    /// `[…]` and `#$i` behind a step.
    pub(crate) stages: Vec<Stage>,
    /// `{…}`
    pub(crate) group: Option<Group>,
    /// `@$x`
    pub(crate) focus: Option<Symbol>,
    /// `#$i`
    pub(crate) index: Option<Symbol>,
    /// The step's input is what a `%` means.
    pub(crate) ancestor: Option<SlotId>,
}

/// What a step's values pass through, in order.
#[derive(Clone, Copy)]
pub(crate) enum Stage {
    Filter(NodeId),
    Index(Symbol),
}

/// Key and value pairs, behind a path or alone.
pub(crate) struct Group {
    pub(crate) pairs: Vec<(NodeId, NodeId)>,
    pub(crate) position: u32,
}

/// What a node is.
pub(crate) enum Kind {
    Path {
        steps: Vec<NodeId>,
        /// One of its steps keeps its array.
        keeps_singleton: bool,
    },
    /// A member of the context.
    Name(Text),
    /// A string, `true`, `false` or `null`.
    Literal(Value),
    Number(f64),
    /// `*`
    Wildcard,
    /// `**`
    Descendants,
    /// `%`
    Parent(SlotId),
    /// `$`
    Context,
    /// `$name`; `$$` is the variable whose name is `$`.
    Variable(Symbol),
    Binary {
        operator: Operator,
        left: NodeId,
        right: NodeId,
    },
    /// `-x`
    Negation(NodeId),
    /// `[x, y]`
    Array(Vec<NodeId>),
    /// `{k: v}`
    Object(Group),
    /// `(x; y)`
    Block {
        parts: Vec<NodeId>,
        /// It binds variables, so it needs a frame of its own.
        binds: bool,
    },
    Condition {
        condition: NodeId,
        then: NodeId,
        otherwise: Option<NodeId>,
    },
    /// `$x := y`
    Bind {
        symbol: Symbol,
        value: NodeId,
    },
    Call(Call),
    /// `f(?, x)`; a question mark is `None`.
    Partial {
        procedure: NodeId,
        arguments: Vec<Option<NodeId>>,
        name: Option<Symbol>,
    },
    Lambda(Box<Lambda>),
    /// `x ~> f`
    Apply {
        left: NodeId,
        right: NodeId,
    },
    /// `^(x, >y)`, as a step.
    Sort(Vec<Term>),
    /// `|pattern|update, delete|`
    Transform {
        pattern: NodeId,
        update: NodeId,
        delete: Option<NodeId>,
    },
    Regex(Arc<Regex>),
    /// `?` as an argument, until its call is known to be a partial one.
    Placeholder,
    /// Stands where the text ended too early; the parser fails in the end.
    Missing,
}

/// `f(x)`
pub(crate) struct Call {
    pub(crate) procedure: NodeId,
    pub(crate) arguments: Vec<NodeId>,
    /// The name that was called, with or without its `$`, for errors.
    pub(crate) name: Option<Symbol>,
}

/// `function($x)<n:n>{ … }`
pub(crate) struct Lambda {
    pub(crate) parameters: Vec<Symbol>,
    pub(crate) signature: Option<Signature>,
    pub(crate) body: NodeId,
}

/// A key of an order.
#[derive(Clone, Copy)]
pub(crate) struct Term {
    pub(crate) expression: NodeId,
    pub(crate) descending: bool,
}

/// Operators with two sides whose values they combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Concatenate,
    And,
    Or,
    In,
    Range,
}

impl Operator {
    /// As it is written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Remainder => "%",
            Operator::Equal => "=",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
            Operator::Concatenate => "&",
            Operator::And => "and",
            Operator::Or => "or",
            Operator::In => "in",
            Operator::Range => "..",
        }
    }
}

impl Node {
    pub(crate) fn new(kind: Kind, position: usize) -> Self {
        Self {
            kind,
            position: u32::try_from(position).unwrap_or(u32::MAX),
            keeps_array: false,
            is_plain: false,
            is_constructor: false,
            is_tuple: false,
            extras: None,
        }
    }

    /// Whether nothing stands behind it.
    fn is_bare(&self) -> bool {
        self.extras.is_none() && !self.keeps_array && !self.is_tuple
    }

    pub(crate) fn extras_mut(&mut self) -> &mut Extras {
        self.extras.get_or_insert_default()
    }

    pub(crate) fn predicates(&self) -> &[NodeId] {
        self.extras
            .as_ref()
            .map_or(&[], |extras| &extras.predicates)
    }

    pub(crate) fn stages(&self) -> &[Stage] {
        self.extras.as_ref().map_or(&[], |extras| &extras.stages)
    }

    pub(crate) fn group(&self) -> Option<&Group> {
        self.extras.as_ref()?.group.as_ref()
    }
}

impl Tree {
    /// Notes which nodes are plain.
    pub(crate) fn mark_plain(&mut self) {
        let plain: Vec<bool> = self.nodes.iter().map(|node| self.is_plain(node)).collect();
        for (node, is_plain) in self.nodes.iter_mut().zip(plain) {
            node.is_plain = is_plain;
        }
    }

    fn is_plain(&self, node: &Node) -> bool {
        match &node.kind {
            Kind::Path { steps, .. } => node.is_bare() && self.is_plain_path(steps),
            _ => node.is_bare(),
        }
    }

    fn is_plain_path(&self, steps: &[NodeId]) -> bool {
        steps.iter().enumerate().all(|(place, step)| {
            let step = self.node(*step);
            let is_name = matches!(step.kind, Kind::Name(_));
            step.is_bare() && (is_name || place == 0 && matches!(step.kind, Kind::Variable(_)))
        })
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub(crate) fn symbol(&self, symbol: Symbol) -> &SymbolEntry {
        &self.symbols[symbol.0 as usize]
    }
}
