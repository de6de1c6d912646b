//! Joins the interpreter to the sandbox: functions by name, deployed projects, executions.
