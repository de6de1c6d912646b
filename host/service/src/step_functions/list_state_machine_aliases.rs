//! `ListStateMachineAliases`.

use sandstep_asl::Timestamp;
use sandstep_json::{Array, Object, Value};

use super::StepFunctions;
use super::alias::Alias;
use super::api_error::ApiError;
use super::arn::{self, Qualifier};
use super::constraints::Constraints;
use super::lookup::check_length;
use super::page::{MAX_RESULTS, Page};
use super::params::Params;
use super::records::Kept;
use super::render::{insert_some, seconds};

/// The longest token of a page, in characters (API reference, `PageToken`).
const MAX_TOKEN: usize = 1024;

/// What `ListStateMachineAliases` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListStateMachineAliasesInput {
    /// The state machine, or one of its versions: then those are listed that
    /// refer to it.
    pub state_machine_arn: String,
    /// How many to list at most: up to 1,000, and 100 unless said.
    pub max_results: Option<i64>,
    /// The token of the page before.
    pub next_token: Option<String>,
}

/// What `ListStateMachineAliases` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListStateMachineAliasesOutput {
    /// In the order of their names.
    pub state_machine_aliases: Vec<StateMachineAliasListItem>,
    /// Leads to the next page, if there is one.
    pub next_token: Option<String>,
}

/// One of a state machine's aliases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateMachineAliasListItem {
    /// Its ARN.
    pub state_machine_alias_arn: String,
    /// When it was created.
    pub creation_date: Timestamp,
}

impl StepFunctions {
    /// Lists the aliases of a state machine.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, `InvalidToken`,
    /// `StateMachineDoesNotExist`, and with `ResourceNotFound` where there is no
    /// such version.
    pub async fn list_state_machine_aliases(
        &self,
        input: ListStateMachineAliasesInput,
    ) -> Result<ListStateMachineAliasesOutput, ApiError> {
        Constraints::default()
            .max_results(input.max_results, MAX_RESULTS)
            .next_token(input.next_token.as_deref(), MAX_TOKEN)
            .check()?;
        let page = Page::of(input.max_results, input.next_token.as_deref())?;
        let mut aliases = self.aliases_by(&input.state_machine_arn).await?;
        if let Some(after) = page.after.as_deref() {
            aliases.retain(|alias| *alias.record.name > *after);
        }
        let (aliases, next_token) =
            page.take(aliases.into_iter(), |alias| alias.record.name.clone());
        let items = aliases.into_iter().map(StateMachineAliasListItem::of);
        Ok(ListStateMachineAliasesOutput {
            state_machine_aliases: items.collect(),
            next_token,
        })
    }

    /// The aliases of a machine, or those that refer to one of its versions.
    async fn aliases_by(&self, given: &str) -> Result<Vec<Kept<Alias>>, ApiError> {
        check_length("stateMachineArn", given)?;
        let named = arn::machine(given)?;
        let is_version = matches!(named.qualifier, Some(Qualifier::Version(_)));
        let machine_arn = if is_version { named.machine } else { given };
        let machine = self.machine(machine_arn).await?;
        let mut aliases = self.aliases_of(&machine.name).await?;
        if is_version {
            let found = self.0.records.versions.find(given).await?;
            found.ok_or_else(|| ApiError::no_resource(given))?;
            aliases.retain(|alias| alias.routing.versions().any(|version| version == given));
        }
        Ok(aliases)
    }

    /// All aliases of a state machine: as many as the quota says.
    pub(crate) async fn aliases_of(&self, machine_arn: &str) -> Result<Vec<Kept<Alias>>, ApiError> {
        let prefix = arn::qualified(machine_arn, "");
        self.0.records.aliases.all(&prefix).await
    }
}

impl ListStateMachineAliasesInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_arn: params.required("stateMachineArn")?,
            max_results: params.number("maxResults")?,
            next_token: params.text("nextToken")?,
        })
    }
}

impl StateMachineAliasListItem {
    fn of(alias: Kept<Alias>) -> Self {
        Self {
            creation_date: alias.created,
            state_machine_alias_arn: alias.name,
        }
    }

    fn to_json(&self) -> Value {
        let arn = self.state_machine_alias_arn.as_str();
        Value::from(Object::from([
            ("stateMachineAliasArn", arn.into()),
            ("creationDate", seconds(self.creation_date)),
        ]))
    }
}

impl ListStateMachineAliasesOutput {
    pub(crate) fn to_json(&self) -> Object {
        let items = self.state_machine_aliases.iter();
        let aliases: Array = items.map(StateMachineAliasListItem::to_json).collect();
        let mut members = Object::from([("stateMachineAliases", Value::Array(aliases))]);
        insert_some(&mut members, "nextToken", self.next_token.as_deref());
        members
    }
}
