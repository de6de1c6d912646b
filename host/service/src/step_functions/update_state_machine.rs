//! `UpdateStateMachine`.

use std::sync::Arc;

use sandstep_asl::Timestamp;
use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::create_state_machine::{MAX_DEFINITION, check_publish};
use super::logging_configuration::LoggingConfiguration;
use super::machine::{Machine, Revision, parse_definition};
use super::params::Params;
use super::render::{insert_some, seconds};

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
    /// Whether to publish a version, which is refused: there are none yet.
    pub publish: bool,
}

/// What `UpdateStateMachine` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateStateMachineOutput {
    /// When it was updated.
    pub update_date: Timestamp,
    /// The revision that new executions run.
    pub revision_id: Option<String>,
}

impl StepFunctions {
    /// Changes a state machine. Executions that run keep what they began with.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, `InvalidDefinition`,
    /// `InvalidLoggingConfiguration`, `StateMachineDoesNotExist`, and with
    /// `MissingRequiredParameter` where nothing is to be changed.
    pub async fn update_state_machine(
        &self,
        input: UpdateStateMachineInput,
    ) -> Result<UpdateStateMachineOutput, ApiError> {
        input.check()?;
        loop {
            let machine = self.unqualified(&input.state_machine_arn).await?;
            let revision = self.revise(&machine, &input)?;
            let updated = UpdateStateMachineOutput {
                update_date: revision.updated,
                revision_id: revision.id.clone(),
            };
            let revision = Arc::new(revision);
            let revised = Machine {
                revision,
                ..(*machine).clone()
            };
            if self.0.machines.replace(&machine, revised) {
                return Ok(updated);
            }
        }
    }

    /// The next revision of a machine: a new one in name only where its
    /// definition or role changes.
    fn revise(
        &self,
        machine: &Machine,
        input: &UpdateStateMachineInput,
    ) -> Result<Revision, ApiError> {
        let mut next = (*machine.revision).clone();
        next.updated = self.now();
        if let Some(logging) = &input.logging_configuration {
            next.logging = logging.clone();
        }
        if let Some(definition) = &input.definition {
            next.machine = parse_definition(definition, machine.kind)?;
            next.definition.clone_from(definition);
        }
        if let Some(role_arn) = &input.role_arn {
            next.role_arn.clone_from(role_arn);
        }
        let before = &machine.revision;
        if next.definition != before.definition || next.role_arn != before.role_arn {
            next.id = Some(self.draw_uuid());
        }
        Ok(next)
    }
}

impl UpdateStateMachineInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        let logging = params.value("loggingConfiguration");
        Ok(Self {
            state_machine_arn: params.required("stateMachineArn")?,
            definition: params.text("definition")?,
            role_arn: params.text("roleArn")?,
            logging_configuration: logging.map(LoggingConfiguration::from_json).transpose()?,
            publish: params.bool("publish")?.unwrap_or(false),
        })
    }

    fn check(&self) -> Result<(), ApiError> {
        let mut constraints = Constraints::default();
        constraints.length("stateMachineArn", &self.state_machine_arn, 1, 256);
        if let Some(definition) = &self.definition {
            constraints.length("definition", definition, 1, MAX_DEFINITION);
        }
        if let Some(role_arn) = &self.role_arn {
            constraints.length("roleArn", role_arn, 1, 256);
        }
        constraints.check()?;
        check_publish(self.publish)?;
        let logging = self.logging_configuration.as_ref();
        logging.map_or(Ok(()), LoggingConfiguration::check)?;
        if self.definition.is_none() && self.role_arn.is_none() && logging.is_none() {
            return Err(ApiError::new(
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, or the \
                 TracingConfiguration must be specified",
            ));
        }
        Ok(())
    }
}

impl UpdateStateMachineOutput {
    pub(crate) fn to_json(&self) -> Object {
        let mut members = Object::from([("updateDate", seconds(self.update_date))]);
        insert_some(&mut members, "revisionId", self.revision_id.as_deref());
        members
    }
}
