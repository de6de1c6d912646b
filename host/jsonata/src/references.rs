//! What an expression refers to outside of itself.

use std::fmt;

use sandstep_json::Text;

use crate::tree::{Call, Group, Kind, Node, NodeId, Stage, Symbol, Tree};

/// What an expression refers to and does not bind itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// Variables, in the order of their places; a name comes as often as it is used.
    /// Those that the expression binds somewhere around their place are not among them.
    pub variables: Vec<VariableReference>,
    /// Where `$` stands for the input document, which Step Functions does not have: at the top level,
    /// not in a predicate or behind a step.
    pub contexts: Vec<usize>,
    /// Where `$$` stands, which is the input document everywhere.
    pub roots: Vec<usize>,
    /// Fields' names that are looked up in the input document, and their places.
    pub fields: Vec<(Text, usize)>,
}

/// A use of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableReference {
    /// Without `$`.
    pub name: Text,
    /// The members that are taken from it one after another: `input` and `id` in `$states.input.id`.
    pub members: Vec<Text>,
    /// Where it begins, in bytes.
    pub position: usize,
    /// Whether it is the name of a built-in function; it means that unless a variable hides it.
    pub is_builtin: bool,
    /// Whether it is called.
    pub is_called: bool,
}

/// Writes the variable with its members: `$states.input.id`.
impl fmt::Display for VariableReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}", self.name)?;
        self.members
            .iter()
            .try_for_each(|name| write!(f, ".{name}"))
    }
}

/// Finds the references of an expression.
pub(crate) fn references(tree: &Tree) -> References {
    let mut finder = Finder {
        tree,
        frames: vec![Frame::default()],
        pending: vec![Visit {
            node: tree.root,
            frame: 0,
            sees_input: true,
            is_called: false,
        }],
        uses: Vec::new(),
        found: References::default(),
    };
    while let Some(visit) = finder.pending.pop() {
        finder.visit(visit);
    }
    finder.finish()
}

/// A frame of variables and the one around it.
#[derive(Default)]
struct Frame {
    parent: Option<usize>,
    bound: Vec<Symbol>,
}

/// A node that is still to be looked at.
#[derive(Clone, Copy)]
struct Visit {
    node: NodeId,
    frame: usize,
    /// Its context is the input document.
    sees_input: bool,
    is_called: bool,
}

/// Trees may be deep, so what is to be visited waits on a stack of its own.
struct Finder<'t> {
    tree: &'t Tree,
    frames: Vec<Frame>,
    pending: Vec<Visit>,
    /// Variables with the frame that they were found in.
    uses: Vec<(Symbol, usize, VariableReference)>,
    found: References,
}

