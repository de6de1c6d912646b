//! What the fields of a state hold besides constants.

use sandstep_jsonpath::{Path, Template};

use crate::jsonata;

/// A payload template in the query language of its state.
#[derive(Debug)]
pub(crate) enum Payload {
    JsonPath(Template),
    Jsonata(jsonata::Template),
}

/// A field of which a constant is one form.
#[derive(Debug)]
pub(crate) enum Dynamic<T> {
    /// `TimeoutSeconds`.
    Constant(T),
    /// `TimeoutSecondsPath`: a reference path (a path for SecondsPath and
    /// TimestampPath) into the effective input, the context object or a variable.
    Path(Path),
    /// `TimeoutSeconds` with an expression in JSONata.
    Jsonata(jsonata::Query),
}
