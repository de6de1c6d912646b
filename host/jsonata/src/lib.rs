//! JSONata as Step Functions speaks it: parsing, and evaluation within bounds.
//!
//! The language is JSONata 2.0.6 (<https://docs.jsonata.org>) without `$eval`, with the functions that
//! Step Functions adds ("Transforming data with JSONata" in its developer guide).
#![forbid(unsafe_code)]

mod fault;
#[allow(dead_code, unused_imports)]
mod functions;

pub use fault::Fault;

mod pending;
pub use pending::{Expression, Limits, Surroundings};
