//! One execution as answers tell of it.

use sandstep_asl::{ErrorDetails, Outcome, Timestamp};
use sandstep_driver::durable::RunSummary;
use sandstep_journal::Status;
use sandstep_json::{Object, Value};

use super::api_error::ApiError;
use super::arn;
use super::attachment::Attachment;
use super::render::{insert_some, seconds};

/// Where an execution stands (API reference, `ExecutionStatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are AWS's own")]
pub enum ExecutionStatus {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
    PendingRedrive,
}

impl ExecutionStatus {
    /// All of them, in the order in which AWS names them in its refusals.
    pub(crate) const ALL: [Self; 6] = [
        Self::Succeeded,
        Self::TimedOut,
        Self::PendingRedrive,
        Self::Aborted,
        Self::Failed,
        Self::Running,
    ];

    /// AWS's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
            Self::PendingRedrive => "PENDING_REDRIVE",
        }
    }

    /// The one of that name, in capitals.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    pub(crate) fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Succeeded(_) => Self::Succeeded,
            Outcome::Failed(_) => Self::Failed,
            Outcome::TimedOut(_) => Self::TimedOut,
            Outcome::Aborted(_) => Self::Aborted,
        }
    }
}

impl From<Status> for ExecutionStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Running => Self::Running,
            Status::Succeeded => Self::Succeeded,
            Status::Failed => Self::Failed,
            Status::TimedOut => Self::TimedOut,
            Status::Aborted => Self::Aborted,
            Status::PendingRedrive => Self::PendingRedrive,
        }
    }
}

impl From<ExecutionStatus> for Status {
    fn from(status: ExecutionStatus) -> Self {
        match status {
            ExecutionStatus::Running => Self::Running,
            ExecutionStatus::Succeeded => Self::Succeeded,
            ExecutionStatus::Failed => Self::Failed,
            ExecutionStatus::TimedOut => Self::TimedOut,
            ExecutionStatus::Aborted => Self::Aborted,
            ExecutionStatus::PendingRedrive => Self::PendingRedrive,
        }
    }
}

/// The members by which answers identify an execution.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Identity {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) machine_arn: String,
    pub(crate) status: ExecutionStatus,
    pub(crate) started: Timestamp,
    pub(crate) ended: Option<Timestamp>,
}

impl Identity {
    pub(crate) fn to_json(&self) -> Object {
        let mut members = Object::from([
            ("executionArn", Value::from(self.arn.as_str())),
            ("stateMachineArn", self.machine_arn.as_str().into()),
            ("name", self.name.as_str().into()),
            ("status", self.status.name().into()),
            ("startDate", seconds(self.started)),
        ]);
        insert_some(&mut members, "stopDate", self.ended.map(seconds));
        members
    }
}

/// An execution of a STANDARD machine without its payloads.
#[derive(Clone, Debug)]
pub(crate) struct Execution {
    pub(crate) run: RunSummary,
    pub(crate) attachment: Attachment,
    pub(crate) identity: Identity,
}

impl TryFrom<RunSummary> for Execution {
    type Error = ApiError;

    fn try_from(run: RunSummary) -> Result<Self, ApiError> {
        let named = arn::execution(&run.arn)?;
        let identity = Identity {
            name: named.name.to_owned(),
            machine_arn: named.machine_arn(),
            arn: run.arn.to_string(),
            status: run.status.into(),
            started: run.started,
            ended: run.ended,
        };
        Ok(Self {
            attachment: Attachment::read(&run.attachment)?,
            identity,
            run,
        })
    }
}

impl Execution {
    /// The members that descriptions and lists share.
    pub(crate) fn to_json(&self) -> Object {
        let mut members = self.identity.to_json();
        let Attachment { version, alias, .. } = &self.attachment;
        insert_some(&mut members, "stateMachineVersionArn", version.as_deref());
        insert_some(&mut members, "stateMachineAliasArn", alias.as_deref());
        members.insert("redriveCount", u64::from(self.run.redrives));
        insert_some(
            &mut members,
            "redriveDate",
            self.run.redriven_at.map(seconds),
        );
        members
    }
}

/// What an execution came to: `output`, or `error` and `cause`.
pub(crate) fn result(outcome: &Outcome) -> Object {
    match outcome {
        Outcome::Succeeded(output) => Object::from([("output", output.to_json())]),
        Outcome::Failed(error) | Outcome::TimedOut(error) | Outcome::Aborted(error) => {
            failed(error)
        }
    }
}

fn failed(error: &ErrorDetails) -> Object {
    let mut members = Object::new();
    insert_some(&mut members, "error", error.error.as_ref());
    insert_some(&mut members, "cause", error.cause.as_ref());
    members
}

/// Says that a payload is told in full.
pub(crate) fn included() -> Object {
    Object::from([("included", true)])
}
