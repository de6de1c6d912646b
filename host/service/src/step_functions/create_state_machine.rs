//! `CreateStateMachine`.

use sandstep_asl::Timestamp;
use sandstep_journal::{Change, ListQuery};
use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::configuration::{self, Configuration};
use super::constraints::{Constraints, check_name, check_role};
use super::definition::parse_definition;
use super::machine::{Creation, Machine, MachineStatus, StateMachineType};
use super::params::Params;
use super::records::{Kept, Unchanged, add};
use super::render::{insert_some, seconds};
use super::revision::Revision;
use super::tags::{self, Tag, Tags};
use super::{LoggingConfiguration, arn};

/// What `CreateStateMachine` takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateStateMachineInput {
    /// The name, of 1 to 80 characters, without spaces and special characters.
    pub name: String,
    /// The definition in the States Language, at most 1 MiB of JSON.
    pub definition: String,
    /// The ARN of the role that executions show; nothing is asked whether it exists.
    pub role_arn: String,
    /// STANDARD unless said.
    pub kind: StateMachineType,
    /// OFF unless said.
    pub logging_configuration: Option<LoggingConfiguration>,
    /// Whether executions are traced. It is kept and described.
    pub tracing: Option<bool>,
    /// A key of the service's own unless said.
    pub encryption_configuration: Option<super::EncryptionConfiguration>,
    /// Up to 50.
    pub tags: Vec<Tag>,
    /// Whether to publish a version at once.
    pub publish: bool,
    /// What to say of that version, in up to 256 characters.
    pub version_description: Option<String>,
}

/// What `CreateStateMachine` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateStateMachineOutput {
    /// The new state machine.
    pub state_machine_arn: String,
    /// When it was created.
    pub creation_date: Timestamp,
    /// The version, if one was published.
    pub state_machine_version_arn: Option<String>,
}

impl StepFunctions {
    /// Creates a state machine, or answers as before where the same one exists:
    /// the same name, definition, type, configuration and version, whatever its
    /// role and its tags.
    ///
    /// Refuses with `ValidationException`, `InvalidName`, `InvalidArn` for the role,
    /// `InvalidDefinition`, `InvalidLoggingConfiguration`,
    /// `InvalidEncryptionConfiguration`, `StateMachineAlreadyExists`,
    /// `StateMachineDeleting`, and with `TooManyTags` and
    /// `StateMachineLimitExceeded` beyond
    /// [`Quotas::tags`](super::Quotas::tags) and
    /// [`Quotas::state_machines`](super::Quotas::state_machines).
    pub async fn create_state_machine(
        &self,
        input: CreateStateMachineInput,
    ) -> Result<CreateStateMachineOutput, ApiError> {
        self.check_creation(&input)?;
        let revision = self.first_revision(&input)?;
        let account = self.clone();
        let create = async move { account.create(&revision, &input).await };
        self.to_its_end(create).await
    }

    async fn create(
        &self,
        revision: &Revision,
        input: &CreateStateMachineInput,
    ) -> Result<CreateStateMachineOutput, ApiError> {
        let _reading = self.0.readers.begin();
        loop {
            if let Some(there) = self.0.records.machines.find(&revision.machine_arn).await? {
                return self.same_again(&there, revision, input).await;
            }
            match self.add_machine(revision, input).await {
                Err(Unchanged::Outrun) => {}
                Err(Unchanged::Refused(error)) => return Err(error),
                Ok(created) => return Ok(created),
            }
        }
    }

    fn first_revision(&self, input: &CreateStateMachineInput) -> Result<Revision, ApiError> {
        Ok(Revision {
            machine_arn: self.arn(&format!("stateMachine:{}", input.name)),
            name: input.name.clone(),
            kind: input.kind,
            id: None,
            updated: self.now(),
            machine: parse_definition(&input.definition, input.kind)?,
            definition: input.definition.clone(),
            role_arn: input.role_arn.clone(),
            configuration: Configuration {
                logging: input.logging_configuration.clone().unwrap_or_default(),
                tracing: input.tracing.unwrap_or(false),
                encryption: input.encryption_configuration.clone().unwrap_or_default(),
            },
        })
    }

    /// Answers for a state machine that is there, if it is the one that the
    /// request is about.
    async fn same_again(
        &self,
        there: &Kept<Machine>,
        wanted: &Revision,
        input: &CreateStateMachineInput,
    ) -> Result<CreateStateMachineOutput, ApiError> {
        if there.status == MachineStatus::Deleting {
            return Err(ApiError::machine_deleting(&there.name));
        }
        let is = self.revision(&there.revision).await?;
        let is_same = is.kind == wanted.kind
            && is.definition == wanted.definition
            && is.configuration == wanted.configuration
            && there.creation == creation(input);
        match is_same {
            true => Ok(CreateStateMachineOutput::of(&there.name, there)),
            false => Err(ApiError::new(
                "StateMachineAlreadyExists",
                format_args!("State Machine Already Exists: '{}'", there.name),
            )),
        }
    }

