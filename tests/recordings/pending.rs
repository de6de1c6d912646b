//! Which cases wait for something that is not there yet.

use sandstep_json::Value;
use sandstep_service::step_functions::StepFunctions;

use crate::{
    case::{Call, Case},
    log_groups,
};

/// The services that there are; of the last one, what needs only names.
const SERVICES: [&str; 3] = ["states", "lambda", "logs"];

/// Why a case is not replayed; `None` if it is.
pub(crate) fn reason(case: &Case) -> Option<String> {
    if let Some(service) = case.needs.iter().find(is_elsewhere)
        && !is_all_mocked(case)
    {
        return Some(format!("the service `{service}`"));
    }
    let mut calls = case.calls.iter();
    calls
        .find_map(unanswered)
        .or_else(|| beyond_us(case).map(str::to_owned))
}

/// Whether a case needs nothing beside state machines and functions.
pub(crate) fn needs_little(case: &Case) -> bool {
    case.needs
        .iter()
        .all(|need| matches!(need.as_str(), "states" | "lambda"))
}

fn is_elsewhere(service: &&String) -> bool {
    !SERVICES.contains(&service.as_str())
}

/// Whether a case does nothing but test states, of which no task of another service is run.
fn is_all_mocked(case: &Case) -> bool {
    case.calls.iter().all(|call| call.operation == "TestState")
}

/// What of a call the endpoint cannot answer.
fn unanswered(call: &Call) -> Option<String> {
    let operation = call.operation.as_str();
    if call.is_elsewhere {
        return Some("a second account or region".to_owned());
    }
    let is_there = match call.service.as_str() {
        "stepfunctions" | "lambda" => true,
        "logs" => log_groups::OPERATIONS.contains(&operation),
        _ => false,
    };
    if !is_there {
        return Some(format!("the service `{}`", call.service));
    }
    let is_known = StepFunctions::OPERATIONS.contains(&operation);
    (call.service == "stepfunctions" && !is_known).then(|| format!("the operation `{operation}`"))
}

/// What the definitions of a case need that executions do not have yet. What is
/// no JSON is refused, which needs nothing.
fn beyond_us(case: &Case) -> Option<&'static str> {
    let mut calls = case.calls.iter();
    let runs = calls.any(|call| call.operation == "StartExecution");
    let definitions = case
        .calls
        .iter()
        .filter_map(|call| call.params.get("definition"));
    let mut parsed = definitions.filter_map(|text| Value::parse(text.as_str()?).ok());
    parsed.find_map(|definition| beyond(&definition, runs))
}

/// What a definition needs that executions do not have yet.
fn beyond(part: &Value, runs: bool) -> Option<&'static str> {
    let children: Vec<&Value> = match part {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => return None,
    };
    let text = |key| part.get(key).and_then(Value::as_str);
    if runs && text("Type") == Some("Task") && text("Resource").is_some_and(is_of_others) {
        return Some("tasks of other services");
    }
    if runs && text("Mode") == Some("DISTRIBUTED") {
        return Some("running a distributed Map");
    }
    children.into_iter().find_map(|child| beyond(child, runs))
}

/// Whether a task needs a service beside functions and this one.
fn is_of_others(resource: &str) -> bool {
    let integration = resource.strip_prefix("arn:aws:states:::");
    let ours = ["lambda:invoke", "states:startExecution", "aws-sdk:sfn:"];
    integration.is_some_and(|name| !ours.iter().any(|ours| name.starts_with(ours)))
}
