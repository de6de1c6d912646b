//! `ListExecutions`.

use std::sync::Arc;

use sandstep_driver::durable::RunSummary;
use sandstep_journal::{ExecutionId, ListQuery, PageToken, Status};
use sandstep_json::{Array, Object, Value};

use super::api_error::ApiError;
use super::constraints::Constraints;
use super::describe_map_run::no_map_run;
use super::execution::{Execution, ExecutionStatus};
use super::executions::engine_error;
use super::included_data::IncludedData;
use super::machine::{Machine, StateMachineType};
use super::page::{self, MAX_RESULTS, Page};
use super::params::Params;
use super::records::Kept;
use super::render::insert_some;
use super::{DescribeStateMachineInput, StepFunctions, arn};

/// The longest token of a page, in characters (API reference,
/// `ListExecutionsPageToken`).
const MAX_TOKEN: usize = 3096;

/// How many executions are read at a time: each may bring along its input.
const CHUNK: usize = 50;

/// What `ListExecutions` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListExecutionsInput {
    /// The state machine, of type STANDARD, or a version or an alias of it. Either this
    /// or [`map_run_arn`](Self::map_run_arn).
    pub state_machine_arn: Option<String>,
    /// The map run whose child executions are asked for.
    pub map_run_arn: Option<String>,
    /// Lists those alone that stand there, by AWS's name.
    pub status_filter: Option<String>,
    /// Lists those alone that were redriven, or were not: `REDRIVEN` or `NOT_REDRIVEN`.
    /// Only of a map run.
    pub redrive_filter: Option<String>,
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
pub struct ExecutionListItem(Execution);

impl StepFunctions {
    /// Lists the executions of a state machine, a version or an alias that are kept, but for
    /// those of an earlier machine of that name.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, `InvalidToken`,
    /// `StateMachineDoesNotExist`, `StateMachineTypeNotSupported`, and with
    /// `ResourceNotFound` for a map run: distributed Maps do not run here.
    pub async fn list_executions(
        &self,
        request: ListExecutionsInput,
    ) -> Result<ListExecutionsOutput, ApiError> {
        request.check()?;
        let group = match (&request.state_machine_arn, &request.map_run_arn) {
            (Some(machine), None) => machine,
            (None, Some(map_run)) => return Err(no_map_run(map_run)),
            _ => return Err(ApiError::validation(EITHER)),
        };
        if request.redrive_filter.is_some() {
            return Err(ApiError::validation(NO_REDRIVE_FILTER));
        }
        let machine = self.listed_machine(group).await?;
        let page = Page::of(request.max_results, request.next_token.as_deref())?;
        let query = ListQuery {
            group: group.clone(),
            statuses: request.statuses(),
            redriven: None,
            newer_than: Some(ExecutionId(machine.inherited)),
            after: after(&page)?,
            limit: page.length,
        };
        let (executions, next) = self.listed(query).await?;
        Ok(ListExecutionsOutput {
            executions,
            next_token: next.map(|next| page::encode(&next.0.0.to_string())),
        })
    }

    /// A page of executions, of which a few are read at a time.
    async fn listed(
        &self,
        mut query: ListQuery,
    ) -> Result<(Vec<ExecutionListItem>, Option<PageToken>), ApiError> {
        let (most, mut items) = (query.limit, Vec::new());
        loop {
            query.limit = CHUNK.min(most - items.len());
            let listed = self.engine().list(query.clone()).await;
            let listed = listed.map_err(|error| engine_error(error, &query.group))?;
            for run in listed.runs {
                items.push(ExecutionListItem::try_from(run)?);
            }
            if listed.next.is_none() || items.len() >= most {
                return Ok((items, listed.next));
            }
            query.after = listed.next;
        }
    }
}

impl StepFunctions {
    /// The state machine whose executions are listed. Refuses what has no list of them.
    async fn listed_machine(&self, given: &str) -> Result<Arc<Kept<Machine>>, ApiError> {
        let described = DescribeStateMachineInput {
            state_machine_arn: given.to_owned(),
            included_data: IncludedData::MetadataOnly,
        };
        match self.describe_state_machine(described).await?.kind() {
            StateMachineType::Standard => self.machine(arn::machine(given)?.machine).await,
            StateMachineType::Express => Err(ApiError::type_not_supported()),
        }
    }
}

/// What is said where it is not clear whose executions are asked for.
const EITHER: &str = "Must specify exactly one of stateMachineArn or mapRunArn";

/// Recorded.
const NO_REDRIVE_FILTER: &str =
    "RedriveFilter cannot be applied to ListExecutions call with StateMachine ARN";

fn after(page: &Page) -> Result<Option<PageToken>, ApiError> {
    let number = page.number_after()?.map(i64::try_from).transpose();
    let number = number.map_err(|_| ApiError::invalid_token("out of range"))?;
    Ok(number.map(|number| PageToken(ExecutionId(number))))
}

impl ListExecutionsInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_arn: params.text("stateMachineArn")?,
            map_run_arn: params.text("mapRunArn")?,
            status_filter: params.text("statusFilter")?,
            redrive_filter: params.text("redriveFilter")?,
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
            let names = ExecutionStatus::ALL.map(ExecutionStatus::name);
            constraints.member("statusFilter", status, &names);
        }
        if let Some(filter) = &self.redrive_filter {
            let names = ["NOT_REDRIVEN", "REDRIVEN"];
            constraints.member("redriveFilter", filter, &names);
        }
        constraints.check()
    }

    fn statuses(&self) -> Vec<Status> {
        let filter = self.status_filter.as_deref();
        let status = filter.and_then(ExecutionStatus::parse);
        status.map(Status::from).into_iter().collect()
    }
}

impl TryFrom<RunSummary> for ExecutionListItem {
    type Error = ApiError;

    fn try_from(run: RunSummary) -> Result<Self, ApiError> {
        let mut execution = Execution::try_from(run)?;
        // A list does not show it, and a thousand of them are long.
        execution.attachment.input = None;
        execution.run.attachment = Default::default();
        Ok(Self(execution))
    }
}

impl ExecutionListItem {
    /// Its ARN.
    pub fn execution_arn(&self) -> &str {
        &self.0.identity.arn
    }

    /// Where it stands.
    pub fn status(&self) -> ExecutionStatus {
        self.0.identity.status
    }
}

impl ListExecutionsOutput {
    pub(crate) fn to_json(&self) -> Object {
        let items = self.executions.iter();
        let executions: Array = items.map(|item| Value::from(item.0.to_json())).collect();
        let mut members = Object::from([("executions", Value::Array(executions))]);
        insert_some(&mut members, "nextToken", self.next_token.as_deref());
        members
    }
}
