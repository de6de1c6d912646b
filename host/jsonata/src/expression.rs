//! Expressions, ready to be evaluated.

use std::fmt;
use std::sync::Arc;

use sandstep_json::Value;

use crate::evaluate::Evaluator;
use crate::tree::Tree;
use crate::{Fault, Limits, References, Surroundings, parser, references};

/// A parsed expression. Its clones share it, between threads as well, and it may be evaluated any
/// number of times.
#[derive(Clone)]
pub struct Expression(Arc<Parsed>);

struct Parsed {
    text: Box<str>,
    tree: Tree,
}

impl Expression {
    /// Reads an expression: what stands between `{%` and `%}` in a state machine.
    ///
    /// Fails with the codes `S0…`. The fault's position is the place in `text`, in bytes.
    pub fn parse(text: &str) -> Result<Expression, Fault> {
        let tree = parser::parse(text)?;
        let text = text.into();
        Ok(Self(Arc::new(Parsed { text, tree })))
    }

    /// The expression as it was written.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// What the expression refers to outside of itself.
    pub fn references(&self) -> References {
        references::references(&self.0.tree)
    }

    /// The value of the expression; `None` where it is undefined, which JSON cannot say.
    ///
    /// There is no input document, as in Step Functions: the context at the top level is undefined.
    /// Fails with the codes of JSONata, and with those of [`Limits`].
    pub fn evaluate(
        &self,
        surroundings: &dyn Surroundings,
        limits: &Limits,
    ) -> Result<Option<Value>, Fault> {
        self.evaluate_on(None, surroundings, limits)
    }

    /// As [`Expression::evaluate`], for expressions that share one bound on their steps: `limits`
    /// has those that are left.
    pub fn evaluate_within(
        &self,
        surroundings: &dyn Surroundings,
        limits: &mut Limits,
    ) -> Result<Option<Value>, Fault> {
        let mut evaluator = Evaluator::new(&self.0.tree, surroundings, limits);
        let value = evaluator.run(None, limits);
        limits.steps = evaluator.meter.steps_left();
        value
    }

    /// The value of the expression over an input document, which `$` and `$$` stand for, and
    /// where fields' names are looked up. See [`Expression::evaluate`].
    pub fn evaluate_on(
        &self,
        input: Option<&Value>,
        surroundings: &dyn Surroundings,
        limits: &Limits,
    ) -> Result<Option<Value>, Fault> {
        Evaluator::new(&self.0.tree, surroundings, limits).run(input, limits)
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.0.text).finish()
    }
}

impl PartialEq for Expression {
    /// Expressions are equal whose texts are.
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}
