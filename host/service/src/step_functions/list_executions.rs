//! `ListExecutions`.

use std::sync::Arc;

use sandstep_json::{Array, Object, Value};

use super::api_error::ApiError;
use super::constraints::Constraints;
use super::execution::{Execution, ExecutionStatus};
use super::included_data::IncludedData;
use super::machine::StateMachineType;
use super::page::{MAX_RESULTS, Page};
use super::params::Params;
use super::render::insert_some;
use super::{DescribeStateMachineInput, StepFunctions};

/// The longest token of a page, in characters (API reference,
/// `ListExecutionsPageToken`).
const MAX_TOKEN: usize = 3096;

/// The statuses that a filter may name, in the order in which AWS does.
const STATUSES: [&str; 6] = [
    "SUCCEEDED",
    "TIMED_OUT",
    "PENDING_REDRIVE",
    "ABORTED",
    "FAILED",
    "RUNNING",
];

/// What `ListExecutions` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListExecutionsInput {
    /// The state machine, of type STANDARD; or one of its versions or aliases:
    /// then those are listed that were started by it.
    pub state_machine_arn: String,
    /// Lists those alone that stand there, by AWS's name.
    pub status_filter: Option<String>,
    /// How many to list at most: up to 1,000, and 100 unless said.
    pub max_results: Option<i64>,
    /// The token of the page before.
    pub next_token: Option<String>,
}

/// What `ListExecutions` answers.
#[derive(Clone)]
pub struct ListExecutionsOutput {
    /// The latest first.
    pub executions: Vec<ExecutionListItem>,
    /// Leads to the next page, if there is one.
    pub next_token: Option<String>,
}

/// One of a state machine's executions.
#[derive(Clone)]
pub struct ExecutionListItem(Arc<Execution>);

impl StepFunctions {
    /// Lists the executions of a state machine that are still remembered.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, `InvalidToken`,
    /// `StateMachineDoesNotExist` and `StateMachineTypeNotSupported`.
    pub async fn list_executions(
        &self,
        input: ListExecutionsInput,
    ) -> Result<ListExecutionsOutput, ApiError> {
        input.check()?;
        let group = &input.state_machine_arn;
        self.check_listed(group).await?;
        let page = Page::of(input.max_results, input.next_token.as_deref())?;
        let before = page.number_after()?;
        let is_wanted = |execution: &Execution| {
            let status = input.status_filter.as_deref();
            execution.resolved.is_of(group)
                && status.is_none_or(|status| status == execution.status().name())
        };
        let executions = self.0.executions.list(before, page.length + 1, is_wanted);
        let (executions, next_token) = page.take(executions.into_iter(), |execution| {
            execution.number.to_string()
        });
        Ok(ListExecutionsOutput {
            executions: executions.into_iter().map(ExecutionListItem).collect(),
            next_token,
        })
    }
}

impl StepFunctions {
    /// Refuses to list the executions of what has no list of them.
    async fn check_listed(&self, given: &str) -> Result<(), ApiError> {
        let described = DescribeStateMachineInput {
            state_machine_arn: given.to_owned(),
            included_data: IncludedData::MetadataOnly,
        };
        match self.describe_state_machine(described).await?.kind() {
            StateMachineType::Standard => Ok(()),
            StateMachineType::Express => Err(ApiError::type_not_supported()),
        }
    }
}

impl ListExecutionsInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_arn: params.required("stateMachineArn")?,
            status_filter: params.text("statusFilter")?,
            max_results: params.number("maxResults")?,
            next_token: params.text("nextToken")?,
        })
    }

    fn check(&self) -> Result<(), ApiError> {
        let mut constraints = Constraints::default();
        constraints
            .max_results(self.max_results, MAX_RESULTS)
            .next_token(self.next_token.as_deref(), MAX_TOKEN);
        if let Some(status) = &self.status_filter {
            constraints.member("statusFilter", status, &STATUSES);
        }
        constraints.check()
    }
}

impl ExecutionListItem {
    /// Its ARN.
    pub fn execution_arn(&self) -> &str {
        &self.0.arn
    }

    /// Where it stands.
    pub fn status(&self) -> ExecutionStatus {
        self.0.status()
    }

    fn to_json(&self) -> Value {
        self.0.describe().with("redriveCount", 0).into()
    }
}

impl ListExecutionsOutput {
    pub(crate) fn to_json(&self) -> Object {
        let items = self.executions.iter();
        let executions: Array = items.map(ExecutionListItem::to_json).collect();
        let mut members = Object::from([("executions", Value::Array(executions))]);
        insert_some(&mut members, "nextToken", self.next_token.as_deref());
        members
    }
}
