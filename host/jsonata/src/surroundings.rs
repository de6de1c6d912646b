//! What an expression sees of the world.

use sandstep_json::Value;

/// All that an evaluation needs and that is not in the expression. Evaluating is otherwise
/// a pure function: what these methods give decides the result.
pub trait Surroundings {
    /// The value of a variable that the expression does not bind itself; `name` is without `$`.
    /// In a state machine: `states`, and the workflow's variables. One with the name of a built-in
    /// function hides it.
    fn variable(&self, name: &str) -> Option<Value>;

    /// Milliseconds since 1970-01-01T00:00:00Z; the same throughout an evaluation.
    fn now(&self) -> i64;

    /// The next 64 random bits, for `$random()`, `$uuid()` and `$shuffle()`.
    fn draw(&self) -> u64;
}
