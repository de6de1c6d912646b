//! Executions that outlive the engine that drives them.

mod life;
mod restart;
mod support;
