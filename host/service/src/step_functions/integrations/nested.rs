//! `states:startExecution`: executions that others start (developer guide, "Start a new
//! workflow from a running execution").

use std::future::pending;
use std::time::Duration;

use sandstep_asl::{Outcome, Pattern, Task, TaskOutcome};
use sandstep_driver::TaskCall;
use sandstep_driver::durable::EngineError;
use sandstep_json::{Object, Value};

use super::{Guest, capitalized};
use crate::invoke::sdk_response;
use crate::runner::request_id;
use crate::step_functions::executions::engine_error;
use crate::step_functions::machine::StateMachineType;
use crate::step_functions::{
    ApiError, DescribeExecutionInput, StartExecutionInput, StartExecutionOutput, StepFunctions,
    StopExecutionInput,
};

/// The error of an execution that somebody waited for and that did not succeed (recorded).
const TASK_FAILED: &str = "States.TaskFailed";

/// How long to wait before a service is asked again that could not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Starts an execution for a task, or follows the one that it has started.
pub(super) async fn run(guest: &Guest, call: &TaskCall) -> Result<TaskOutcome, TaskOutcome> {
    if let Some(response) = &call.task.job {
        return follow(guest, call, response).await;
    }
    let account = guest.account().await;
    let started = start(&account, call).await;
    let started = started.map_err(|error| refused(&error, call))?;
    let response = response(&started, call);
    Ok(match call.task.resource.pattern() {
        Pattern::RequestResponse => TaskOutcome::Responded(response),
        Pattern::Sync | Pattern::WaitForTaskToken => TaskOutcome::Accepted(response),
    })
}

async fn start(account: &StepFunctions, call: &TaskCall) -> Result<StartExecutionOutput, ApiError> {
    let request = request(call);
    if call.task.resource.pattern() == Pattern::Sync {
        let resolved = account.resolve(&request.state_machine_arn).await?;
        if resolved.revision.kind == StateMachineType::Express {
            return Err(ApiError::type_not_supported());
        }
    }
    match account.start_execution(request.clone()).await {
        Err(error) if call.resumed && error.code == "ExecutionAlreadyExists" => {
            started_before(account, &request, &call.task)
                .await
                .ok_or(error)
        }
        started => started,
    }
}

/// What a task asks for. A name that it does not give is the attempt's own, so that who
/// runs the attempt again starts nothing twice.
fn request(call: &TaskCall) -> StartExecutionInput {
    let text = |key| {
        let parameter = call.task.input.get(key);
        parameter.and_then(Value::as_str).map(str::to_owned)
    };
    StartExecutionInput {
        state_machine_arn: text("StateMachineArn").unwrap_or_default(),
        name: Some(text("Name").unwrap_or_else(|| request_id(call).to_string())),
        input: input(&call.task.input),
        trace_header: text("TraceHeader"),
    }
}

/// The text of an `Input`: a text as it stands, anything else as JSON; none stands for the
/// empty object (recorded of all three).
fn input(parameters: &Value) -> Option<String> {
    match parameters.get("Input")? {
        Value::Null => None,
        Value::String(text) => Some(text.to_string()),
        other => Some(other.to_json()),
    }
}

/// The execution that this attempt has started, in an earlier process or unknown to
/// whoever asks, even if it has ended since: it has the name and the input, and is younger
/// than the attempt.
async fn started_before(
    account: &StepFunctions,
    request: &StartExecutionInput,
    task: &Task,
) -> Option<StartExecutionOutput> {
    let resolved = account.resolve(&request.state_machine_arn).await.ok()?;
    let (machine, name) = (&resolved.revision.record.name, request.name.as_deref()?);
    let arn = account.arn(&format!("execution:{machine}:{name}"));
    let run = account.run(&arn).await.ok()?;
    let input = Value::parse(request.input_text()).ok()?;
    let is_ours = run.input == input && run.summary.started >= task.scheduled_at;
    is_ours.then_some(StartExecutionOutput {
        execution_arn: run.summary.arn.to_string(),
        start_date: run.summary.started,
    })
}

/// What the service answers, as a state sees it.
fn response(started: &StartExecutionOutput, call: &TaskCall) -> Value {
    let members = Object::from([
        ("ExecutionArn", Value::from(started.execution_arn.as_str())),
        ("StartDate", started.start_date.as_millis().into()),
    ]);
    let body = Value::from(started.to_json());
    let request_id = request_id(call);
    let headers = [
        ("x-amzn-RequestId", request_id.to_string()),
        ("connection", "keep-alive".to_owned()),
        ("Content-Length", body.json_len().to_string()),
        ("Content-Type", "application/x-amz-json-1.0".to_owned()),
    ];
    sdk_response(members, 200, &headers, &request_id).into()
}

