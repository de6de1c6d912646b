//! The functions that recorded tests call, played without running any.

use std::{collections::HashMap, time::Duration};

use sandstep_asl::{Target, TaskOutcome, function_name};
use sandstep_driver::{TaskCall, TaskFuture, TaskReport, TaskRunner};
use sandstep_json::{Object, Value};

use crate::endpoint::function_arn;

/// What a function does (the corpus's README, "Lambda behaviours").
#[derive(Clone, Copy)]
pub(crate) enum Behaviour {
    Echo,
    HelloWorld,
    ReturnJsonBytes,
    SleepThenEcho,
    RaiseException,
    RaiseCustomException,
    LargeOutput,
}

/// One function that a test created.
#[derive(Clone, Copy)]
pub(crate) struct Function {
    pub(crate) behaviour: Behaviour,
    /// Its own timeout.
    pub(crate) timeout: Duration,
}

/// The functions that a test created, by name.
#[derive(Clone, Default)]
pub(crate) struct Functions(HashMap<String, Function>);

const SLEEP: Duration = Duration::from_secs(60);

impl Behaviour {
    /// The behaviour that a case names.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "echo" => Self::Echo,
            "hello_world" => Self::HelloWorld,
            "return_json_bytes" => Self::ReturnJsonBytes,
            "sleep_60_then_echo" => Self::SleepThenEcho,
            "raise_exception" => Self::RaiseException,
            "raise_custom_exception" => Self::RaiseCustomException,
            "large_output" => Self::LargeOutput,
            _ => return None,
        })
    }

    fn outcome(self, event: Value) -> TaskOutcome {
        match self {
            Self::Echo | Self::SleepThenEcho => TaskOutcome::Succeeded(event),
            Self::HelloWorld => {
                TaskOutcome::Succeeded(Object::from([("Return", "HelloWorld")]).into())
            }
            Self::ReturnJsonBytes => TaskOutcome::Succeeded("HelloWorld!".into()),
            Self::LargeOutput => TaskOutcome::Succeeded("a".repeat(257 * 1024).into()),
            Self::RaiseException => raised("Exception", "Some exception was raised."),
            Self::RaiseCustomException => raised("CustomException", ""),
        }
    }

    fn duration(self) -> Duration {
        match self {
            Self::SleepThenEcho => SLEEP,
            _ => Duration::ZERO,
        }
    }
}

impl Function {
    fn play(self, event: Value) -> TaskReport {
        let virtual_duration = self.behaviour.duration();
        if virtual_duration <= self.timeout {
            return TaskReport {
                outcome: self.behaviour.outcome(event),
                virtual_duration,
            };
        }
        let seconds = self.timeout.as_secs_f64();
        let outcome = TaskOutcome::Failed {
            error: "Sandbox.Timedout".into(),
            cause: format!("Task timed out after {seconds:.2} seconds").into(),
        };
        TaskReport {
            outcome,
            virtual_duration: self.timeout,
        }
    }
}

impl Functions {
    pub(crate) fn insert(&mut self, name: &str, function: Function) {
        self.0.insert(name.to_owned(), function);
    }

    fn play(&self, target: &Target, event: Value) -> TaskReport {
        let Target::Function { name, .. } = target else {
            unreachable!("cases with other resources are not replayed");
        };
        let (name, _) = function_name(name);
        match self.0.get(name) {
            Some(function) => function.play(event),
            None => no_such_function(name).into(),
        }
    }
}

impl TaskRunner for Functions {
    fn run(&self, call: TaskCall) -> TaskFuture {
        let report = self.play(&call.task.target, call.task.input);
        Box::pin(std::future::ready(report))
    }
}

/// What the service makes of an exception; a request id and a stack trace are
/// optional in the recordings.
fn raised(error_type: &str, message: &str) -> TaskOutcome {
    let cause = Object::from([("errorMessage", message), ("errorType", error_type)]);
    TaskOutcome::Failed {
        error: error_type.into(),
        cause: Value::from(cause).to_json().into(),
    }
}

fn no_such_function(name: &str) -> TaskOutcome {
    let cause = format!(
        "Function not found: {}:$LATEST (Service: AWSLambda; Status Code: 404; Error Code: \
         ResourceNotFoundException; Request ID: 00000000-0000-0000-0000-000000000000; Proxy: null)",
        function_arn(name)
    );
    TaskOutcome::Failed {
        error: "Lambda.ResourceNotFoundException".into(),
        cause: cause.into(),
    }
}
