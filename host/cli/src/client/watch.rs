//! An execution elsewhere, watched until it ends.

use std::time::Duration;

use sandstep_asl::{ErrorDetails, Outcome};
use sandstep_json::{Object, Value};
use sandstep_service::replay::{PlacedEvent, Places};

use super::{CallError, Client};
use crate::command_error::CommandError;

/// How long to wait before asking again: at first, and at most.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Events in one answer.
const PAGE: u64 = 200;

/// The events of one execution, as they happen.
pub(crate) struct Watch<'c> {
    client: &'c Client,
    arn: String,
    places: Places,
    last: u64,
    is_over: bool,
    pause: Duration,
}

impl<'c> Watch<'c> {
    /// Watches from the execution's first event on.
    pub(crate) fn new(client: &'c Client, arn: impl Into<String>) -> Self {
        Self {
            client,
            arn: arn.into(),
            places: Places::default(),
            last: 0,
            is_over: false,
            pause: SHORTEST_PAUSE,
        }
    }

    /// Waits for the end, and shows what happens until then.
    pub(crate) async fn until_end(
        mut self,
        mut show: impl FnMut(&PlacedEvent),
    ) -> Result<Outcome, CommandError> {
        loop {
            let events = self.new_events().await?;
            self.pause = match events.is_empty() {
                true => (self.pause * 2).min(LONGEST_PAUSE),
                false => SHORTEST_PAUSE,
            };
            for event in events.iter().rev() {
                if let Some(event) = self.places.read(event) {
                    self.is_over = is_end(&event.kind);
                    show(&event);
                }
            }
            if self.is_over
                && let Some(outcome) = self.outcome().await?
            {
                return Ok(outcome);
            }
            tokio::time::sleep(self.pause).await;
        }
    }

    /// Events that were not seen yet, the last first. A busy endpoint has none
    /// for now.
    async fn new_events(&mut self) -> Result<Vec<Value>, CommandError> {
        match self.read_back().await {
            Ok(events) => {
                self.last = events.first().and_then(id).unwrap_or(self.last);
                Ok(events)
            }
            Err(error) if error.is("ThrottlingException") => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    async fn read_back(&self) -> Result<Vec<Value>, CallError> {
        let request = Object::from([
            ("executionArn", Value::from(self.arn.as_str())),
            ("reverseOrder", Value::Bool(true)),
            ("includeExecutionData", Value::Bool(false)),
            ("maxResults", Value::from(PAGE)),
        ]);
        let mut pages = self.client.pages("GetExecutionHistory", "events", request);
        let mut events = Vec::new();
        while let Some(page) = pages.next().await? {
            let asked = page.len();
            let new = page.into_iter().filter(|event| id(event) > Some(self.last));
            let before = events.len();
            events.extend(new);
            if events.len() - before < asked {
                break;
            }
        }
        Ok(events)
    }

    /// How it ended; `None` while it runs, again perhaps.
    async fn outcome(&self) -> Result<Option<Outcome>, CommandError> {
        let answer = self.client.describe_execution(&self.arn).await?;
        Ok(outcome(&answer))
    }
}

/// How an execution ended, as `DescribeExecution` or `StartSyncExecution` tells.
pub(crate) fn outcome(answer: &Value) -> Option<Outcome> {
    let text = |key: &str| answer.get(key).and_then(Value::as_text).cloned();
    let details = ErrorDetails {
        error: text("error"),
        cause: text("cause"),
    };
    match answer.get("status")?.as_str()? {
        "SUCCEEDED" => {
            let output = text("output").unwrap_or_default();
            let output = Value::parse(&output).unwrap_or_else(|_| Value::from(output));
            Some(Outcome::Succeeded(output))
        }
        "FAILED" => Some(Outcome::Failed(details)),
        "TIMED_OUT" => Some(Outcome::TimedOut(details)),
        "ABORTED" => Some(Outcome::Aborted(details)),
        _ => None,
    }
}

fn id(event: &Value) -> Option<u64> {
    event.get("id")?.as_number()?.as_u64()
}

fn is_end(kind: &str) -> bool {
    matches!(
        kind,
        "ExecutionSucceeded" | "ExecutionFailed" | "ExecutionTimedOut" | "ExecutionAborted"
    )
}
