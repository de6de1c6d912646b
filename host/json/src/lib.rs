//! JSON values that share their children, keep key order and keep the text of numbers.
//!
//! A workflow passes its payload from state to state and writes it into its history
//! on the way. A [`Value`] therefore costs one reference count to clone, however large
//! it is; a change copies the changed level alone, and not even that where nobody else
//! holds it. Arrays and objects know the length of their JSON text and their depth,
//! so a payload limit is checked without a walk.
//!
//! Values come from text ([`Value::parse`]) with a bounded depth ([`MAX_DEPTH`]);
//! [`Spanned`] is the form that also remembers where everything stood, for documents
//! whose problems are reported to their author.
#![forbid(unsafe_code)]

mod array;
mod build;
mod compare;
mod entries;
mod escape;
mod extent;
mod number;
mod object;
mod parse;
mod print;
mod scan;
mod serde_impls;
mod spanned;
mod teardown;
mod text;
mod value;

pub use array::Array;
pub use number::{InvalidNumber, Number};
pub use object::{Object, ObjectBuilder, ObjectIter};
pub use parse::{MAX_DEPTH, ParseError};
pub use spanned::{Entry, Position, Spanned, SpannedNode};
pub use text::Text;
pub use value::Value;
