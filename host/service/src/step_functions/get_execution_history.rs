//! `GetExecutionHistory`.

use sandstep_asl::{EventDetails, EventId, HistoryEvent};
use sandstep_journal::Order;
use sandstep_json::{Array, Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::attachment::Attachment;
use super::constraints::Constraints;
use super::event::View;
use super::executions::engine_error;
use super::page::{self, MAX_RESULTS, Page};
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
    attachment: Attachment,
    without_execution_data: bool,
    region: String,
}

/// How many events are read at a time: each may have a payload.
const CHUNK: usize = 64;

/// How many bytes of payloads a page has at least when it is cut short.
const PAGE_BYTES: usize = 1024 * 1024;

impl StepFunctions {
    /// Lists what happened in an execution so far. A page with large payloads has fewer
    /// events than were asked for.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, also for an execution
    /// of an EXPRESS machine, `InvalidToken` and `ExecutionDoesNotExist`.
    pub async fn get_execution_history(
        &self,
        request: GetExecutionHistoryInput,
    ) -> Result<GetExecutionHistoryOutput, ApiError> {
        Constraints::default()
            .max_results(request.max_results, MAX_RESULTS)
            .next_token(request.next_token.as_deref(), MAX_TOKEN)
            .check()?;
        let run = self.run(&request.execution_arn).await?;
        let page = Page::of(request.max_results, request.next_token.as_deref())?;
        let events = self.events(&request, &page).await?;
        let next = events.last().and_then(|last| request.after(last.id));
        let next = next.filter(|next| (1..=run.summary.events).contains(next));
        let attachment = Attachment::read(&run.summary.attachment)?;
        let input = attachment.input.clone();
        Ok(GetExecutionHistoryOutput {
            events,
            next_token: next.map(|next| page::encode(&next.to_string())),
            input: input.unwrap_or_else(|| run.input.to_json()),
            attachment,
            without_execution_data: request.without_execution_data,
            region: self.0.region.clone(),
        })
    }

    /// The events of a page, until it is full or large.
    async fn events(
        &self,
        request: &GetExecutionHistoryInput,
        page: &Page,
    ) -> Result<Vec<HistoryEvent>, ApiError> {
        let arn = &request.execution_arn;
        let (mut events, mut bytes) = (Vec::new(), 0);
        let mut next = Some(request.from(page)?);
        while let Some(from) = next.take_if(|_| bytes < PAGE_BYTES && events.len() < page.length) {
            let wanted = CHUNK.min(page.length - events.len());
            let chunk = self.engine().history(arn, from, request.order(), wanted);
            let chunk = chunk.await.map_err(|error| engine_error(error, arn))?;
            next = chunk.last().and_then(|last| request.after(last.id));
            bytes += chunk.iter().map(payload_bytes).sum::<usize>();
            events.extend(chunk);
        }
        Ok(events)
    }
}

/// About how many bytes of JSON text the payloads of an event have.
fn payload_bytes(event: &HistoryEvent) -> usize {
    match &event.details {
        EventDetails::ExecutionStarted { input: payload, .. }
        | EventDetails::ExecutionSucceeded { output: payload }
        | EventDetails::StateEntered { input: payload, .. }
        | EventDetails::StateExited {
            output: payload, ..
        }
        | EventDetails::TaskSubmitted {
            output: payload, ..
        }
        | EventDetails::TaskSucceeded {
            output: payload, ..
        } => payload.json_len(),
        EventDetails::TaskScheduled(task) => task.input.json_len(),
        _ => 0,
    }
}

impl GetExecutionHistoryInput {
    fn order(&self) -> Order {
        match self.reverse_order {
            true => Order::Backward,
            false => Order::Forward,
        }
    }

    /// The number of the first event of a page.
    fn from(&self, page: &Page) -> Result<u64, ApiError> {
        let first = match self.reverse_order {
            true => u64::MAX,
            false => 1,
        };
        Ok(page.number_after()?.unwrap_or(first))
    }

    /// The number of the event that comes after one.
    fn after(&self, event: EventId) -> Option<u64> {
        match self.reverse_order {
            true => event.0.checked_sub(1).filter(|&number| number > 0),
            false => event.0.checked_add(1),
        }
    }

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
            attachment: &self.attachment,
            with_data: !self.without_execution_data,
            region: &self.region,
        };
        let events: Array = self.events.iter().map(|event| view.event(event)).collect();
        let mut members = Object::from([("events", Value::Array(events))]);
        insert_some(&mut members, "nextToken", self.next_token.as_deref());
        members
    }
}
