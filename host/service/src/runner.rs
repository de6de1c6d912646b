//! Runs the tasks of executions as invocations of functions.

use std::mem::MaybeUninit;
use std::pin::pin;
use std::sync::{Arc, Mutex};

use sandstep_asl::{Pattern, Resource, Target, Task, TaskOutcome, function_name};
use sandstep_driver::{TaskCall, TaskFuture, TaskReport, TaskRunner};
use sandstep_json::{ParseError, Value};
use sandstep_sandbox::{Call, ClockSource, Function, Invocation};
use tokio::task::JoinSet;

use crate::identity::{Identity, Uuid};
use crate::invoke::{Answer, Malformed, Request};
use crate::registry::{Functions, NotLoaded};

/// The error of a task whose resource is no function.
pub const UNSUPPORTED_RESOURCE: &str = "Sandstep.UnsupportedResource";

/// The error of a task that may have called its function before the process ended, where
/// the function may not be called a second time.
pub const TASK_INTERRUPTED: &str = "Sandstep.TaskInterrupted";

/// Runs tasks that call functions; every other resource fails by name.
///
/// This is the path of every task: an event is printed once, a result parsed
/// once, and nothing is spawned but what nobody waits for.
#[derive(Debug)]
pub struct FunctionRunner<O> {
    functions: Functions,
    observer: Arc<O>,
    /// The invocations of type `Event`.
    events: Mutex<JoinSet<()>>,
}

/// Sees every invocation when it has ended, to show logs or to count.
pub trait InvocationObserver: Send + Sync + 'static {
    /// `function` is the name that the function was loaded with, and `call` what it was
    /// told of its caller.
    fn invoked(&self, function: &str, call: &Call<'_>, invocation: &Invocation<Value>);
}

/// Looks away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl InvocationObserver for Unobserved {
    fn invoked(&self, _function: &str, _call: &Call<'_>, _invocation: &Invocation<Value>) {}
}

impl<O: InvocationObserver> FunctionRunner<O> {
    /// A runner for these functions.
    pub fn new(functions: Functions, observer: O) -> Self {
        Self {
            functions,
            observer: Arc::new(observer),
            events: Mutex::default(),
        }
    }

    /// Waits for the invocations of type `Event`, which no task waits for. They
    /// are tried once. Dropping the future stops those that still run.
    pub async fn finish(&self) {
        let mut events = std::mem::take(&mut *self.events.lock().expect("spawning does not panic"));
        while events.join_next().await.is_some() {}
    }

    /// Runs what nobody waits for.
    fn spawn(&self, invocation: impl Future<Output = ()> + Send + 'static) {
        let mut events = self.events.lock().expect("spawning does not panic");
        while events.try_join_next().is_some() {}
        events.spawn(invocation);
    }
}

impl<O: InvocationObserver> TaskRunner for FunctionRunner<O> {
    fn run(&self, task: TaskCall) -> TaskFuture {
        let name = match &task.task.target {
            Target::Function { name, .. } => name,
            Target::Resource(resource) => return ended(unsupported(resource.text())),
        };
        if task.resumed && self.functions.is_called_at_most_once(name) {
            return ended(interrupted(name));
        }
        let Some(function) = self.functions.find(name) else {
            return ended(not_found(&task, name));
        };
        let request = match Request::of(&task.task.target).expect("it is a function") {
            Ok(request) => request,
            Err(problem) => return ended(malformed(&task, &problem)),
        };
        let observer = Arc::clone(&self.observer);
        if matches!(request.answer, Answer::Accepted | Answer::Checked) {
            if let Some(problem) = function.problem() {
                return ended(not_loaded(&task, &problem));
            }
            let response = request.accepted(&Ids::of(&task).request);
            let outcome = accepted_or_ended(&task.task.resource, response);
            if request.answer == Answer::Accepted {
                self.spawn(async move {
                    // Nobody is there who could be told that it cannot be loaded.
                    let Ok(function) = function.ready().await else {
                        return;
                    };
                    let ids = Ids::of(&task);
                    let call = call(&task, &function, &request, &ids);
                    invoke(&function, &*observer, &task.task.input, &call).await;
                });
            }
            return ended(outcome);
        }
        boxed(async move {
            let ids = Ids::of(&task);
            let function = match function.ready().await {
                Ok(function) => function,
                Err(problem) => return not_loaded(&task, &problem).into(),
            };
            let call = call(&task, &function, &request, &ids);
            let invocation = pin!(invoke(&function, &*observer, &task.task.input, &call)).await;
            report(invocation, &task.task.resource, &request, &ids.request)
        })
    }
}