impl Finder<'_> {
    fn finish(mut self) -> References {
        let uses = std::mem::take(&mut self.uses);
        let free = uses
            .into_iter()
            .filter(|(symbol, frame, _)| !self.is_bound(*symbol, *frame));
        self.found.variables = free.map(|(_, _, variable)| variable).collect();
        self.found
            .variables
            .sort_by_key(|variable| variable.position);
        self.found.contexts.sort_unstable();
        self.found.roots.sort_unstable();
        self.found.fields.sort_by_key(|(_, position)| *position);
        self.found
    }

    fn is_bound(&self, symbol: Symbol, frame: usize) -> bool {
        let mut frame = Some(frame);
        while let Some(index) = frame {
            if self.frames[index].bound.contains(&symbol) {
                return true;
            }
            frame = self.frames[index].parent;
        }
        false
    }

    fn open(&mut self, parent: usize, bound: Vec<Symbol>) -> usize {
        self.frames.push(Frame {
            parent: Some(parent),
            bound,
        });
        self.frames.len() - 1
    }

    fn visit(&mut self, visit: Visit) {
        let node = self.tree.node(visit.node);
        self.visit_extras(node, visit);
        let inside = Visit {
            is_called: false,
            ..visit
        };
        match &node.kind {
            Kind::Path { steps, .. } => self.visit_path(steps, inside),
            Kind::Name(name) if visit.sees_input => {
                self.found
                    .fields
                    .push((name.clone(), node.position as usize));
            }
            Kind::Context if visit.sees_input => self.found.contexts.push(node.position as usize),
            Kind::Variable(symbol) => self.variable(*symbol, node, Vec::new(), visit),
            Kind::Binary { left, right, .. } | Kind::Apply { left, right } => {
                self.later([*left, *right], inside);
            }
            Kind::Negation(operand) => self.later([*operand], inside),
            Kind::Array(items) => self.later(items.iter().copied(), inside),
            Kind::Object(group) => self.later(members(group), inside),
            Kind::Block { parts, .. } => {
                let frame = self.open(inside.frame, Vec::new());
                self.later(parts.iter().copied(), Visit { frame, ..inside });
            }
            Kind::Condition {
                condition,
                then,
                otherwise,
            } => {
                let branches = [*condition, *then].into_iter().chain(*otherwise);
                self.later(branches, inside);
            }
            Kind::Bind { symbol, value } => {
                self.frames[inside.frame].bound.push(*symbol);
                self.later([*value], inside);
            }
            Kind::Call(call) => self.visit_call(call, inside),
            Kind::Partial {
                procedure,
                arguments,
                ..
            } => {
                self.called(*procedure, inside);
                self.later(arguments.iter().copied().flatten(), inside);
            }
            Kind::Lambda(lambda) => {
                let frame = self.open(inside.frame, lambda.parameters.clone());
                self.later([lambda.body], Visit { frame, ..inside });
            }
            Kind::Sort(terms) => {
                let terms = terms.iter().map(|term| term.expression);
                self.later(terms, behind_a_step(inside));
            }
            Kind::Transform {
                pattern,
                update,
                delete,
            } => {
                let parts = [*pattern, *update].into_iter().chain(*delete);
                self.later(parts, behind_a_step(inside));
            }
            _ => {}
        }
    }

    fn later(&mut self, nodes: impl IntoIterator<Item = NodeId>, visit: Visit) {
        let visits = nodes.into_iter().map(|node| Visit { node, ..visit });
        self.pending.extend(visits);
    }

    fn visit_call(&mut self, call: &Call, visit: Visit) {
        self.called(call.procedure, visit);
        self.later(call.arguments.iter().copied(), visit);
    }

    fn called(&mut self, procedure: NodeId, visit: Visit) {
        self.pending.push(Visit {
            node: procedure,
            is_called: true,
            ..visit
        });
    }

    fn visit_extras(&mut self, node: &Node, visit: Visit) {
        let Some(extras) = &node.extras else {
            return;
        };
        self.frames[visit.frame].bound.extend(extras.focus);
        self.frames[visit.frame].bound.extend(extras.index);
        let inside = behind_a_step(visit);
        self.later(extras.predicates.iter().copied(), inside);
        for stage in &extras.stages {
            match stage {
                Stage::Filter(predicate) => self.later([*predicate], inside),
                Stage::Index(symbol) => self.frames[visit.frame].bound.push(*symbol),
            }
        }
        if let Some(group) = &extras.group {
            self.later(members(group), inside);
        }
    }

    /// The first step starts from the context, the others from what is before them.
    fn visit_path(&mut self, steps: &[NodeId], visit: Visit) {
        let (first, rest) = steps.split_first().expect("a path has steps");
        let node = self.tree.node(*first);
        if let Kind::Variable(symbol) = node.kind {
            self.visit_extras(node, visit);
            let names = match node.extras.is_none() {
                true => self.names(rest),
                false => Vec::new(),
            };
            self.variable(symbol, node, names, visit);
        } else {
            self.later([*first], visit);
        }
        self.later(rest.iter().copied(), behind_a_step(visit));
    }

    /// The names of the first steps that are nothing but names.
    fn names(&self, steps: &[NodeId]) -> Vec<Text> {
        let mut names = Vec::new();
        for step in steps {
            let node = self.tree.node(*step);
            let Kind::Name(name) = &node.kind else {
                break;
            };
            names.push(name.clone());
            if node.extras.is_some() {
                break;
            }
        }
        names
    }

    fn variable(&mut self, symbol: Symbol, node: &Node, members: Vec<Text>, visit: Visit) {
        let entry = self.tree.symbol(symbol);
        let position = node.position as usize;
        if entry.name == *"$" {
            self.found.roots.push(position);
            return;
        }
        let variable = VariableReference {
            name: entry.name.clone(),
            members,
            position,
            is_builtin: entry.builtin.is_some(),
            is_called: visit.is_called,
        };
        self.uses.push((symbol, visit.frame, variable));
    }
}

fn members(group: &Group) -> impl Iterator<Item = NodeId> {
    group.pairs.iter().flat_map(|(key, value)| [*key, *value])
}

fn behind_a_step(visit: Visit) -> Visit {
    Visit {
        sees_input: false,
        is_called: false,
        ..visit
    }
}
