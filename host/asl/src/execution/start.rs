//! What an execution is told when it starts.

use std::time::Duration;

use sandstep_json::{Text, Value};

use super::token::TokenKey;

/// Everything about one execution that its definition does not say.
#[derive(Clone, Debug)]
pub struct Start {
    /// The execution's input.
    pub input: Value,
    /// The execution's ARN, `$$.Execution.Id`.
    pub execution_arn: Text,
    /// The execution's name, `$$.Execution.Name`.
    pub name: Text,
    /// The role it runs under, `$$.Execution.RoleArn`.
    pub role_arn: Text,
    /// The state machine's ARN, `$$.StateMachine.Id`.
    pub machine_arn: Text,
    /// The state machine's name, `$$.StateMachine.Name`.
    pub machine_name: Text,
    /// How often the execution was redriven, `$$.Execution.RedriveCount`. The
    /// context object has none where a caller waits for the result (recorded of
    /// `StartSyncExecution` and `TestState`).
    pub redrive_count: Option<u64>,
    /// Where all of the execution's chance comes from. Two executions with the
    /// same seed draw the same numbers, so take it from a secure generator.
    pub seed: u128,
    /// What the tokens of its tasks are sealed with. It is no part of what is
    /// kept of an execution: whoever restores one brings it along.
    pub token_key: TokenKey,
    /// What the execution may use.
    pub limits: Limits,
}

/// What one execution may use. The defaults are the service's quotas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest input, output or task result, in bytes of JSON text. Beyond
    /// it a state fails with `States.DataLimitExceeded`. Default 262,144.
    pub payload_bytes: usize,
    /// How many bytes of JSON text the workflow variables of the execution may
    /// have together; those of one `Assign` may have `payload_bytes`. Beyond
    /// either, a state fails with `States.DataLimitExceeded`. Default
    /// 10,485,760.
    pub variable_bytes: usize,
    /// How many events a history may have; the last one is then
    /// `ExecutionFailed`. `None` is no limit, as in EXPRESS executions.
    /// Default 25,000.
    pub history_events: Option<u64>,
    /// How many iterations of one inline Map run at a time at most, whatever
    /// its `MaxConcurrency`. Default 40.
    pub inline_concurrency: usize,
    /// How many threads of control (branches and iterations) may be alive in
    /// the whole execution before further ones wait for others to end. Each
    /// Parallel and Map state may always run one. Default 10,000.
    pub threads: usize,
    /// How long the execution may take, beside what its definition says. Beyond
    /// it, the execution times out. EXPRESS has five minutes. Default `None`.
    pub duration: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            payload_bytes: 256 * 1024,
            variable_bytes: 10 * 1024 * 1024,
            history_events: Some(25_000),
            inline_concurrency: 40,
            threads: 10_000,
            duration: None,
        }
    }
}

impl Limits {
    /// The quotas of an EXPRESS execution: no limit on its history, five
    /// minutes of time.
    pub fn express() -> Self {
        Self {
            history_events: None,
            duration: Some(Duration::from_secs(5 * 60)),
            ..Self::default()
        }
    }
}
