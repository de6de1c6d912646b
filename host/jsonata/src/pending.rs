//! The seam that callers are written against until the evaluator is there.

use sandstep_json::Value;

use crate::Fault;

/// An expression that was read, as its text.
#[derive(Clone, Debug)]
pub struct Expression {
    text: String,
}

/// What one evaluation may cost.
#[derive(Clone, Debug, Default)]
pub struct Limits {}

/// What an expression sees of the world.
pub trait Surroundings {
    /// A variable that the expression does not bind itself, by its name without `$`.
    fn variable(&self, name: &str) -> Option<Value>;

    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> i64;

    /// The next 64 random bits.
    fn draw(&self) -> u64;
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// None yet.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.to_owned();
        Ok(Self { text })
    }

    /// The expression as it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value of a path of plain names from a variable on; nothing where it leads nowhere.
    ///
    /// # Errors
    ///
    /// None yet.
    pub fn evaluate(
        &self,
        surroundings: &dyn Surroundings,
        _limits: &Limits,
    ) -> Result<Option<Value>, Fault> {
        let mut names = self.text.trim_start_matches('$').split('.');
        let variable = names.next().and_then(|name| surroundings.variable(name));
        Ok(names.fold(variable, |value, name| value?.get(name).cloned()))
    }
}
