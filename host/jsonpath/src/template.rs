//! Payload templates.

use std::fmt;

use sandstep_json::{Array, MAX_DEPTH, ObjectBuilder, Text, Value};

use crate::expression::Scope;
use crate::{Draw, EvalError, Expression, PathError, Roots};

/// A payload template, compiled: `Parameters`, `ResultSelector`, `ItemSelector` and the like.
///
/// A field whose key ends in `.$` holds an expression, and its value becomes a field
/// without that ending. Everything else stands for itself and is shared, not copied.
#[derive(Clone, Debug, PartialEq)]
pub struct Template(Node);

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Static(Value),
    Array(Vec<Node>),
    Object(Vec<(Text, Node)>),
    /// An expression with the key of its field, ending included.
    Dynamic(Text, Expression),
}

/// A field of a template that cannot be evaluated, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// Where the field is in the template, from the outside in.
    pub path: Vec<Segment>,
    /// The bytes before the place in the field's text, where it is about that text.
    pub offset: Option<usize>,
    /// What is wrong, in lower case.
    pub message: String,
}

/// One step into a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// The member with this key.
    Key(Text),
    /// The element at this index.
    Index(usize),
}

impl Template {
    /// Compiles a template. Fails with all the problems that it has.
    pub fn parse(template: &Value) -> Result<Self, Vec<TemplateError>> {
        if template.depth() > MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            return Err(vec![TemplateError {
                path: Vec::new(),
                offset: None,
                message,
            }]);
        }
        let mut compiler = Compiler::default();
        let node = compiler.compile(template);
        if compiler.errors.is_empty() {
            Ok(Self(node))
        } else {
            Err(compiler.errors)
        }
    }

    /// The template's value.
    ///
    /// # Errors
    ///
    /// The first expression that fails, as [`Expression::evaluate`] reports it. All its
    /// expressions together may visit [`VISIT_BUDGET`](crate::VISIT_BUDGET) values, and
    /// yield texts of [`TEXT_BUDGET`](crate::TEXT_BUDGET) bytes.
    pub fn evaluate(
        &self,
        roots: &(impl Roots + ?Sized),
        draw: Draw<'_>,
    ) -> Result<Value, EvalError> {
        self.0.evaluate(&mut Scope::new(roots, draw))
    }
}

impl Node {
    fn evaluate<R: Roots + ?Sized>(&self, scope: &mut Scope<'_, R>) -> Result<Value, EvalError> {
        match self {
            Node::Static(value) => Ok(value.clone()),
            Node::Dynamic(field, expression) => {
                let value = expression.evaluate_within(field, scope)?;
                scope.take_up(&value)?;
                Ok(value)
            }
            Node::Array(nodes) => {
                let mut items = Vec::with_capacity(nodes.len());
                for node in nodes {
                    items.push(node.evaluate(scope)?);
                }
                Ok(Array::from(items).into())
            }
            Node::Object(fields) => {
                let mut object = ObjectBuilder::with_capacity(fields.len());
                for (key, node) in fields {
                    object.insert(key, node.evaluate(scope)?);
                }
                Ok(object.build().into())
            }
        }
    }

    fn is_static(&self) -> bool {
        matches!(self, Node::Static(_))
    }
}

/// Compiles the nodes of a template and gathers what is wrong with them.
#[derive(Default)]
struct Compiler {
    path: Vec<Segment>,
    errors: Vec<TemplateError>,
}

impl Compiler {
    fn compile(&mut self, template: &Value) -> Node {
        match template {
            Value::Object(object) => {
                let fields: Vec<_> = object
                    .iter()
                    .map(|(key, value)| self.compile_field(key, value))
                    .collect();
                let is_static =
                    |(key, node): (&(Text, Node), &Text)| key.0 == *node && key.1.is_static();
                if fields.iter().zip(object.keys()).all(is_static) {
                    return Node::Static(template.clone());
                }
                Node::Object(fields)
            }
            Value::Array(array) => {
                let nodes: Vec<_> = array
                    .iter()
                    .enumerate()
                    .map(|item| self.compile_item(item))
                    .collect();
                if nodes.iter().all(Node::is_static) {
                    return Node::Static(template.clone());
                }
                Node::Array(nodes)
            }
            scalar => Node::Static(scalar.clone()),
        }
    }

    fn compile_item(&mut self, (index, item): (usize, &Value)) -> Node {
        self.path.push(Segment::Index(index));
        let node = self.compile(item);
        self.path.pop();
        node
    }

    fn compile_field(&mut self, key: &Text, value: &Value) -> (Text, Node) {
        self.path.push(Segment::Key(key.clone()));
        let field = match key.strip_suffix(".$") {
            Some(name) => (name.into(), self.compile_expression(key, value)),
            None => (key.clone(), self.compile(value)),
        };
        self.path.pop();
        field
    }

    fn compile_expression(&mut self, key: &Text, value: &Value) -> Node {
        let Some(text) = value.as_str() else {
            self.report(
                None,
                "must be a string that holds a path or an intrinsic function",
            );
            return Node::Static(Value::Null);
        };
        match Expression::parse(text) {
            Ok(expression) => Node::Dynamic(key.clone(), expression),
            Err(PathError { message, offset }) => {
                self.report(Some(offset), &message);
                Node::Static(Value::Null)
            }
        }
    }

    fn report(&mut self, offset: Option<usize>, message: &str) {
        let (path, message) = (self.path.clone(), message.to_owned());
        self.errors.push(TemplateError {
            path,
            offset,
            message,
        });
    }
}

impl TemplateError {
    /// The key of the field, as it is written.
    pub fn field(&self) -> &str {
        self.path
            .iter()
            .rev()
            .find_map(Segment::key)
            .unwrap_or_default()
    }
}

impl Segment {
    fn key(&self) -> Option<&str> {
        match self {
            Segment::Key(key) => Some(key),
            Segment::Index(_) => None,
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in &self.path {
            match segment {
                Segment::Key(key) => write!(f, "/{key}")?,
                Segment::Index(index) => write!(f, "/{index}")?,
            }
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for TemplateError {}
