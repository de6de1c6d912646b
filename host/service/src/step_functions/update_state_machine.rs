//! `UpdateStateMachine`.

use sandstep_asl::Timestamp;
use sandstep_json::{Object, Value};

use super::api_error::ApiError;
use super::configuration;
use super::constraints::{Constraints, check_role};
use super::create_state_machine::check_description;
use super::definition::parse_definition;
use super::machine::Machine;
use super::params::Params;
use super::records::{Kept, Unchanged};
use super::render::{insert_some, seconds};
use super::revision::Revision;
use super::{EncryptionConfiguration, LoggingConfiguration, StepFunctions};

/// What `UpdateStateMachine` takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UpdateStateMachineInput {
    /// The state machine.
    pub state_machine_arn: String,
    /// Its new definition.
    pub definition: Option<String>,
    /// Its new role.
    pub role_arn: Option<String>,
    /// Its new logging.
    pub logging_configuration: Option<LoggingConfiguration>,
    /// Whether executions are traced from now on.
    pub tracing: Option<bool>,
    /// Its new encryption.
    pub encryption_configuration: Option<EncryptionConfiguration>,
    /// Whether to publish what it is then as a version.
    pub publish: bool,
    /// What to say of that version, in up to 256 characters.
    pub version_description: Option<String>,
}

/// What `UpdateStateMachine` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateStateMachineOutput {
    /// When it was updated.
    pub update_date: Timestamp,
    /// The revision that new executions run.
    pub revision_id: Option<String>,
    /// The version, if one was asked for.
    pub state_machine_version_arn: Option<String>,
}

impl StepFunctions {
    /// Changes a state machine. Executions that run keep what they began with.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, `InvalidDefinition`,
    /// `InvalidLoggingConfiguration`, `InvalidEncryptionConfiguration`,
    /// `StateMachineDoesNotExist`, `StateMachineDeleting`, with
    /// `MissingRequiredParameter` where nothing is to be changed, and with
    /// `ServiceQuotaExceededException` beyond
    /// [`Quotas::versions`](super::Quotas::versions).
    pub async fn update_state_machine(
        &self,
        input: UpdateStateMachineInput,
    ) -> Result<UpdateStateMachineOutput, ApiError> {
        self.check_update(&input)?;
        let _reading = self.0.readers.begin();
        loop {
            let there = self.active(&input.state_machine_arn).await?;
            match self.update(&there, &input).await {
                Err(Unchanged::Outrun) => {}
                Err(Unchanged::Refused(error)) => return Err(error),
                Ok(updated) => return Ok(updated),
            }
        }
    }

    async fn update(
        &self,
        there: &Kept<Machine>,
        input: &UpdateStateMachineInput,
    ) -> Result<UpdateStateMachineOutput, Unchanged> {
        let before = self.revision(&there.revision).await?;
        let revision = self.revise(&before, input)?;
        let mut machine = there.record.clone();
        let mut changes = Vec::new();
        if revision.id != before.id {
            machine.revision = revision.digest();
            machine.published = None;
            changes = self.keep_revision(&revision).await?;
        }
        let mut version_arn = None;
        if input.publish {
            let description = input.version_description.as_deref();
            let (arn, version) = self.publish(there, &mut machine, description, true).await?;
            version_arn = Some(arn);
            changes.extend(version);
        }
        changes.push(there.replace(&machine));
        self.0.records.change(changes).await?;
        if revision.id != before.id {
            self.0.leftovers.add(before.definition.len());
        }
        Ok(UpdateStateMachineOutput {
            update_date: revision.updated,
            revision_id: revision.id,
            state_machine_version_arn: version_arn,
        })
    }

    /// The next revision of a machine. It has a new id, and is kept, only where
    /// anything but its time is different.
    fn revise(
        &self,
        before: &Revision,
        input: &UpdateStateMachineInput,
    ) -> Result<Revision, ApiError> {
        let mut next = before.clone();
        next.updated = self.now();
        if let Some(logging) = &input.logging_configuration {
            next.configuration.logging = logging.clone();
        }
        if let Some(tracing) = input.tracing {
            next.configuration.tracing = tracing;
        }
        if let Some(encryption) = &input.encryption_configuration {
            next.configuration.encryption = encryption.clone();
        }
        if let Some(definition) = &input.definition {
            next.machine = parse_definition(definition, before.kind)?;
            next.definition.clone_from(definition);
        }
        if let Some(role_arn) = &input.role_arn {
            next.role_arn.clone_from(role_arn);
        }
        if next.differs(before) {
            next.id = Some(self.draw_uuid());
        }
        Ok(next)
    }

    fn check_update(&self, input: &UpdateStateMachineInput) -> Result<(), ApiError> {
        let mut constraints = Constraints::default();
        constraints.length("stateMachineArn", &input.state_machine_arn, 1, 256);
        if let Some(definition) = &input.definition {
            let most = self.0.quotas.definition_length;
            constraints.length("definition", definition, 1, most);
        }
        if let Some(role_arn) = &input.role_arn {
            constraints.length("roleArn", role_arn, 1, 256);
        }
        let description = input.version_description.as_deref();
        constraints
            .description("versionDescription", description)
            .check()?;
        input.role_arn.as_deref().map_or(Ok(()), check_role)?;
        check_description(input.publish, description)?;
        let logging = input.logging_configuration.as_ref();
        logging.map_or(Ok(()), LoggingConfiguration::check)?;
        input.check_is_something()
    }
}

impl UpdateStateMachineInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_arn: params.required("stateMachineArn")?,
            definition: params.text("definition")?,
            role_arn: params.text("roleArn")?,
            logging_configuration: configuration::logging(&params)?,
            tracing: configuration::tracing(&params)?,
            encryption_configuration: configuration::encryption(&params)?,
            publish: params.bool("publish")?.unwrap_or(false),
            version_description: params.text("versionDescription")?,
        })
    }

    fn check_is_something(&self) -> Result<(), ApiError> {
        let is_something = self.definition.is_some()
            || self.role_arn.is_some()
            || self.logging_configuration.is_some()
            || self.tracing.is_some()
            || self.encryption_configuration.is_some();
        match is_something {
            true => Ok(()),
            false => Err(ApiError::new(
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, or the \
                 TracingConfiguration must be specified",
            )),
        }
    }
}

impl UpdateStateMachineOutput {
    pub(crate) fn to_json(&self) -> Object {
        let mut members = Object::from([("updateDate", seconds(self.update_date))]);
        insert_some(&mut members, "revisionId", self.revision_id.as_deref());
        let version = self.state_machine_version_arn.as_deref();
        insert_some(&mut members, "stateMachineVersionArn", version);
        members
    }
}
