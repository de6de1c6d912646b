//! What a handler is told about its call.

/// The circumstances of one invocation.
///
/// Every invocation runs in a fresh instance: statics are as the program
/// begins with them, whatever an earlier invocation did.
///
/// The client context of an `Invoke` is not handed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The name of the function.
    pub function_name: String,
    /// The version that runs: `$LATEST` or a number.
    pub function_version: String,
    /// The ARN under which the function was called.
    pub invoked_function_arn: String,
    /// Identifies this invocation; what the handler prints is logged under it.
    pub request_id: String,
    /// When the invocation is stopped, in milliseconds since the Unix epoch.
    pub deadline_ms: u64,
    /// How much memory the function may use, in MB of 1,048,576 bytes.
    pub memory_limit_mb: u32,
    /// 1 for the first attempt; a retrier counts it up.
    pub attempt: u32,
    /// The ARN of the execution, when a state machine calls.
    pub execution_arn: Option<String>,
    /// The name of the state, when a state machine calls.
    pub state_name: Option<String>,
    /// The same for every attempt at the same task and for no other: hand it
    /// to services that ignore a request they have already carried out.
    pub idempotency_token: Option<String>,
}

#[cfg(target_arch = "wasm32")]
impl From<crate::__private::WitContext> for Context {
    fn from(context: crate::__private::WitContext) -> Self {
        Self {
            function_name: context.function_name,
            function_version: context.function_version,
            invoked_function_arn: context.invoked_function_arn,
            request_id: context.request_id,
            deadline_ms: context.deadline_ms,
            memory_limit_mb: context.memory_limit_mb,
            attempt: context.attempt,
            execution_arn: context.execution_arn,
            state_name: context.state_name,
            idempotency_token: context.idempotency_token,
        }
    }
}
