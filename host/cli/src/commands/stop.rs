//! `sandstep stop`

use std::process::ExitCode;

use sandstep_json::Object;

use super::remote::{self, print_answer};
use crate::args::StopArgs;
use crate::command_error::CommandError;

/// Stops a running execution of a server.
pub(crate) fn stop(args: &StopArgs) -> Result<ExitCode, CommandError> {
    remote::run(&args.endpoint, async |client| {
        let arn = client.execution_arn(&args.execution).await?;
        let mut request = Object::from([("executionArn", arn)]);
        if let Some(error) = &args.error {
            request.insert("error", error.as_str());
        }
        if let Some(cause) = &args.cause {
            request.insert("cause", cause.as_str());
        }
        let answer = client.call("StopExecution", request).await?;
        print_answer(&answer, args.format)
    })
}
