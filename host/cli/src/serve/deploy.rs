//! A project's state machines on a server.

use sandstep_json::{Object, Value};
use sandstep_service::step_functions::{ApiError, StepFunctions};

use crate::command_error::CommandError;
use crate::project::MachineKind;

/// A state machine as it is to be.
pub(super) struct Wanted<'p> {
    pub(super) name: &'p str,
    pub(super) kind: MachineKind,
    /// Its definition, placeholders filled, as JSON.
    pub(super) definition: &'p str,
    pub(super) arn: String,
    pub(super) role_arn: String,
}

/// What deploying a machine changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deployed {
    Created,
    Updated,
    Unchanged,
    /// It was deleted before, and is there until its executions have ended: none can
    /// start meanwhile.
    Deleting,
}

/// Creates a machine, or brings it up to date. One that is as it should be is
/// not touched, so that its revision stays.
pub(super) async fn deploy(
    account: &StepFunctions,
    wanted: &Wanted<'_>,
) -> Result<Deployed, CommandError> {
    let failed = |error: ApiError| {
        CommandError::caused(
            format!("deploying the state machine {}", wanted.name),
            &error,
        )
    };
    match describe(account, &wanted.arn).await.map_err(failed)? {
        None => create(account, wanted).await.map_err(failed),
        Some(there) if text(&there, "status") == "DELETING" => Ok(Deployed::Deleting),
        Some(there) if text(&there, "type") != wanted.kind.as_str() => Err(another_kind(wanted)),
        Some(there) if text(&there, "definition") == wanted.definition => Ok(Deployed::Unchanged),
        Some(_) => update(account, wanted).await.map_err(failed),
    }
}

async fn describe(account: &StepFunctions, arn: &str) -> Result<Option<Object>, ApiError> {
    let request = Object::from([("stateMachineArn", arn)]);
    match account.call("DescribeStateMachine", &request.into()).await {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code == "StateMachineDoesNotExist" => Ok(None),
        Err(error) => Err(error),
    }
}

async fn create(account: &StepFunctions, wanted: &Wanted<'_>) -> Result<Deployed, ApiError> {
    let request = Object::from([
        ("name", wanted.name),
        ("definition", wanted.definition),
        ("roleArn", &wanted.role_arn),
        ("type", wanted.kind.as_str()),
    ]);
    account.call("CreateStateMachine", &request.into()).await?;
    Ok(Deployed::Created)
}

async fn update(account: &StepFunctions, wanted: &Wanted<'_>) -> Result<Deployed, ApiError> {
    let request = Object::from([
        ("stateMachineArn", &*wanted.arn),
        ("definition", wanted.definition),
        ("roleArn", &wanted.role_arn),
    ]);
    account.call("UpdateStateMachine", &request.into()).await?;
    Ok(Deployed::Updated)
}

/// The service cannot change a machine's type either (API reference,
/// "UpdateStateMachine").
fn another_kind(wanted: &Wanted<'_>) -> CommandError {
    let Wanted {
        name, kind, arn, ..
    } = wanted;
    let other = match kind {
        MachineKind::Standard => MachineKind::Express,
        MachineKind::Express => MachineKind::Standard,
    };
    let (kind, other) = (kind.as_str(), other.as_str());
    CommandError::new(format!(
        "the state machine {name} is {kind} now, and {other} in the store, which cannot be changed"
    ))
    .hint(format!(
        "delete {arn} first, or give the project's another name"
    ))
}

fn text<'o>(object: &'o Object, key: &str) -> &'o str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}
