//! Write a Sandstep Lambda in Rust.
//!
//! A handler is a plain function over serde types:
//!
//! ```
//! use sandstep_lambda::{Context, Error, handler};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Deserialize)]
//! struct Order {
//!     quantity: u32,
//!     price: u32,
//! }
//!
//! #[derive(Serialize)]
//! struct Invoice {
//!     total: u32,
//! }
//!
//! #[handler]
//! fn handle(order: Order, context: Context) -> Result<Invoice, Error> {
//!     let total = order
//!         .quantity
//!         .checked_mul(order.price)
//!         .ok_or_else(|| Error::new("TooExpensive", "the total has no end"))?;
//!     eprintln!("attempt {}", context.attempt);
//!     Ok(Invoice { total })
//! }
//!
//! // A handler's tests run natively, with `cargo test`.
//! let order = Order { quantity: 2, price: 3 };
//! assert_eq!(handle(order, Context::default()).unwrap().total, 6);
//! ```
//!
//! The crate that contains it is a `cdylib`:
//!
//! ```toml
//! [lib]
//! crate-type = ["cdylib"]
//!
//! [profile.release]
//! opt-level = "s"
//! lto = true
//! codegen-units = 1
//! panic = "abort"
//! strip = true
//! ```
//!
//! and `cargo build --release --target wasm32-wasip2` makes a component of it.
//! With this profile a component that parses and prints JSON has about 100 KB.
//!
//! # Handlers
//!
//! `#[handler]` goes on one function of the crate. It takes the event, any
//! type that serde deserializes, and after it the [`Context`] if it asks for
//! it. It returns what serde serializes, or a `Result` of that and an error.
//!
//! # Errors
//!
//! Whatever `?` converts into [`Error`] works: an error's `errorType` is the
//! name of its type, its `errorMessage` what it displays, and its causes are
//! the `stackTrace`. [`Error::new`] chooses another type. A handler may also
//! return its own error type, `anyhow::Error`, or
//! `Box<dyn std::error::Error + Send + Sync>`.
//!
//! An event that does not deserialize is a `Runtime.UnmarshalError`, a result
//! that does not serialize a `Runtime.MarshalError`. A panic ends the
//! invocation with `Runtime.ExitError`, and its message is in the log.

// Lifted for the generated bindings alone.
#![deny(unsafe_code)]

// The generated bindings name this crate as its users do.
#[cfg(target_arch = "wasm32")]
extern crate self as sandstep_lambda;

mod context;
mod error;
mod outcome;

pub use context::Context;
pub use error::Error;

/// Makes a function the handler of its component.
///
/// The function stays as it is and can be called and tested. In a build for
/// `wasm32` it is also exported as `handle` of the world
/// `sandstep:lambda/lambda`. See the [crate] for what it may take and
/// return.
pub use sandstep_lambda_macros::handler;

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code, missing_docs, unreachable_pub)]
mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "lambda",
        pub_export_macro: true,
        runtime_path: "::sandstep_lambda::__private::rt",
        default_bindings_module: "::sandstep_lambda::__private",
    });
}

/// What the expansion of `#[handler]` needs. Not for use by hand.
#[doc(hidden)]
pub mod __private {
    #[cfg(target_arch = "wasm32")]
    pub use crate::bindings::sandstep::lambda::types::{Context as WitContext, Error as WitError};
    #[cfg(target_arch = "wasm32")]
    pub use crate::bindings::*;
    pub use crate::outcome::{Fallible, Infallible, IsAnswer, IsResult, run};
    pub use crate::printed;
    #[cfg(target_arch = "wasm32")]
    pub use wit_bindgen::rt;
}
