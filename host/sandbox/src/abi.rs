//! The types of `wit/types.wit` as they cross into and out of a guest.
//!
//! wasmtime compares them with each component's own types when it is loaded.

use wasmtime::component::{ComponentType, Lift, Lower};

/// `handle`'s parameters.
pub(crate) type Parameters<'a> = (&'a str, Context<'a>);

/// `handle`'s result.
pub(crate) type Returned = (Result<String, HandlerError>,);

/// The record `context`.
#[derive(Clone, Copy, ComponentType, Lower)]
#[component(record)]
pub(crate) struct Context<'a> {
    #[component(name = "function-name")]
    pub(crate) function_name: &'a str,
    #[component(name = "function-version")]
    pub(crate) function_version: &'a str,
    #[component(name = "invoked-function-arn")]
    pub(crate) invoked_function_arn: &'a str,
    #[component(name = "request-id")]
    pub(crate) request_id: &'a str,
    #[component(name = "deadline-ms")]
    pub(crate) deadline_ms: u64,
    #[component(name = "memory-limit-mb")]
    pub(crate) memory_limit_mb: u32,
    pub(crate) attempt: u32,
    #[component(name = "execution-arn")]
    pub(crate) execution_arn: Option<&'a str>,
    #[component(name = "state-name")]
    pub(crate) state_name: Option<&'a str>,
    #[component(name = "idempotency-token")]
    pub(crate) idempotency_token: Option<&'a str>,
}

/// The record `error`.
#[derive(Clone, Debug, ComponentType, Lift)]
#[component(record)]
pub(crate) struct HandlerError {
    #[component(name = "error-type")]
    pub(crate) error_type: String,
    #[component(name = "error-message")]
    pub(crate) error_message: String,
    #[component(name = "stack-trace")]
    pub(crate) stack_trace: Vec<String>,
}
