//! JSONPath as Step Functions speaks it: paths, reference paths, intrinsic functions
//! and payload templates.
//!
//! Everything is parsed once, when a definition is read, and evaluated without
//! parsing again: a [`Path`], a [`ReferencePath`], an [`Expression`] (a path or an
//! intrinsic function) and a [`Template`] (an object with fields like `"name.$"`).
//!
//! Evaluation is pure. It reads the input, the context object and the variables through
//! [`Roots`]; random numbers come from the caller. What a definition can make it cost is
//! bounded: see [`MAX_STEPS`], [`MAX_NESTING`], [`VISIT_BUDGET`],
//! [`TEXT_BUDGET`] and [`MAX_OUTPUT`].
#![forbid(unsafe_code)]

mod cursor;
mod error;
mod expression;
mod failure;
mod filter;
mod intrinsic;
mod path;
mod reference;
mod roots;
mod select;
mod step;
mod template;

pub use error::{ErrorKind, EvalError, PathError};
pub use expression::{Draw, Expression, TEXT_BUDGET};
pub use failure::PathFailure;
pub use intrinsic::{Call, Function, MAX_OUTPUT};
pub use path::{MAX_NESTING, MAX_STEPS, Path, Root};
pub use reference::{PutError, ReferencePath};
pub use roots::Roots;
pub use select::{Meter, VISIT_BUDGET};
pub use template::{Segment, Template, TemplateError};
