//! Runs the tasks of executions as invocations of functions.

use std::pin::pin;
use std::sync::Arc;

use sandstep_asl::{Target, Task, TaskOutcome, function_name};
use sandstep_driver::{TaskCall, TaskFuture, TaskReport, TaskRunner};
use sandstep_json::Value;
use sandstep_sandbox::{Call, ClockSource, Invocation};

use crate::identity::Identity;
use crate::registry::Functions;

/// Runs tasks that call functions; every other resource fails by name.
///
/// This is the path of every task: an event is printed once, a result parsed
/// once, and nothing is spawned.
#[derive(Debug)]
pub struct FunctionRunner<O> {
    functions: Functions,
    observer: Arc<O>,
}

/// Sees every invocation when it has ended, to show logs or to count.
pub trait InvocationObserver: Send + Sync + 'static {
    /// `function` is the name that the function was loaded with.
    fn invoked(&self, function: &str, invocation: &Invocation<Value>);
}

/// Looks away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl InvocationObserver for Unobserved {
    fn invoked(&self, _function: &str, _invocation: &Invocation<Value>) {}
}

impl<O: InvocationObserver> FunctionRunner<O> {
    /// A runner for these functions.
    pub fn new(functions: Functions, observer: O) -> Self {
        Self {
            functions,
            observer: Arc::new(observer),
        }
    }
}

impl<O: InvocationObserver> TaskRunner for FunctionRunner<O> {
    fn run(&self, task: TaskCall) -> TaskFuture {
        let name = match &task.task.target {
            Target::Function { name, .. } => name,
            Target::Resource(resource) => return ended(unsupported(resource.text())),
        };
        let Some(function) = self.functions.find(name) else {
            return ended(not_found(&task, name));
        };
        let function = function.clone();
        let observer = Arc::clone(&self.observer);
        Box::pin(async move {
            let (event, call) = (task.task.input.to_json(), call(&task));
            let invocation = pin!(function.invoke_as(&event, &call, Value::parse)).await;
            observer.invoked(&function.spec().name, &invocation);
            report(invocation)
        })
    }
}

fn ended(outcome: TaskOutcome) -> TaskFuture {
    Box::pin(std::future::ready(TaskReport::from(outcome)))
}

/// What the function is told of the task.
fn call(call: &TaskCall) -> Call {
    let TaskCall {
        task,
        execution_arn,
        virtual_now,
    } = call;
    let execution = Identity::of(execution_arn);
    Call {
        attempt: u32::try_from(task.retry_count)
            .unwrap_or(u32::MAX)
            .saturating_add(1),
        execution_arn: Some(execution_arn.to_string()),
        state_name: Some(task.state_name.to_string()),
        idempotency_token: Some(idempotency_token(execution, task)),
        clock: match virtual_now {
            Some(now) => ClockSource::Virtual {
                now_ms: now.as_millis().max(0) as u64,
            },
            None => ClockSource::Real,
        },
        // Whoever makes time repeat itself wants chance to do so as well.
        seed: virtual_now.map(|_| attempt(execution, "seed", task).to_seed()),
        request_id: request_id(execution, task),
    }
}

/// Each attempt has a request of its own.
fn request_id(execution: Identity, task: &Task) -> String {
    attempt(execution, "request", task).to_uuid()
}

/// All attempts at a task have the same one, and no other task has it.
fn idempotency_token(execution: Identity, task: &Task) -> String {
    execution.event("task", task.entered.0).to_uuid()
}

fn attempt(execution: Identity, kind: &str, task: &Task) -> Identity {
    execution.event(kind, task.id.scheduled().0)
}

fn report(invocation: Invocation<Value>) -> TaskReport {
    let outcome = match invocation.outcome {
        Ok(result) => TaskOutcome::Succeeded(result),
        Err(failure) => failed(&failure.error, &failure.cause),
    };
    outcome.into()
}

fn failed(error: &str, cause: &str) -> TaskOutcome {
    TaskOutcome::Failed {
        error: error.into(),
        cause: cause.into(),
    }
}

/// The service's own sentence for a function that does not exist.
fn not_found(call: &TaskCall, text: &str) -> TaskOutcome {
    let request_id = request_id(Identity::of(&call.execution_arn), &call.task);
    let arn = full_arn(text);
    let cause = format!(
        "Function not found: {arn} (Service: AWSLambda; Status Code: 404; \
         Error Code: ResourceNotFoundException; Request ID: {request_id}; Proxy: null)"
    );
    failed("Lambda.ResourceNotFoundException", &cause)
}

/// The ARN with a qualifier of what a task names in any form.
fn full_arn(text: &str) -> String {
    let (name, qualifier) = function_name(text);
    let qualifier = qualifier.unwrap_or("$LATEST");
    let prefix = match text.split_once("function:") {
        Some((prefix, _)) if prefix.starts_with("arn:") => prefix,
        _ => "arn:aws:lambda:us-east-1:123456789012:",
    };
    format!("{prefix}function:{name}:{qualifier}")
}

fn unsupported(resource: &str) -> TaskOutcome {
    let cause = format!("The resource {resource} is not a function, and nothing else can be run.");
    failed("Sandstep.UnsupportedResource", &cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_function_is_named_in_full() {
        for (text, arn) in [
            (
                "f",
                "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST",
            ),
            (
                "123456789012:function:f:3",
                "arn:aws:lambda:us-east-1:123456789012:function:f:3",
            ),
            (
                "arn:aws:lambda:eu-west-1:13######:function:f",
                "arn:aws:lambda:eu-west-1:13######:function:f:$LATEST",
            ),
        ] {
            assert_eq!(full_arn(text), arn);
        }
    }
}
