//! `sandstep redrive`

use std::process::ExitCode;

use sandstep_json::Object;

use super::remote::{self, print_answer, wait_for};
use crate::args::RedriveArgs;
use crate::command_error::CommandError;
use crate::terminal::Terminal;

/// Continues an execution of a server that did not succeed.
pub(crate) fn redrive(args: &RedriveArgs, terminal: Terminal) -> Result<ExitCode, CommandError> {
    remote::run(&args.endpoint, async |client| {
        let arn = client.execution_arn(&args.execution).await?;
        let request = Object::from([("executionArn", arn.as_str())]);
        let answer = client.call("RedriveExecution", request).await?;
        match args.wait {
            true => wait_for(&client, &arn, terminal).await,
            false => print_answer(&answer, args.format),
        }
    })
}