async fn invoke(
    function: &Function,
    observer: &impl InvocationObserver,
    event: &Value,
    call: &Call<'_>,
) -> Invocation<Value> {
    let event = event.to_json();
    let invocation = pin!(function.invoke_as(&event, call, result)).await;
    observer.invoked(&function.spec().name, call, &invocation);
    invocation
}

/// The value of a function's result.
///
/// The service looks at a result's length before it reads it (recorded of a
/// function that answers 257 KiB which are no JSON). So what is too long for
/// every state may be anything: the interpreter refuses it for its length.
fn result(text: &str) -> Result<Value, ParseError> {
    match Value::parse(text) {
        Err(_) if text.len() > PAYLOAD_BYTES => Ok(Value::from(text)),
        result => result,
    }
}

/// The longest result that a state takes (AWS, "Quotas", "Maximum input or
/// output size").
const PAYLOAD_BYTES: usize = 256 * 1024;

/// Has a future made where it is to stay: it has several KB, which `Box::pin`
/// would move there.
fn boxed<F: Future<Output = TaskReport> + Send + 'static>(future: F) -> TaskFuture {
    let place: Box<MaybeUninit<F>> = Box::new_uninit();
    Box::into_pin(Box::write(place, future) as Box<F>)
}

fn ended(outcome: TaskOutcome) -> TaskFuture {
    Box::pin(std::future::ready(TaskReport::from(outcome)))
}

/// What the function is told of the task.
fn call<'a>(
    call: &'a TaskCall,
    function: &Function,
    request: &'a Request,
    ids: &'a Ids,
) -> Call<'a> {
    let TaskCall {
        task,
        execution_arn,
        virtual_now,
        ..
    } = call;
    let qualifier = request.qualifier.as_deref();
    Call {
        function_version: qualifier.map(|_| request.version().into()),
        invoked_function_arn: qualifier
            .map(|qualifier| format!("{}:{qualifier}", function.spec().arn).into()),
        attempt: u32::try_from(task.retry_count)
            .unwrap_or(u32::MAX)
            .saturating_add(1),
        execution_arn: Some(execution_arn.as_str().into()),
        state_name: Some(task.state_name.as_str().into()),
        idempotency_token: Some((*ids.idempotency_token).into()),
        clock: match virtual_now {
            Some(now) => ClockSource::Virtual {
                now_ms: now.as_millis().max(0) as u64,
            },
            None => ClockSource::Real,
        },
        // Whoever makes time repeat itself wants chance to do so as well.
        seed: virtual_now.map(|_| attempt(Identity::of(execution_arn), "seed", task).to_seed()),
        request_id: (*ids.request).into(),
    }
}

/// What tells a task's invocation from others.
struct Ids {
    /// Each attempt has a request of its own.
    request: Uuid,
    /// All attempts at a task have the same one, and no other task has it.
    idempotency_token: Uuid,
}

impl Ids {
    fn of(call: &TaskCall) -> Self {
        let execution = Identity::of(&call.execution_arn);
        let entered = call.task.entered.0;
        Self {
            request: attempt(execution, "request", &call.task).to_uuid(),
            idempotency_token: execution.event("task", entered).to_uuid(),
        }
    }
}

/// What names an attempt at a task as a request, now and after a restart.
pub(crate) fn request_id(call: &TaskCall) -> Uuid {
    Ids::of(call).request
}

fn attempt(execution: Identity, kind: &str, task: &Task) -> Identity {
    execution.event(kind, task.id.scheduled().0)
}

