//! `ListStateMachineVersions`.

use sandstep_asl::Timestamp;
use sandstep_json::{Array, Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::arn;
use super::constraints::Constraints;
use super::page::{MAX_RESULTS, Page};
use super::params::Params;
use super::records::Kept;
use super::render::{insert_some, seconds};
use super::version::Version;

/// The longest token of a page, in characters (API reference, `PageToken`).
const MAX_TOKEN: usize = 1024;

/// What `ListStateMachineVersions` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListStateMachineVersionsInput {
    /// The state machine.
    pub state_machine_arn: String,
    /// How many to list at most: up to 1,000, and 100 unless said.
    pub max_results: Option<i64>,
    /// The token of the page before.
    pub next_token: Option<String>,
}

/// What `ListStateMachineVersions` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListStateMachineVersionsOutput {
    /// The latest first.
    pub state_machine_versions: Vec<StateMachineVersionListItem>,
    /// Leads to the next page, if there is one.
    pub next_token: Option<String>,
}

/// One of a state machine's versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateMachineVersionListItem {
    /// Its ARN.
    pub state_machine_version_arn: String,
    /// When it was published.
    pub creation_date: Timestamp,
}

impl StepFunctions {
    /// Lists the versions of a state machine.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, `InvalidToken` and
    /// `StateMachineDoesNotExist`.
    pub async fn list_state_machine_versions(
        &self,
        input: ListStateMachineVersionsInput,
    ) -> Result<ListStateMachineVersionsOutput, ApiError> {
        Constraints::default()
            .max_results(input.max_results, MAX_RESULTS)
            .next_token(input.next_token.as_deref(), MAX_TOKEN)
            .check()?;
        let machine = self.machine(&input.state_machine_arn).await?;
        let page = Page::of(input.max_results, input.next_token.as_deref())?;
        let before = page.number_after()?;
        let mut versions = self.versions_of(&machine.name).await?;
        versions.retain(|version| before.is_none_or(|before| version.number < before));
        versions.sort_unstable_by_key(|version| std::cmp::Reverse(version.number));
        let (versions, next_token) =
            page.take(versions.into_iter(), |version| version.number.to_string());
        let items = versions.into_iter().map(StateMachineVersionListItem::of);
        Ok(ListStateMachineVersionsOutput {
            state_machine_versions: items.collect(),
            next_token,
        })
    }

    /// All versions of a state machine: as many as the quota says.
    pub(crate) async fn versions_of(
        &self,
        machine_arn: &str,
    ) -> Result<Vec<Kept<Version>>, ApiError> {
        let prefix = arn::qualified(machine_arn, "");
        self.0.records.versions.all(&prefix).await
    }
}

impl ListStateMachineVersionsInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_arn: params.required("stateMachineArn")?,
            max_results: params.number("maxResults")?,
            next_token: params.text("nextToken")?,
        })
    }
}

impl StateMachineVersionListItem {
    fn of(version: Kept<Version>) -> Self {
        Self {
            creation_date: version.created,
            state_machine_version_arn: version.name,
        }
    }

    fn to_json(&self) -> Value {
        let arn = self.state_machine_version_arn.as_str();
        Value::from(Object::from([
            ("stateMachineVersionArn", arn.into()),
            ("creationDate", seconds(self.creation_date)),
        ]))
    }
}

impl ListStateMachineVersionsOutput {
    pub(crate) fn to_json(&self) -> Object {
        let items = self.state_machine_versions.iter();
        let versions: Array = items.map(StateMachineVersionListItem::to_json).collect();
        let mut members = Object::from([("stateMachineVersions", Value::Array(versions))]);
        insert_some(&mut members, "nextToken", self.next_token.as_deref());
        members
    }
}
