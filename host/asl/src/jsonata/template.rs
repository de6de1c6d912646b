//! Payload templates.

use sandstep_json::{Array, ObjectBuilder, Text, Value};

use super::Query;

/// A payload with expressions: `Arguments`, `Output`, `Assign` and the like.
///
/// Every string that begins with `{%` and ends with `%}` is an expression,
/// however deep it stands; all else stands for itself and is shared, not copied.
#[derive(Debug)]
pub(crate) struct Template(Node);

/// A part of a template.
#[derive(Debug)]
pub(crate) enum Node {
    Constant(Value),
    Query(Query),
    Array(Box<[Node]>),
    Object(Box<[(Text, Node)]>),
}

impl Template {
    pub(crate) fn new(root: Node) -> Self {
        Self(root)
    }

    /// The expression that it is as a whole, if it is one.
    pub(crate) fn query(&self) -> Option<&Query> {
        match &self.0 {
            Node::Query(query) => Some(query),
            _ => None,
        }
    }

    /// The template's value, with each expression as `evaluate` answers it.
    ///
    /// # Errors
    ///
    /// The first failure of `evaluate`.
    pub(crate) fn evaluate<E>(
        &self,
        evaluate: &mut impl FnMut(&Query) -> Result<Value, E>,
    ) -> Result<Value, E> {
        self.0.evaluate(evaluate)
    }
}

impl Node {
    fn evaluate<E>(
        &self,
        evaluate: &mut impl FnMut(&Query) -> Result<Value, E>,
    ) -> Result<Value, E> {
        match self {
            Self::Constant(value) => Ok(value.clone()),
            Self::Query(query) => evaluate(query),
            Self::Array(nodes) => {
                let items: Result<Vec<Value>, E> =
                    nodes.iter().map(|node| node.evaluate(evaluate)).collect();
                Ok(Array::from(items?).into())
            }
            Self::Object(members) => {
                let mut object = ObjectBuilder::with_capacity(members.len());
                for (key, node) in members {
                    object.insert(key, node.evaluate(evaluate)?);
                }
                Ok(object.build().into())
            }
        }
    }
}