    async fn add_machine(
        &self,
        revision: &Revision,
        input: &CreateStateMachineInput,
    ) -> Result<CreateStateMachineOutput, Unchanged> {
        let seat = self.0.machines.reserve().ok_or_else(|| {
            ApiError::new(
                "StateMachineLimitExceeded",
                "The maximum number of state machines has been reached",
            )
        })?;
        let mut machine = self.new_machine(revision, input);
        machine.inherited = self.last_execution(&revision.machine_arn).await?;
        let mut changes = self.keep_revision(revision).await?;
        if input.publish {
            let description = input.version_description.clone();
            let (_, version) =
                self.next_version(&revision.machine_arn, &mut machine, description)?;
            changes.push(version);
        }
        let tags = Tags::default().with(input.tags.clone());
        if !tags.is_empty() {
            changes.push(add(&revision.machine_arn, &tags));
        }
        changes.push(add(&revision.machine_arn, &machine));
        self.0.records.change(changes).await?;
        seat.keep();
        Ok(CreateStateMachineOutput::of(
            &revision.machine_arn,
            &machine,
        ))
    }

    fn new_machine(&self, revision: &Revision, input: &CreateStateMachineInput) -> Machine {
        Machine {
            name: input.name.clone(),
            kind: input.kind,
            created: revision.updated,
            status: MachineStatus::Active,
            revision: revision.digest(),
            published: None,
            last_version: 0,
            versions: 0,
            aliases: 0,
            creation: creation(input),
            inherited: 0,
        }
    }

    /// The execution that was started last of all machines that had this ARN. None follows
    /// while none has it: nobody removes one for as long as this request reads.
    async fn last_execution(&self, machine_arn: &str) -> Result<i64, ApiError> {
        let query = ListQuery {
            group: machine_arn.to_owned(),
            statuses: Vec::new(),
            redriven: None,
            newer_than: None,
            after: None,
            limit: 1,
        };
        let page = self.0.journal.list(query).await?;
        Ok(page.executions.first().map_or(0, |last| last.id.0))
    }

    /// Writes a revision, even where it is there: somebody may be about to remove it.
    pub(crate) async fn keep_revision(&self, revision: &Revision) -> Result<Vec<Change>, ApiError> {
        let digest = revision.digest();
        match self.0.records.revisions.find(&digest).await? {
            Some(there) => Ok(vec![there.replace(revision)]),
            None => Ok(vec![add(&digest, revision)]),
        }
    }

    fn check_creation(&self, input: &CreateStateMachineInput) -> Result<(), ApiError> {
        let quotas = &self.0.quotas;
        Constraints::default()
            .length("name", &input.name, 1, quotas.name_length)
            .length("definition", &input.definition, 1, quotas.definition_length)
            .length("roleArn", &input.role_arn, 1, 256)
            .description("versionDescription", input.version_description.as_deref())
            .check()?;
        check_name(&input.name)?;
        check_role(&input.role_arn)?;
        check_description(input.publish, input.version_description.as_deref())?;
        let logging = input.logging_configuration.as_ref();
        logging.map_or(Ok(()), LoggingConfiguration::check)?;
        tags::check(&input.tags)?;
        let tags = Tags::default().with(input.tags.clone());
        self.check_tags(&tags, &self.arn(&format!("stateMachine:{}", input.name)))
    }
}

fn creation(input: &CreateStateMachineInput) -> Creation {
    Creation {
        publish: input.publish,
        version_description: input.version_description.clone(),
    }
}

/// Only a version that is published can be described.
pub(crate) fn check_description(publish: bool, description: Option<&str>) -> Result<(), ApiError> {
    match description {
        Some(_) if !publish => Err(ApiError::validation(
            "Version description can only be set when publish is true",
        )),
        _ => Ok(()),
    }
}

impl CreateStateMachineInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            name: params.required("name")?,
            definition: params.required("definition")?,
            role_arn: params.required("roleArn")?,
            kind: kind(params.text("type")?)?,
            logging_configuration: configuration::logging(&params)?,
            tracing: configuration::tracing(&params)?,
            encryption_configuration: configuration::encryption(&params)?,
            tags: tags::from_json(params.value("tags"))?,
            publish: params.bool("publish")?.unwrap_or(false),
            version_description: params.text("versionDescription")?,
        })
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

impl CreateStateMachineOutput {
    /// The answer of the request that created the machine.
    fn of(machine_arn: &str, machine: &Machine) -> Self {
        let publish = machine.creation.publish;
        Self {
            state_machine_arn: machine_arn.to_owned(),
            creation_date: machine.created,
            state_machine_version_arn: publish.then(|| arn::qualified(machine_arn, 1)),
        }
    }

    pub(crate) fn to_json(&self) -> Object {
        let mut members = Object::from([
            ("stateMachineArn", self.state_machine_arn.as_str().into()),
            ("creationDate", seconds(self.creation_date)),
        ]);
        let version = self.state_machine_version_arn.as_deref();
        insert_some(&mut members, "stateMachineVersionArn", version);
        members
    }
}
