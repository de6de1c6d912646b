//! Executions that outlive the engine that drives them.

mod activities;
mod life;
mod restart;
mod support;
