//! What a driver owes to others while executions or runners misbehave.

mod cancellation;
mod endless;
mod history_limit;
mod panics;
mod support;
