//! `CreateStateMachine`.

use std::sync::Arc;

use sandstep_asl::Timestamp;
use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::{Constraints, check_name};
use super::logging_configuration::LoggingConfiguration;
use super::machine::{Machine, Revision, StateMachineType, parse_definition};
use super::machines::Refused;
use super::params::Params;
use super::render::seconds;

/// The longest definition, in characters (API reference, `Definition`).
pub(crate) const MAX_DEFINITION: usize = 1024 * 1024;

/// What `CreateStateMachine` takes. Tags are not kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateStateMachineInput {
    /// The name, of 1 to 80 characters, without spaces and special characters.
    pub name: String,
    /// The definition in the States Language, at most 1 MiB of JSON.
    pub definition: String,
    /// The role that executions show; nothing is asked whether it exists.
    pub role_arn: String,
    /// STANDARD unless said.
    pub kind: StateMachineType,
    /// OFF unless said.
    pub logging_configuration: LoggingConfiguration,
    /// Whether to publish a version, which is refused: there are none yet.
    pub publish: bool,
}

/// What `CreateStateMachine` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateStateMachineOutput {
    /// The new state machine.
    pub state_machine_arn: String,
    /// When it was created.
    pub creation_date: Timestamp,
}

impl StepFunctions {
    /// Creates a state machine, or answers as before where the same one exists:
    /// the same name, definition, type and logging, whatever its role.
    ///
    /// Refuses with `ValidationException`, `InvalidName`, `InvalidDefinition`,
    /// `InvalidLoggingConfiguration`, `StateMachineAlreadyExists`, and with
    /// `StateMachineLimitExceeded` beyond
    /// [`Quotas::state_machines`](super::Quotas::state_machines).
    pub async fn create_state_machine(
        &self,
        input: CreateStateMachineInput,
    ) -> Result<CreateStateMachineOutput, ApiError> {
        input.check()?;
        let machine = self.make(input)?;
        let created = CreateStateMachineOutput::of(&machine);
        match self.0.machines.add(machine.clone()) {
            Ok(()) => Ok(created),
            Err(Refused::Taken(there)) if is_same(&there, &machine) => {
                Ok(CreateStateMachineOutput::of(&there))
            }
            Err(Refused::Taken(there)) => Err(ApiError::new(
                "StateMachineAlreadyExists",
                format_args!("State Machine Already Exists: '{}'", there.arn),
            )),
            Err(Refused::Full) => Err(ApiError::new(
                "StateMachineLimitExceeded",
                "The maximum number of state machines has been reached",
            )),
        }
    }

    fn make(&self, input: CreateStateMachineInput) -> Result<Machine, ApiError> {
        let now = self.now();
        let revision = Revision {
            id: None,
            updated: now,
            machine: parse_definition(&input.definition, input.kind)?,
            definition: input.definition,
            role_arn: input.role_arn,
            logging: input.logging_configuration,
        };
        Ok(Machine {
            arn: self.arn(&format!("stateMachine:{}", input.name)),
            name: input.name,
            kind: input.kind,
            created: now,
            revision: Arc::new(revision),
        })
    }
}

fn is_same(a: &Machine, b: &Machine) -> bool {
    let (a_is, b_is) = (&a.revision, &b.revision);
    a.kind == b.kind && a_is.definition == b_is.definition && a_is.logging == b_is.logging
}

impl CreateStateMachineInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        let logging = params.value("loggingConfiguration");
        Ok(Self {
            name: params.required("name")?,
            definition: params.required("definition")?,
            role_arn: params.required("roleArn")?,
            kind: kind(params.text("type")?)?,
            logging_configuration: logging
                .map(LoggingConfiguration::from_json)
                .transpose()?
                .unwrap_or_default(),
            publish: params.bool("publish")?.unwrap_or(false),
        })
    }

    fn check(&self) -> Result<(), ApiError> {
        Constraints::default()
            .length("name", &self.name, 1, 80)
            .length("definition", &self.definition, 1, MAX_DEFINITION)
            .length("roleArn", &self.role_arn, 1, 256)
            .check()?;
        check_name(&self.name)?;
        check_publish(self.publish)?;
        self.logging_configuration.check()
    }
}

/// The type that a request names, STANDARD where it names none.
pub(crate) fn kind(name: Option<String>) -> Result<StateMachineType, ApiError> {
    let Some(name) = name else {
        return Ok(StateMachineType::default());
    };
    Constraints::default()
        .member("type", &name, &StateMachineType::NAMES)
        .check()?;
    Ok(StateMachineType::parse(&name).expect("it is one of the names"))
}

pub(crate) fn check_publish(publish: bool) -> Result<(), ApiError> {
    match publish {
        false => Ok(()),
        true => Err(ApiError::validation(
            "Versions of state machines cannot be published here",
        )),
    }
}

impl CreateStateMachineOutput {
    fn of(machine: &Machine) -> Self {
        Self {
            state_machine_arn: machine.arn.clone(),
            creation_date: machine.created,
        }
    }

    pub(crate) fn to_json(&self) -> Object {
        Object::from([
            ("stateMachineArn", self.state_machine_arn.as_str().into()),
            ("creationDate", seconds(self.creation_date)),
        ])
    }
}
