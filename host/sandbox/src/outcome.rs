//! How an invocation ended, in AWS Lambda's words.

use std::fmt::Display;
use std::time::Duration;

use serde::Serialize;
use wasmtime::{Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use crate::abi::{HandlerError, Returned};
use crate::data::InvocationData;
use crate::limits::Limits;
use crate::log::Log;
use crate::meter::{CpuTimeSpent, WallTimeSpent};
use crate::world::World;

/// One finished invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation<T = String> {
    /// The result (its JSON text, unless it was read as something else), or
    /// what went wrong.
    pub outcome: Result<T, FunctionError>,
    /// What the guest printed.
    pub log: Log,
    /// What it used.
    pub usage: Usage,
}

/// A failure as Step Functions reports it: `Error` and `Cause`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}: {cause}")]
pub struct FunctionError {
    /// The name that retriers and catchers match, such as `Sandbox.Timedout`
    /// or the handler's own error type.
    pub error: String,
    /// For an error of the handler's own, Lambda's JSON document with
    /// `errorMessage`, `errorType`, `requestId` and `stackTrace`. Otherwise a
    /// sentence with the facts: which limit, how much, for how long.
    pub cause: String,
}

/// What an invocation used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Time spent computing.
    pub cpu_time: Duration,
    /// Time from start to end, without the wait for a place in the pool.
    pub wall_time: Duration,
    /// Time that passed on a virtual clock: what the guest slept. Zero on the
    /// real one.
    pub virtual_time: Duration,
    /// The most linear memory that was ever in use, in bytes.
    pub peak_memory_bytes: usize,
}

impl<T> Invocation<T> {
    /// One that was turned away before it began.
    pub(crate) fn refused(error: FunctionError) -> Self {
        Self {
            outcome: Err(error),
            log: Log::default(),
            usage: Usage::default(),
        }
    }
}

fn error(name: &str, cause: String) -> FunctionError {
    FunctionError {
        error: name.to_owned(),
        cause,
    }
}

/// The event exceeds its limit. The name and the sentence are those of
/// Lambda's `Invoke`.
pub(crate) fn event_too_large(size: usize, limits: &Limits) -> FunctionError {
    error(
        "Lambda.RequestEntityTooLargeException",
        format!(
            "Request must be smaller than {} bytes for the InvokeFunction operation; it has {size} bytes",
            limits.event_bytes
        ),
    )
}

/// No place in the pool became free in time.
pub(crate) fn too_many_requests(invocations: u32, waited: Duration) -> FunctionError {
    error(
        "Lambda.TooManyRequestsException",
        format!(
            "Rate Exceeded. All {invocations} places of the pool were taken for {} s",
            seconds(waited)
        ),
    )
}

/// Gives what happened to a guest its name and its cause.
pub(crate) struct Judge<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) limits: &'a Limits,
    pub(crate) stack_bytes: usize,
    pub(crate) world: World,
    pub(crate) data: &'a InvocationData,
}

