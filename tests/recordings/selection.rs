//! Which cases this version can replay, and why not the others.

use sandstep_json::Value;

use crate::{
    case::{Call, Case},
    refusal::INVALID_DEFINITION,
};

const SERVICES: [&str; 2] = ["states", "lambda"];

/// The operations that an endpoint in process answers, and the parameters that
/// it understands.
const OPERATIONS: [(&str, &[&str]); 5] = [
    ("lambda.CreateFunction", &["FunctionName", "Timeout"]),
    (
        "stepfunctions.CreateStateMachine",
        &["definition", "name", "roleArn", "type"],
    ),
    (
        "stepfunctions.StartExecution",
        &["input", "name", "stateMachineArn"],
    ),
    ("stepfunctions.GetExecutionHistory", &["executionArn"]),
    ("stepfunctions.DescribeExecution", &["executionArn"]),
];

/// Why a case is not replayed; `None` if it is.
pub(crate) fn reason_to_ignore(case: &Case) -> Option<String> {
    let mut needs = case.needs.iter();
    if let Some(service) = needs.find(|need| !SERVICES.contains(&need.as_str())) {
        return Some(format!("needs {service}"));
    }
    case.calls
        .iter()
        .find_map(unanswered)
        .or_else(|| beyond_us(case).map(str::to_owned))
}

/// What of a call the endpoint cannot answer.
fn unanswered(call: &Call) -> Option<String> {
    let operation = call.operation.as_str();
    let Some((_, known)) = OPERATIONS.iter().find(|(name, _)| *name == operation) else {
        return Some(format!("calls {operation}"));
    };
    let params = call.params.as_object()?;
    if let Some(unknown) = params.keys().find(|key| !known.contains(&key.as_str())) {
        return Some(format!("calls {operation} with {unknown}"));
    }
    // Other refusals are the API's, not the interpreter's.
    let raises = call
        .raises
        .as_deref()
        .filter(|&code| code != INVALID_DEFINITION);
    raises.map(|code| format!("raises {code}"))
}

/// What the definitions of a case need that the interpreter does not have yet.
/// What is no JSON is refused, which needs nothing.
fn beyond_us(case: &Case) -> Option<&'static str> {
    let runs = case
        .calls
        .iter()
        .any(|call| call.operation.ends_with(".StartExecution"));
    let definitions = case
        .calls
        .iter()
        .filter_map(|call| call.params.get("definition"));
    let mut parsed = definitions.filter_map(|text| Value::parse(text.as_str()?).ok());
    parsed.find_map(|definition| beyond(&definition, runs))
}

/// What a definition needs that the interpreter does not have yet.
fn beyond(part: &Value, runs: bool) -> Option<&'static str> {
    let children: Vec<&Value> = match part {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => return None,
    };
    let text = |key| part.get(key).and_then(Value::as_str);
    if text("QueryLanguage") == Some("JSONata") {
        return Some("JSONata");
    }
    if part.get("Assign").is_some() {
        return Some("variables");
    }
    if text("Type") == Some("Task") && text("Resource").is_some_and(is_integration) {
        return Some("service integrations and activities");
    }
    if runs && text("Mode") == Some("DISTRIBUTED") {
        return Some("runs a distributed Map");
    }
    children.into_iter().find_map(|child| beyond(child, runs))
}

/// Whether a task needs more than a function: another service, an activity or
/// a task token.
fn is_integration(resource: &str) -> bool {
    resource.starts_with("arn:aws:states:") && resource != "arn:aws:states:::lambda:invoke"
}
