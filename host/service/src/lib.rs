//! Joins the interpreter to the sandbox: functions by name, and the tasks of
//! executions as invocations of them.
//!
//! The driver knows [`TaskRunner`](sandstep_driver::TaskRunner) and the sandbox
//! knows [`Function`](sandstep_sandbox::Function); [`FunctionRunner`] is where
//! they meet. [`step_functions`] has the operations of the Step Functions API on
//! top of them, and [`lambda`] those of the Lambda API.
#![forbid(unsafe_code)]

pub mod document;
mod identity;
mod invoke;
pub mod lambda;
pub mod mock;
mod naming;
mod registry;
pub mod replay;
mod role;
mod runner;
pub mod step_functions;

pub use identity::Uuid;
pub use naming::{Match, kebab, match_function};
pub use registry::{Callable, Functions, Loader, Loading, NotLoaded};
pub use runner::{
    FunctionRunner, InvocationObserver, TASK_INTERRUPTED, UNSUPPORTED_RESOURCE, Unobserved,
};
