//! Drives executions: tasks, timers, clocks and cancellation around the pure interpreter.
//!
//! A [`Driver`] gives an [`Execution`](sandstep_asl::Execution) what it asks for:
//! it hands tasks to a [`TaskRunner`], tells the execution what became of them,
//! wakes it when time has come, and stops what nobody waits for any more. It
//! keeps nothing of its own beyond the tasks in flight.
#![forbid(unsafe_code)]

mod drive;
pub mod durable;
mod real;
mod runner;
mod test_state;
mod timeline;
mod turn;
mod virtual_time;
mod wall;

pub use drive::{Clock, Driver, StopRequest, Watcher};
pub use runner::{TaskCall, TaskFuture, TaskReport, TaskRunner};
