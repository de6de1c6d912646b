//! `CreateStateMachineAlias`.

use sandstep_asl::Timestamp;
use sandstep_json::{Object, Value};

use super::alias::Alias;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::params::Params;
use super::records::{Unchanged, add};
use super::render::seconds;
use super::routing::{self, Routing, RoutingConfigurationListItem};
use super::{StepFunctions, arn};

/// What `CreateStateMachineAlias` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateStateMachineAliasInput {
    /// The name: up to 80 of letters, digits and `_-.`, and not digits alone.
    pub name: String,
    /// What to say of it, in up to 256 characters.
    pub description: Option<String>,
    /// One or two versions of one state machine.
    pub routing_configuration: Vec<RoutingConfigurationListItem>,
}

/// What `CreateStateMachineAlias` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateStateMachineAliasOutput {
    /// The alias.
    pub state_machine_alias_arn: String,
    /// When it was created.
    pub creation_date: Timestamp,
}

impl StepFunctions {
    /// Creates an alias for one or two versions of a state machine, or answers
    /// as before where the same one exists.
    ///
    /// Refuses with `ValidationException`, `ResourceNotFound` where there is no
    /// such version, `StateMachineDeleting`, `ConflictException` where another
    /// alias has that name, and with `ServiceQuotaExceededException` beyond
    /// [`Quotas::aliases`](super::Quotas::aliases).
    pub async fn create_state_machine_alias(
        &self,
        input: CreateStateMachineAliasInput,
    ) -> Result<CreateStateMachineAliasOutput, ApiError> {
        Constraints::default()
            .length("name", &input.name, 1, self.0.quotas.name_length)
            .alias_name("name", &input.name)
            .description("description", input.description.as_deref())
            .check()?;
        let alias = Alias {
            routing: Routing::of(&input.routing_configuration)?,
            name: input.name,
            description: input.description,
            created: self.now(),
            updated: self.now(),
        };
        let alias_arn = arn::qualified(alias.routing.machine(), &alias.name);
        loop {
            match self.add_alias(&alias_arn, &alias).await {
                Err(Unchanged::Outrun) => {}
                Err(Unchanged::Refused(error)) => return Err(error),
                Ok(creation_date) => {
                    return Ok(CreateStateMachineAliasOutput {
                        state_machine_alias_arn: alias_arn,
                        creation_date,
                    });
                }
            }
        }
    }

    /// Adds an alias and answers when it was created.
    async fn add_alias(&self, alias_arn: &str, alias: &Alias) -> Result<Timestamp, Unchanged> {
        let machine = self.routable(&alias.routing).await?;
        if let Some(there) = self.0.records.aliases.find(alias_arn).await? {
            return Ok(same_again(&there, alias)?);
        }
        if machine.aliases >= self.0.quotas.aliases {
            return Err(too_many().into());
        }
        let mut with_one_more = machine.record.clone();
        with_one_more.aliases += 1;
        let changes = vec![add(alias_arn, alias), machine.replace(&with_one_more)];
        self.0.records.change(changes).await?;
        Ok(alias.created)
    }
}

/// When the same alias was created.
fn same_again(there: &Alias, wanted: &Alias) -> Result<Timestamp, ApiError> {
    if there.description == wanted.description && there.routing == wanted.routing {
        return Ok(there.created);
    }
    Err(ApiError::conflict(
        "Failed to create alias because an alias with the same name and a different routing \
         configuration already exists.",
    ))
}

fn too_many() -> ApiError {
    ApiError::quota_exceeded("The maximum number of aliases of the state machine has been reached")
}

impl CreateStateMachineAliasInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            name: params.required("name")?,
            description: params.text("description")?,
            routing_configuration: routing::from_json(
                params.required_value("routingConfiguration")?,
            )?,
        })
    }
}

impl CreateStateMachineAliasOutput {
    pub(crate) fn to_json(&self) -> Object {
        Object::from([
            (
                "stateMachineAliasArn",
                self.state_machine_alias_arn.as_str().into(),
            ),
            ("creationDate", seconds(self.creation_date)),
        ])
    }
}
