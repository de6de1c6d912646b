//! Runs one invocation of one Wasm component in a fresh instance under limits.
//!
//! A [`Sandbox`] loads components as [`Function`]s; a function is invoked
//! with a JSON event and yields a JSON result or a [`FunctionError`] with the
//! name that AWS Lambda gives to that failure. Whatever a guest does, the host
//! goes on: every resource has a limit, all of them in [`Limits`],
//! [`PoolLimits`] and [`CompileLimits`].
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use sandstep_sandbox::*;
//!
//! let compiler = CompilerProgram::new(std::env::current_exe()?, ["compile-component"]);
//! let sandbox = Sandbox::new(SandboxConfig::new(".sandstep/components", compiler))?;
//! let component = std::fs::read("greet.wasm")?;
//! let greet = sandbox.load(&component, FunctionSpec::named("greet")).await?;
//! let invocation = greet.invoke(r#"{"name": "Ada"}"#, &Call::new("request-1")).await;
//! println!("{:?}", invocation.outcome);
//! # Ok(())
//! # }
//! ```
//!
//! The compiler is a program of the embedder's that calls
//! [`compile::child_main`]: wasmtime cannot cancel a compilation, so it
//! happens in a child process that can be killed.

// The one exception is the documented function in `artifact`.
#![deny(unsafe_code)]

mod abi;
mod artifact;
mod cache;
mod call;
mod clock;
pub mod compile;
mod config;
mod data;
mod engine;
mod error;
mod files;
#[cfg(feature = "bench-floor")]
pub mod floor;
mod function;
mod grants;
mod limits;
mod log;
mod meter;
mod outcome;
mod sandbox;
mod ticker;
mod turn;
mod world;

pub use call::{Call, ClockSource};
pub use compile::CompilerProgram;
pub use config::{FunctionSpec, SandboxConfig};
pub use error::{LoadError, SandboxError};
pub use function::Function;
pub use grants::{Access, DirectoryGrant, Grants};
pub use limits::{CompileLimits, Limits, PoolLimits};
pub use log::Log;
pub use outcome::{FunctionError, Invocation, Usage};
pub use sandbox::Sandbox;
