//! `ListStateMachines`.

use sandstep_asl::Timestamp;
use sandstep_json::{Array, Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::machine::{Machine, StateMachineType};
use super::page::{MAX_RESULTS, Page};
use super::params::Params;
use super::records::Kept;
use super::render::{insert_some, seconds};

/// The longest token of a page, in characters (API reference, `PageToken`).
const MAX_TOKEN: usize = 1024;

/// What `ListStateMachines` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListStateMachinesInput {
    /// How many to list at most: up to 1,000, and 100 unless said.
    pub max_results: Option<i64>,
    /// The token of the page before.
    pub next_token: Option<String>,
}

/// What `ListStateMachines` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListStateMachinesOutput {
    /// In the order of their names.
    pub state_machines: Vec<StateMachineListItem>,
    /// Leads to the next page, if there is one.
    pub next_token: Option<String>,
}

/// One of an account's state machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateMachineListItem {
    /// Its ARN.
    pub state_machine_arn: String,
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: StateMachineType,
    /// When it was created.
    pub creation_date: Timestamp,
}

impl StepFunctions {
    /// Lists the state machines.
    ///
    /// Refuses with `ValidationException` and `InvalidToken`.
    pub async fn list_state_machines(
        &self,
        input: ListStateMachinesInput,
    ) -> Result<ListStateMachinesOutput, ApiError> {
        let ListStateMachinesInput {
            max_results,
            next_token,
        } = input;
        Constraints::default()
            .max_results(max_results, MAX_RESULTS)
            .next_token(next_token.as_deref(), MAX_TOKEN)
            .check()?;
        let page = Page::of(max_results, next_token.as_deref())?;
        let prefix = self.arn("stateMachine:");
        let after = page.after.as_deref().map(|name| format!("{prefix}{name}"));
        let machines = self
            .0
            .records
            .machines
            .list(&prefix, after, page.length + 1);
        let machines = machines.await?.into_iter();
        let (machines, next_token) = page.take(machines, |machine| machine.record.name.clone());
        Ok(ListStateMachinesOutput {
            state_machines: machines.iter().map(StateMachineListItem::of).collect(),
            next_token,
        })
    }
}

impl ListStateMachinesInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            max_results: params.number("maxResults")?,
            next_token: params.text("nextToken")?,
        })
    }
}

impl StateMachineListItem {
    fn of(machine: &Kept<Machine>) -> Self {
        Self {
            state_machine_arn: machine.name.clone(),
            name: machine.record.name.clone(),
            kind: machine.kind,
            creation_date: machine.created,
        }
    }

    fn to_json(&self) -> Value {
        let mut members = Object::from([
            ("stateMachineArn", self.state_machine_arn.as_str()),
            ("name", &self.name),
            ("type", self.kind.name()),
        ]);
        members.insert("creationDate", seconds(self.creation_date));
        members.into()
    }
}

impl ListStateMachinesOutput {
    pub(crate) fn to_json(&self) -> Object {
        let machines: Array = self
            .state_machines
            .iter()
            .map(StateMachineListItem::to_json)
            .collect();
        let mut members = Object::from([("stateMachines", Value::Array(machines))]);
        insert_some(&mut members, "nextToken", self.next_token.as_deref());
        members
    }
}