impl Judge<'_> {
    /// `read` makes of a result's text what the caller wants.
    pub(crate) fn outcome<T, E: Display>(
        &self,
        ended: Result<wasmtime::Result<Returned>, WallTimeSpent>,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, FunctionError> {
        match ended {
            Ok(Ok((Ok(result),))) => self.result(&result, read),
            Ok(Ok((Err(handler),))) => Err(self.handler_error(&handler)),
            Ok(Err(trap)) => Err(self.trapped(&trap)),
            Err(WallTimeSpent) => Err(self.wall_time_spent()),
        }
    }

    fn result<T, E: Display>(
        &self,
        result: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, FunctionError> {
        if result.len() > self.limits.result_bytes {
            return Err(self.result_too_large(&format!(" ({} bytes)", result.len())));
        }
        read(result).map_err(|cause| self.not_json(result, &cause))
    }

    fn result_too_large(&self, size: &str) -> FunctionError {
        error(
            "Function.ResponseSizeTooLarge",
            format!(
                "Response payload size{size} exceeded maximum allowed payload size ({} bytes).",
                self.limits.result_bytes
            ),
        )
    }

    fn not_json(&self, result: &str, cause: &impl Display) -> FunctionError {
        let start: String = result.chars().take(80).collect();
        error(
            "Runtime.MarshalError",
            format!(
                "RequestId: {} Error: The handler's result is not JSON: {cause}; it begins with {start:?}",
                self.request_id
            ),
        )
    }

    fn handler_error(&self, handler: &HandlerError) -> FunctionError {
        let document = self.error_document(handler);
        if !handler.error_type.is_empty() {
            return error(&handler.error_type, document);
        }
        let payload = match handler.error_message.is_empty() {
            true => "null",
            false => &document,
        };
        error(
            "Lambda.Unknown",
            format!(
                "The cause could not be determined because Lambda did not return an error type. Returned payload: {payload}"
            ),
        )
    }

    /// The document that Lambda's own runtimes return for an error.
    fn error_document(&self, handler: &HandlerError) -> String {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Document<'a> {
            error_message: &'a str,
            error_type: &'a str,
            request_id: &'a str,
            stack_trace: &'a [String],
        }
        let document = Document {
            error_message: &handler.error_message,
            error_type: &handler.error_type,
            request_id: self.request_id,
            stack_trace: &handler.stack_trace,
        };
        serde_json::to_string(&document).expect("strings are always JSON")
    }

    fn wall_time_spent(&self) -> FunctionError {
        self.timed_out(self.limits.wall_time, "wall_time", "")
    }

    fn timed_out(&self, limit: Duration, name: &str, kind: &str) -> FunctionError {
        let cpu_time = self.data.meter.cpu_time();
        error(
            "Sandbox.Timedout",
            format!(
                "RequestId: {} Error: Task timed out after {} seconds{kind} \
                 (limit {name}; it ran for {} s and computed for {} s of them)",
                self.request_id,
                seconds(limit),
                seconds(self.data.meter.wall_time() + self.data.meter.slept()),
                seconds(cpu_time),
            ),
        )
    }

    fn trapped(&self, trap: &wasmtime::Error) -> FunctionError {
        if trap.is::<CpuTimeSpent>() {
            return self.timed_out(self.limits.cpu_time, "cpu_time", " of computing");
        }
        if let Some(I32Exit(status)) = trap.downcast_ref()
            && self.refused_growth().is_none()
        {
            return self.exited(*status);
        }
        if result_took_all_fuel(trap, self.world) {
            return self.result_too_large("");
        }
        let reason = self.reason(trap);
        let last_words = match self.data.log().and_then(|log| log.last_words()) {
            Some(words) => format!("; last printed: {words}"),
            None => String::new(),
        };
        self.exit_error(&format!("Runtime exited with error: {reason}{last_words}"))
    }

    fn exited(&self, status: i32) -> FunctionError {
        match status {
            0 => self.exit_error("Runtime exited without providing a reason"),
            status => self.exit_error(&format!("Runtime exited with error: exit status {status}")),
        }
    }

    fn exit_error(&self, what: &str) -> FunctionError {
        error(
            "Runtime.ExitError",
            format!("RequestId: {} Error: {what}", self.request_id),
        )
    }

    /// The limit that the guest ran into, if there is one.
    ///
    /// A guest that is refused memory usually aborts or exits, so its end
    /// alone would hide the reason.
    fn refused_growth(&self) -> Option<String> {
        let memory = self.data.growth.memory();
        let tables = self.data.growth.tables();
        if let Some(refused) = memory.refused {
            return Some(format!(
                "signal: killed (limit memory_bytes of {} bytes: {} were in use and {refused} more were asked for)",
                self.limits.memory_bytes, memory.taken
            ));
        }
        tables.refused.map(|refused| {
            format!(
                "signal: killed (limit table_elements of {}: {} were in use and {refused} more were asked for)",
                self.limits.table_elements, tables.taken
            )
        })
    }

    fn reason(&self, trap: &wasmtime::Error) -> String {
        if let Some(limit) = self.refused_growth() {
            return limit;
        }
        match trap.downcast_ref::<Trap>() {
            Some(Trap::StackOverflow) => format!(
                "signal: segmentation fault (call stack of {} bytes exhausted)",
                self.stack_bytes
            ),
            // Languages that keep a stack of their own in linear memory place
            // it so that overflowing it leaves the memory.
            Some(trap @ Trap::MemoryOutOfBounds) => format!(
                "signal: segmentation fault ({trap}; recursion without end is a common cause)"
            ),
            Some(trap) => trap.to_string(),
            None => trap.root_cause().to_string(),
        }
    }
}

/// Whether lifting the result took more than the store's hostcall fuel.
///
/// wasmtime keeps the type of that error to itself. A call from the guest that
/// runs out of it has a backtrace; returning from a `handle` that is not async
/// has none. An async one returns by a call: nothing tells it from others, of
/// which none hands over as much in an honest guest.
fn result_took_all_fuel(trap: &wasmtime::Error, world: World) -> bool {
    let may_be_returning = world == World::LambdaAsync || !trap.is::<WasmBacktrace>();
    may_be_returning && !trap.is::<Trap>() && trap.root_cause().to_string().contains("fuel")
}

fn seconds(duration: Duration) -> String {
    format!("{:.2}", duration.as_secs_f64())
}
