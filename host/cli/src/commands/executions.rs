//! `sandstep executions`

use std::process::ExitCode;

use sandstep_asl::Timestamp;
use sandstep_json::{Object, Value};
use sandstep_service::replay::moment;

use super::remote::{self, date, is_for_people, text};
use super::{print_json, print_line};
use crate::args::ExecutionsArgs;
use crate::client::{Client, ExecutionArn, arn, is_standard};
use crate::command_error::CommandError;
use crate::report::table;
use crate::terminal::{readable, say};

/// The most executions that one answer may list (API reference,
/// "ListExecutions").
const LARGEST_PAGE: usize = 1000;

/// Lists executions of a server.
pub(crate) fn executions(args: &ExecutionsArgs) -> Result<ExitCode, CommandError> {
    remote::run(&args.endpoint, async |client| {
        let machines = match &args.machine {
            Some(machine) => vec![client.machine_arn(machine).await?],
            None => standard_machines(&client).await?,
        };
        let mut executions = Vec::new();
        for machine in machines {
            executions.extend(list(&client, machine, args).await?);
        }
        executions.sort_by_key(|execution| std::cmp::Reverse(started(execution)));
        executions.truncate(args.limit);
        match is_for_people(args.format) {
            true if executions.is_empty() => say(&nothing(args)),
            true => print_line(as_table(&executions).trim_end())?,
            false => {
                let executions: Value = executions.into_iter().collect::<Vec<_>>().into();
                print_json(&Object::from([("executions", executions)]).into())?;
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn standard_machines(client: &Client) -> Result<Vec<String>, CommandError> {
    let machines = client.machines().await?;
    let standard = machines.iter().filter(|machine| is_standard(machine));
    Ok(standard.filter_map(arn).map(ToOwned::to_owned).collect())
}

async fn list(
    client: &Client,
    machine: String,
    args: &ExecutionsArgs,
) -> Result<Vec<Value>, CommandError> {
    let page = args.limit.clamp(1, LARGEST_PAGE) as u64;
    let mut request = Object::from([("stateMachineArn", machine)]);
    request.insert("maxResults", page);
    if let Some(status) = args.status {
        request.insert("statusFilter", status.as_str());
    }
    let pages = client.pages("ListExecutions", "executions", request);
    Ok(pages.at_most(args.limit).await?)
}

/// What people are told instead of an empty table.
fn nothing(args: &ExecutionsArgs) -> String {
    match (&args.machine, args.status) {
        (None, None) => "there are no executions; `sandstep start MACHINE` starts one\n".to_owned(),
        (Some(machine), None) => format!("{machine} has no executions\n"),
        (_, Some(status)) => format!("no execution is {}\n", status.as_str()),
    }
}

fn started(execution: &Value) -> Option<Timestamp> {
    execution.get("startDate").and_then(moment)
}

fn as_table(executions: &[Value]) -> String {
    let rows: Vec<[String; 4]> = executions.iter().map(row).collect();
    table(["EXECUTION", "STATUS", "STARTED", "TOOK"], &rows)
}

/// The execution as other commands take it, and how far it is.
fn row(execution: &Value) -> [String; 4] {
    let arn = text(execution, "executionArn");
    let name = match ExecutionArn::parse(&arn) {
        Some(parts) => format!("{}/{}", parts.machine, parts.name),
        None => arn.to_string(),
    };
    let stopped = execution.get("stopDate").and_then(moment);
    let took = stopped.zip(started(execution));
    [
        name,
        text(execution, "status").to_string(),
        date(execution.get("startDate")),
        took.map_or_else(String::new, |(stopped, started)| {
            readable(stopped.since(started))
        }),
    ]
}
