//! What the service asks of a request before it tests a state.

use sandstep_json::{Object, Value};

use super::{
    context::TestIdentity,
    mock::Mock,
    refusal::Refusal,
    request::{StateConfiguration, TestRequest, TestSubject},
    surroundings::Surroundings,
};
use crate::{
    machine::{State, StateKind},
    resource::{Pattern, ResourceKind},
};

/// The mock of a request, if it has one that fits its state.
pub(super) fn mock(request: &TestRequest, subject: &TestSubject) -> Result<Option<Mock>, Refusal> {
    let Some(input) = &request.mock else {
        return Ok(None);
    };
    let state = subject.state();
    if state.kind.recovery().is_none() {
        return Err(Refusal::validation(format!(
            "State type '{}' is not supported when a mock is specified",
            state.kind.state_type().name()
        )));
    }
    if request.reveal_secrets {
        return Err(Refusal::validation(
            "TestState does not support RevealSecrets when a mock is specified.",
        ));
    }
    check_error_source(&request.configuration, subject)?;
    Mock::of(input, state).map(Some)
}

fn check_error_source(
    configuration: &StateConfiguration,
    subject: &TestSubject,
) -> Result<(), Refusal> {
    let Some(name) = &configuration.error_caused_by_state else {
        return Ok(());
    };
    let surroundings = Surroundings::of(&subject.machine);
    if surroundings.is_inside(subject.state(), name) {
        return Ok(());
    }
    Err(Refusal::validation(format!(
        "The state '{name}' that errorCausedByState names is not inside the tested state"
    )))
}

/// What can be tested without a mock, and what only with one.
pub(super) fn check_without_mock(
    request: &TestRequest,
    identity: &TestIdentity,
    state: &State,
) -> Result<(), Refusal> {
    match &state.kind {
        StateKind::Map(_) | StateKind::Parallel(_) => {
            return Err(Refusal::Untestable(NEEDS_MOCK.to_owned()));
        }
        StateKind::Task(task) => {
            let waits = task.resource.pattern() != Pattern::RequestResponse;
            if waits || matches!(task.resource.kind(), ResourceKind::Activity { .. }) {
                return Err(Refusal::validation(
                    "TestState does not support Activity tasks, or the .sync and \
                     .waitForTaskToken service integration patterns, when a mock is not specified.",
                ));
            }
            if identity.role_arn.is_none() {
                let message = "RoleArn must be specified when testing a Task state";
                return Err(Refusal::validation(message));
            }
        }
        _ => {}
    }
    if request.context.is_some() {
        return Err(Refusal::validation(
            "TestState does not support Context when a mock is not specified.",
        ));
    }
    Ok(())
}

/// The service's sentence, which is older than mocks (recorded).
const NEEDS_MOCK: &str = "TestState API does not support Map or Parallel states. Supported state \
                          types include: [Task, Wait, Pass, Succeed, Fail, Choice]";

/// The input of a request, `{}` where it has none.
pub(super) fn input(text: Option<&str>) -> Result<Value, Refusal> {
    let Some(text) = text else {
        return Ok(Object::new().into());
    };
    Value::parse(text).map_err(|error| {
        Refusal::Input(format!("Invalid State Machine Execution Input: '{error}'"))
    })
}

/// The variables of a request, of which there may be none.
pub(super) fn variables(text: Option<&str>) -> Result<Object, Refusal> {
    let Some(text) = text else {
        return Ok(Object::new());
    };
    match Value::parse(text) {
        Ok(Value::Object(variables)) => Ok(variables),
        _ => Err(Refusal::validation("Variables must be a valid JSON object")),
    }
}