/// Waits for the end of an execution that was started.
async fn follow(
    guest: &Guest,
    call: &TaskCall,
    response: &Value,
) -> Result<TaskOutcome, TaskOutcome> {
    let arn = child_of(response).unwrap_or_default();
    let outcome = patiently(|| ended(guest, arn)).await;
    let outcome = outcome.map_err(|error| refused(&error, call))?;
    let description = patiently(|| async { describe(&guest.account().await, arn, call).await });
    let description = description.await.map_err(|error| refused(&error, call))?;
    Ok(match outcome {
        Some(Outcome::Succeeded(_)) => TaskOutcome::Responded(description),
        _ => TaskOutcome::failed(TASK_FAILED, description.to_json()),
    })
}

/// The execution that a response of the service tells of.
fn child_of(response: &Value) -> Option<&str> {
    response.get("ExecutionArn").and_then(Value::as_str)
}

async fn ended(guest: &Guest, arn: &str) -> Result<Option<Outcome>, ApiError> {
    let ended = guest.account().await.engine().ended(arn);
    match ended.await {
        Ok(run) => Ok(run.outcome.clone()),
        // The next process goes on waiting.
        Err(EngineError::Stopped) => pending().await,
        Err(error) => Err(engine_error(error, arn)),
    }
}

/// Asks again until there is an answer: a service that is busy, or cannot answer just now,
/// says nothing of an execution.
async fn patiently<T, F>(ask: impl Fn() -> F) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    loop {
        match ask().await {
            Err(error) if error.is_passing() => tokio::time::sleep(PAUSE).await,
            answer => return answer,
        }
    }
}

/// The description of an execution that has ended, as a state sees it: moments in
/// milliseconds, and the output as text, unless the pattern is `.sync:2`.
async fn describe(account: &StepFunctions, arn: &str, call: &TaskCall) -> Result<Value, ApiError> {
    let request = DescribeExecutionInput {
        execution_arn: arn.to_owned(),
        ..DescribeExecutionInput::default()
    };
    let mut members = capitalized(&account.describe_execution(request).await?.to_json());
    for moment in ["StartDate", "StopDate", "RedriveDate"] {
        if let Some(Value::Number(seconds)) = members.get(moment) {
            let millis = (seconds.as_f64() * 1000.0).round() as i64;
            members.insert(moment, millis);
        }
    }
    let output = members.get("Output").and_then(Value::as_str);
    if let Some(output) = output.filter(|_| is_parsed(call)) {
        let parsed = Value::parse(output).unwrap_or_else(|_| output.into());
        members.insert("Output", parsed);
    }
    Ok(members.into())
}

/// Whether a task gets its child's output as JSON rather than as text.
fn is_parsed(call: &TaskCall) -> bool {
    call.task.resource.text().ends_with(".sync:2")
}

/// Stops the execution of a `.sync` task that was aborted or took too long. Where the
/// process ends before that, the execution runs on.
pub(super) async fn abandon(guest: &Guest, call: &TaskCall) {
    let account = guest.account().await;
    let child = match &call.task.job {
        Some(response) => child_of(response).map(str::to_owned),
        // It may have been started all the same: nobody heard of it in time.
        None => {
            let started = started_before(&account, &request(call), &call.task).await;
            started.map(|started| started.execution_arn)
        }
    };
    let Some(execution_arn) = child else { return };
    let stop = || {
        account.stop_execution(StopExecutionInput {
            execution_arn: execution_arn.clone(),
            ..StopExecutionInput::default()
        })
    };
    if let Err(error) = patiently(stop).await {
        tracing::warn!(%error, "a nested execution was not stopped");
    }
}

/// How the SDK puts an error (recorded of `StateMachineDoesNotExist`).
fn refused(error: &ApiError, call: &TaskCall) -> TaskOutcome {
    let (code, status) = (error.code, error.status());
    let cause = format!(
        "{} (Service: AWSStepFunctions; Status Code: {status}; Error Code: {code}; Request ID: \
         {}; Proxy: null)",
        error.message,
        request_id(call)
    );
    let name = code.trim_end_matches("Exception");
    TaskOutcome::failed(format!("StepFunctions.{name}Exception"), cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_any_json_or_the_text_of_it() {
        for (parameters, text) in [
            (r#"{}"#, None),
            (r#"{"Input":null}"#, None),
            (r#"{"Input":{"a":1}}"#, Some(r#"{"a":1}"#)),
            (r#"{"Input":"{\"a\":1}"}"#, Some(r#"{"a":1}"#)),
            (r#"{"Input":[1,2]}"#, Some("[1,2]")),
        ] {
            let parameters = Value::parse(parameters).expect("it is JSON");
            assert_eq!(input(&parameters).as_deref(), text, "{parameters}");
        }
    }
}
