//! `sandstep start`

use std::process::ExitCode;

use sandstep_asl::Outcome;
use sandstep_json::{Object, Value};

use super::remote::{self, print_answer, wait_for};
use super::{read_text_argument, show_outcome};
use crate::args::StartArgs;
use crate::client::{Client, outcome};
use crate::command_error::{CommandError, INTERRUPTED};
use crate::execution::interrupt;
use crate::terminal::Terminal;

/// The longest input, in bytes: endpoints have a smaller limit of their own,
/// or a larger one than AWS has.
const INPUT_BYTES: usize = 64 << 20;

/// Starts an execution on a server.
pub(crate) fn start(args: &StartArgs, terminal: Terminal) -> Result<ExitCode, CommandError> {
    let input = read_text_argument("--input", &args.input, INPUT_BYTES)?;
    remote::run(&args.endpoint, async |client| {
        let machine = client.machine_arn(&args.machine).await?;
        let request = request(&machine, input, args.name.as_deref());
        if args.wait && is_express(&client, &machine).await? {
            return run_sync(&client, request, terminal).await;
        }
        let answer = client.call("StartExecution", request).await?;
        match args.wait {
            true => wait_for(&client, arn(&answer)?, terminal).await,
            false => print_answer(&answer, args.format),
        }
    })
}

fn request(machine: &str, input: String, name: Option<&str>) -> Object {
    let mut request = Object::from([("stateMachineArn", machine)]);
    request.insert("input", input);
    if let Some(name) = name {
        request.insert("name", name);
    }
    request
}

fn arn(answer: &Value) -> Result<&str, CommandError> {
    let arn = answer.get("executionArn").and_then(Value::as_str);
    arn.ok_or_else(|| CommandError::new("the endpoint did not say what it started"))
}

/// Whether executions of a machine, of a version or of an alias are EXPRESS
/// ones, which keep no history to be watched.
async fn is_express(client: &Client, arn: &str) -> Result<bool, CommandError> {
    let machine: Vec<&str> = arn.split(':').take(7).collect();
    let request = Object::from([("stateMachineArn", machine.join(":"))]);
    let answer = client.call("DescribeStateMachine", request).await?;
    Ok(answer.get("type").and_then(Value::as_str) == Some("EXPRESS"))
}

async fn run_sync(
    client: &Client,
    request: Object,
    terminal: Terminal,
) -> Result<ExitCode, CommandError> {
    let answer = tokio::select! {
        answer = client.call("StartSyncExecution", request) => answer?,
        _ = interrupt() => return Ok(ExitCode::from(INTERRUPTED)),
    };
    let outcome: Option<Outcome> = outcome(&answer);
    let outcome = outcome.ok_or_else(|| CommandError::new("the endpoint told of no end"))?;
    show_outcome(outcome, terminal)
}
