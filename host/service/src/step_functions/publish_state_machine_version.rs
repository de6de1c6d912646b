//! `PublishStateMachineVersion`, and what publishing is.

use sandstep_asl::Timestamp;
use sandstep_journal::Change;
use sandstep_json::{Object, Value};

use super::api_error::ApiError;
use super::constraints::Constraints;
use super::machine::Machine;
use super::params::Params;
use super::records::{Kept, Unchanged, add};
use super::render::seconds;
use super::version::Version;
use super::{StepFunctions, arn};

/// What a revision without an id is asked for by (API reference,
/// `PublishStateMachineVersion`, `revisionId`).
const INITIAL: &str = "INITIAL";

/// What `PublishStateMachineVersion` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishStateMachineVersionInput {
    /// The state machine.
    pub state_machine_arn: String,
    /// Publishes only if this is its revision; `INITIAL` is the first one.
    pub revision_id: Option<String>,
    /// What to say of the version, in up to 256 characters.
    pub description: Option<String>,
}

/// What `PublishStateMachineVersion` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishStateMachineVersionOutput {
    /// When the version was published.
    pub creation_date: Timestamp,
    /// The version.
    pub state_machine_version_arn: String,
}

impl StepFunctions {
    /// Publishes what a state machine is now as a version. It is the version
    /// of before where that revision has been published.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`,
    /// `StateMachineDoesNotExist`, `StateMachineDeleting`, with
    /// `ConflictException` where the revision is another one, and with
    /// `ServiceQuotaExceededException` beyond
    /// [`Quotas::versions`](super::Quotas::versions).
    pub async fn publish_state_machine_version(
        &self,
        input: PublishStateMachineVersionInput,
    ) -> Result<PublishStateMachineVersionOutput, ApiError> {
        Constraints::default()
            .length("stateMachineArn", &input.state_machine_arn, 1, 256)
            .description("description", input.description.as_deref())
            .check()?;
        let _reading = self.0.readers.begin();
        loop {
            let there = self.active(&input.state_machine_arn).await?;
            self.check_revision(&there, input.revision_id.as_deref())
                .await?;
            match self
                .publish_current(&there, input.description.as_deref())
                .await
            {
                Err(Unchanged::Outrun) => {}
                Err(Unchanged::Refused(error)) => return Err(error),
                Ok(published) => return Ok(published),
            }
        }
    }

    /// Refuses to publish another revision than the one that was asked for.
    async fn check_revision(
        &self,
        machine: &Machine,
        wanted: Option<&str>,
    ) -> Result<(), ApiError> {
        let Some(wanted) = wanted else {
            return Ok(());
        };
        let revision = self.revision(&machine.revision).await?;
        let current = revision.id.as_deref().unwrap_or(INITIAL);
        match wanted == current {
            true => Ok(()),
            false => Err(ApiError::conflict(format_args!(
                "Failed to publish the State Machine version for revision {wanted}. The current \
                 State Machine revision is {current}."
            ))),
        }
    }

    async fn publish_current(
        &self,
        there: &Kept<Machine>,
        description: Option<&str>,
    ) -> Result<PublishStateMachineVersionOutput, Unchanged> {
        let mut machine = there.record.clone();
        let (arn, version) = self
            .publish(there, &mut machine, description, false)
            .await?;
        if let Some(version) = version {
            let changes = vec![version, there.replace(&machine)];
            self.0.records.change(changes).await?;
        }
        // Somebody may have deleted it since, who has outrun us then.
        let version = self.0.records.versions.find(&arn).await?;
        let version = version.ok_or(Unchanged::Outrun)?;
        Ok(PublishStateMachineVersionOutput {
            creation_date: version.created,
            state_machine_version_arn: arn,
        })
    }

    /// The version that a machine's revision is published as, and what is to be
    /// written for it where it is a new one.
    ///
    /// A revision that is published is published again only where its version
    /// is to have another description and the caller insists, as
    /// `UpdateStateMachine` does.
    pub(crate) async fn publish(
        &self,
        there: &Kept<Machine>,
        machine: &mut Machine,
        description: Option<&str>,
        insists: bool,
    ) -> Result<(String, Option<Change>), ApiError> {
        if let Some(number) = machine.published {
            let version_arn = arn::qualified(&there.name, number);
            let version = self.0.records.versions.find(&version_arn).await?;
            let is_described = version.is_some_and(|version| {
                description.is_none() || version.description.as_deref() == description
            });
            if is_described || !insists {
                return Ok((version_arn, None));
            }
        }
        let description = description.map(str::to_owned);
        let (arn, version) = self.next_version(&there.name, machine, description)?;
        Ok((arn, Some(version)))
    }

    /// Gives a machine's revision the next number.
    pub(crate) fn next_version(
        &self,
        machine_arn: &str,
        machine: &mut Machine,
        description: Option<String>,
    ) -> Result<(String, Change), ApiError> {
        if machine.versions >= self.0.quotas.versions {
            return Err(ApiError::quota_exceeded(
                "The maximum number of versions of the state machine has been reached",
            ));
        }
        machine.versions += 1;
        machine.last_version += 1;
        machine.published = Some(machine.last_version);
        let version = Version {
            number: machine.last_version,
            revision: machine.revision.clone(),
            description,
            created: self.now(),
        };
        let version_arn = arn::qualified(machine_arn, version.number);
        let change = add(&version_arn, &version);
        Ok((version_arn, change))
    }
}

impl PublishStateMachineVersionInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_arn: params.required("stateMachineArn")?,
            revision_id: params.text("revisionId")?,
            description: params.text("description")?,
        })
    }
}

impl PublishStateMachineVersionOutput {
    pub(crate) fn to_json(&self) -> Object {
        Object::from([
            ("creationDate", seconds(self.creation_date)),
            (
                "stateMachineVersionArn",
                self.state_machine_version_arn.as_str().into(),
            ),
        ])
    }
}
