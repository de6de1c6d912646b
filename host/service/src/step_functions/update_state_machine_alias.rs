//! `UpdateStateMachineAlias`.

use std::sync::Arc;

use sandstep_asl::Timestamp;
use sandstep_json::{Object, Value};

use super::api_error::ApiError;
use super::constraints::Constraints;
use super::lookup::check_length;
use super::machine::Machine;
use super::params::Params;
use super::records::{Kept, Unchanged};
use super::render::seconds;
use super::routing::{self, Routing, RoutingConfigurationListItem};
use super::{StepFunctions, arn};

/// What `UpdateStateMachineAlias` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdateStateMachineAliasInput {
    /// The alias.
    pub state_machine_alias_arn: String,
    /// What to say of it from now on, in up to 256 characters.
    pub description: Option<String>,
    /// One or two versions of its state machine.
    pub routing_configuration: Option<Vec<RoutingConfigurationListItem>>,
}

/// What `UpdateStateMachineAlias` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdateStateMachineAliasOutput {
    /// When it was updated.
    pub update_date: Timestamp,
}

impl StepFunctions {
    /// Changes an alias. Executions that it has started go on as they are.
    ///
    /// Refuses with `ValidationException`, also where nothing is to be changed,
    /// `InvalidArn`, `ResourceNotFound` and `StateMachineDeleting`.
    pub async fn update_state_machine_alias(
        &self,
        input: UpdateStateMachineAliasInput,
    ) -> Result<UpdateStateMachineAliasOutput, ApiError> {
        input.check()?;
        let routing = input.routing()?;
        loop {
            match self.update_alias(&input, routing.as_ref()).await {
                Err(Unchanged::Outrun) => {}
                Err(Unchanged::Refused(error)) => return Err(error),
                Ok(update_date) => return Ok(UpdateStateMachineAliasOutput { update_date }),
            }
        }
    }

    async fn update_alias(
        &self,
        input: &UpdateStateMachineAliasInput,
        routing: Option<&Routing>,
    ) -> Result<Timestamp, Unchanged> {
        let there = self.alias(&input.state_machine_alias_arn).await?;
        let mut alias = there.record.clone();
        let mut changes = Vec::new();
        if let Some(routing) = routing {
            let machine = self.routable(routing).await?;
            // So that no version goes meanwhile.
            changes.push(machine.replace(&machine.record));
            alias.routing.clone_from(routing);
        }
        if input.description.is_some() {
            alias.description.clone_from(&input.description);
        }
        alias.updated = self.now();
        changes.push(there.replace(&alias));
        self.0.records.change(changes).await?;
        Ok(alias.updated)
    }

    /// The state machine all of whose versions there are that a routing names.
    pub(crate) async fn routable(&self, routing: &Routing) -> Result<Arc<Kept<Machine>>, ApiError> {
        let machine = self.active(routing.machine()).await;
        let machine = machine.map_err(|error| match error.code {
            "StateMachineDoesNotExist" => ApiError::no_resource(routing.first()),
            _ => error,
        })?;
        for version in routing.versions() {
            let found = self.0.records.versions.find(version).await?;
            found.ok_or_else(|| ApiError::no_resource(version))?;
        }
        Ok(machine)
    }
}

impl UpdateStateMachineAliasInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        let routing = params.value("routingConfiguration");
        Ok(Self {
            state_machine_alias_arn: params.required("stateMachineAliasArn")?,
            description: params.text("description")?,
            routing_configuration: routing.map(routing::from_json).transpose()?,
        })
    }

    /// The new routing, whose versions must be of the alias's state machine.
    fn routing(&self) -> Result<Option<Routing>, ApiError> {
        let Some(items) = &self.routing_configuration else {
            return Ok(None);
        };
        let routing = Routing::of(items)?;
        let machine_arn = arn::machine(&self.state_machine_alias_arn)?.machine;
        match routing.machine() == machine_arn {
            true => Ok(Some(routing)),
            false => Err(routing::invalid(format_args!(
                "Routing configuration must contain versions of the state machine {machine_arn}. \
                 Received: [{}]",
                routing.versions().collect::<Vec<_>>().join(", ")
            ))),
        }
    }

    fn check(&self) -> Result<(), ApiError> {
        check_length("stateMachineAliasArn", &self.state_machine_alias_arn)?;
        Constraints::default()
            .description("description", self.description.as_deref())
            .check()?;
        match (&self.description, &self.routing_configuration) {
            (None, None) => Err(ApiError::validation(
                "Either the description or the routingConfiguration must be specified",
            )
            .with("reason", "MISSING_REQUIRED_PARAMETER")),
            _ => Ok(()),
        }
    }
}

impl UpdateStateMachineAliasOutput {
    pub(crate) fn to_json(self) -> Object {
        Object::from([("updateDate", seconds(self.update_date))])
    }
}
