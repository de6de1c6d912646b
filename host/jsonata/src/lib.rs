//! JSONata as Step Functions speaks it: parsing, and evaluation within bounds.
//!
//! The language is JSONata 2.0.6 (<https://docs.jsonata.org>) without `$eval`, with the functions that
//! Step Functions adds ("Transforming data with JSONata" in its developer guide).
//!
//! An [`Expression`] is parsed once and evaluated often, from any thread, over JSON values as they are:
//! nothing is converted, and what is passed on is shared. Evaluating is a pure function of the
//! expression and its [`Surroundings`], which bring the variables, the time and chance. Expressions
//! come from strangers, so whatever they do is bounded by [`Limits`], and ends in a [`Fault`].
#![forbid(unsafe_code)]

mod builtin;
mod evaluate;
mod expression;
mod fault;
mod frame;
mod function;
mod functions;
mod item;
mod lexer;
mod limits;
mod parser;
mod references;
mod signature;
mod stack;
mod surroundings;
mod tree;
mod tuple;

pub use expression::Expression;
pub use fault::Fault;
pub use limits::Limits;
pub use references::{References, VariableReference};
pub use surroundings::Surroundings;

/// The names of the built-in functions, without `$`, in alphabetical order.
pub fn function_names() -> impl Iterator<Item = &'static str> {
    let all = builtin::Builtin::all().iter();
    all.map(|builtin| builtin.definition.name)
}
