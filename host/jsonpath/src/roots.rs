//! What paths start from.

use sandstep_json::Value;

/// The documents that a path can start from.
///
/// A path touches only the one it names, so an implementor may build the context object
/// when it is first asked for.
pub trait Roots {
    /// The state's input, `$`.
    fn input(&self) -> &Value;

    /// The context object, `$$`.
    fn context(&self) -> &Value;

    /// The workflow variable `$name`, if it has been assigned.
    fn variable(&self, name: &str) -> Option<&Value>;
}

/// The input alone: the context object is `null` and there are no variables.
impl Roots for Value {
    fn input(&self) -> &Value {
        self
    }

    fn context(&self) -> &Value {
        &Value::Null
    }

    fn variable(&self, _name: &str) -> Option<&Value> {
        None
    }
}