fn report(
    invocation: Invocation<Value>,
    resource: &Resource,
    request: &Request,
    request_id: &Uuid,
) -> TaskReport {
    let virtual_duration = invocation.usage.virtual_time;
    let outcome = match invocation.outcome {
        Ok(payload) if request.answer == Answer::Response => {
            accepted_or_ended(resource, request.returned(payload, request_id))
        }
        Ok(result) => TaskOutcome::Succeeded(result),
        Err(failure) => failed(&failure.error, &failure.cause),
    };
    TaskReport {
        outcome,
        virtual_duration,
    }
}

/// A function's response ends its task, unless whoever has the task's token does.
fn accepted_or_ended(resource: &Resource, response: Value) -> TaskOutcome {
    match resource.pattern() {
        Pattern::WaitForTaskToken => TaskOutcome::Accepted(response),
        _ => TaskOutcome::Responded(response),
    }
}

fn failed(error: &str, cause: &str) -> TaskOutcome {
    TaskOutcome::failed(error, cause)
}

/// The service's own sentence for a function that does not exist.
fn not_found(call: &TaskCall, text: &str) -> TaskOutcome {
    let message = format!(
        "Function not found: {}",
        full_arn(text, &call.execution_arn)
    );
    let code = "ResourceNotFoundException";
    let cause = refusal(call, &message, 404, code);
    failed("Lambda.ResourceNotFoundException", &cause)
}

/// Lambda refuses to invoke a function that could not be made ready (Developer
/// Guide, "Lambda function states").
fn not_loaded(call: &TaskCall, problem: &NotLoaded) -> TaskOutcome {
    let message = format!("The function cannot be invoked: {problem}");
    let code = "ResourceConflictException";
    let cause = refusal(call, &message, 409, code);
    failed("Lambda.ResourceConflictException", &cause)
}

fn malformed(call: &TaskCall, problem: &Malformed) -> TaskOutcome {
    let cause = refusal(call, &problem.to_string(), 400, problem.code());
    failed(problem.error(), &cause)
}

/// How the SDK puts Lambda's errors.
fn refusal(call: &TaskCall, message: &str, status: u16, code: &str) -> String {
    let request_id = Ids::of(call).request;
    format!(
        "{message} (Service: AWSLambda; Status Code: {status}; Error Code: {code}; \
         Request ID: {request_id}; Proxy: null)"
    )
}

/// The ARN with a qualifier of what a task names in any form: a function beside
/// the task's execution, unless it says otherwise.
fn full_arn(text: &str, execution_arn: &str) -> String {
    let (name, qualifier) = function_name(text);
    let qualifier = qualifier.unwrap_or("$LATEST");
    let prefix = text.split_once("function:");
    let prefix = prefix.map_or("", |(prefix, _)| prefix);
    if prefix.starts_with("arn:") {
        return format!("{prefix}function:{name}:{qualifier}");
    }
    let mut place = execution_arn.split(':').skip(3);
    let [region, account] = [place.next(), place.next()].map(Option::unwrap_or_default);
    let account = prefix.strip_suffix(':').unwrap_or(account);
    format!("arn:aws:lambda:{region}:{account}:function:{name}:{qualifier}")
}

fn interrupted(name: &str) -> TaskOutcome {
    let cause = format!(
        "The process ended while the function {name} may have been running, and it may be called \
         at most once."
    );
    failed(TASK_INTERRUPTED, &cause)
}

fn unsupported(resource: &str) -> TaskOutcome {
    let cause = format!("The resource {resource} is not a function, and nothing else can be run.");
    failed(UNSUPPORTED_RESOURCE, &cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_function_is_named_in_full() {
        let execution = "arn:aws:states:us-west-2:210987654321:execution:m:e";
        for (text, arn) in [
            (
                "f",
                "arn:aws:lambda:us-west-2:210987654321:function:f:$LATEST",
            ),
            (
                "function:f:3",
                "arn:aws:lambda:us-west-2:210987654321:function:f:3",
            ),
            (
                "123456789012:function:f:3",
                "arn:aws:lambda:us-west-2:123456789012:function:f:3",
            ),
            (
                "arn:aws:lambda:eu-west-1:13######:function:f",
                "arn:aws:lambda:eu-west-1:13######:function:f:$LATEST",
            ),
        ] {
            assert_eq!(full_arn(text, execution), arn);
        }
    }
}
