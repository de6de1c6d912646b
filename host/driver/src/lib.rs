//! Drives executions: tasks, timers, clocks and cancellation around the pure interpreter.
