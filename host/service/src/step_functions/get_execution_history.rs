//! `GetExecutionHistory`.

use sandstep_asl::HistoryEvent;
use sandstep_json::{Array, Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::event::View;
use super::page::{MAX_RESULTS, Page};
use super::params::Params;
use super::render::insert_some;

/// The longest token of a page, in characters (API reference, `PageToken`).
const MAX_TOKEN: usize = 1024;

/// What `GetExecutionHistory` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetExecutionHistoryInput {
    /// The execution.
    pub execution_arn: String,
    /// How many events to list at most: up to 1,000, and 100 unless said.
    pub max_results: Option<i64>,
    /// Whether to begin with the latest event.
    pub reverse_order: bool,
    /// The token of the page before.
    pub next_token: Option<String>,
    /// Whether to leave inputs and outputs away.
    pub without_execution_data: bool,
}

/// What `GetExecutionHistory` answers.
#[derive(Clone, Debug, PartialEq)]
pub struct GetExecutionHistoryOutput {
    /// The events of this page.
    pub events: Vec<HistoryEvent>,
    /// Leads to the next page, if there is one.
    pub next_token: Option<String>,
    input: String,
    without_execution_data: bool,
}

impl StepFunctions {
    /// Lists what happened in an execution so far.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, also for an execution
    /// of an EXPRESS machine, `InvalidToken` and `ExecutionDoesNotExist`.
    pub async fn get_execution_history(
        &self,
        input: GetExecutionHistoryInput,
    ) -> Result<GetExecutionHistoryOutput, ApiError> {
        Constraints::default()
            .max_results(input.max_results, MAX_RESULTS)
            .next_token(input.next_token.as_deref(), MAX_TOKEN)
            .check()?;
        let execution = self.execution(&input.execution_arn).await?;
        let page = Page::of(input.max_results, input.next_token.as_deref())?;
        let (events, next_token) = execution.with_events(|events| match input.reverse_order {
            false => events_of(&page, events.iter(), |id, last| id > last),
            true => events_of(&page, events.iter().rev(), |id, last| id < last),
        })?;
        Ok(GetExecutionHistoryOutput {
            events,
            next_token,
            input: execution.input.clone(),
            without_execution_data: input.without_execution_data,
        })
    }
}

fn events_of<'a>(
    page: &Page,
    events: impl Iterator<Item = &'a HistoryEvent>,
    comes_after: fn(u64, u64) -> bool,
) -> Result<(Vec<HistoryEvent>, Option<String>), ApiError> {
    let last = page.number_after()?;
    let is_next = |event: &&HistoryEvent| last.is_none_or(|last| comes_after(event.id.0, last));
    let (events, token) = page.take(events.filter(is_next), |event| event.id.0.to_string());
    Ok((events.into_iter().cloned().collect(), token))
}

impl GetExecutionHistoryInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            execution_arn: params.required("executionArn")?,
            max_results: params.number("maxResults")?,
            reverse_order: params.bool("reverseOrder")?.unwrap_or(false),
            next_token: params.text("nextToken")?,
            without_execution_data: params.bool("includeExecutionData")? == Some(false),
        })
    }
}

impl GetExecutionHistoryOutput {
    pub(crate) fn to_json(&self) -> Object {
        let view = View {
            input: &self.input,
            with_data: !self.without_execution_data,
        };
        let events: Array = self.events.iter().map(|event| view.event(event)).collect();
        let mut members = Object::from([("events", Value::Array(events))]);
        insert_some(&mut members, "nextToken", self.next_token.as_deref());
        members
    }
}
