//! The history of an execution that ran somewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use sandstep_asl::Timestamp;
use sandstep_json::{Text, Value};

use super::event::Event;
use super::tasks::RecordedTasks;
use super::threads::Threads;

/// A recorded history, in the order of its events.
#[derive(Debug)]
pub struct Recording {
    pub(super) events: Vec<Event>,
    pub(super) threads: Arc<Threads>,
}

/// Why a document is no history that can be replayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It has no events where `GetExecutionHistory` has them.
    #[error("it has no list of events")]
    NoEvents,
    /// One of its events has no id or no type.
    #[error("event number {0} of the list has no id or no type")]
    NoEvent(usize),
    /// Its first events are missing.
    #[error("it begins with event {0}, and not with event 1, ExecutionStarted")]
    NoStart(u64),
    /// Events within are missing.
    #[error("event {0} is missing")]
    Gap(u64),
    /// Its branches and iterations are nested deeper than any definition's.
    #[error("event {0} is nested too deep")]
    TooDeep(u64),
    /// A Map in distributed mode ran.
    #[error(
        "the Map of event {0} is distributed: its iterations are executions of their own, with \
         histories of their own"
    )]
    Distributed(u64),
}

impl Recording {
    /// Reads what `get-execution-history` prints: one page, a list of pages, or
    /// the events alone, in any order.
    ///
    /// # Errors
    ///
    /// Says what is missing.
    pub fn read(document: &Value) -> Result<Self, Unreadable> {
        let mut events = BTreeMap::new();
        for (index, event) in listed(document)?.into_iter().enumerate() {
            let event = event.as_object().and_then(Event::read);
            let event = event.ok_or(Unreadable::NoEvent(index + 1))?;
            events.insert(event.id, event);
        }
        let mut threads = Threads::default();
        for (expected, event) in (1..).zip(events.values()) {
            match event.id {
                id if id == expected => threads.place(&event.mark()),
                id if expected == 1 => return Err(Unreadable::NoStart(id)),
                _ => return Err(Unreadable::Gap(expected)),
            };
            if threads.is_too_deep() {
                return Err(Unreadable::TooDeep(event.id));
            }
            if &*event.kind == "MapRunStarted" {
                return Err(Unreadable::Distributed(event.id));
            }
        }
        match events.is_empty() {
            true => Err(Unreadable::NoEvents),
            false => Ok(Self {
                events: events.into_values().collect(),
                threads: Arc::new(threads),
            }),
        }
    }

    /// How the execution ended: the type of its last event, with what that
    /// says. `None` where it had not ended.
    pub fn end(&self) -> Option<RecordedEnd> {
        let last = self.events.last()?;
        let status = match &*last.kind {
            "ExecutionSucceeded" => "SUCCEEDED",
            "ExecutionFailed" => "FAILED",
            "ExecutionTimedOut" => "TIMED_OUT",
            "ExecutionAborted" => "ABORTED",
            _ => return None,
        };
        Some(RecordedEnd {
            status,
            output: last.payload("output"),
            error: last.text("error").cloned(),
            cause: last.text("cause").cloned(),
        })
    }

    /// Whether it holds payloads: `--no-include-execution-data` leaves them out.
    pub fn has_payloads(&self) -> bool {
        self.input().is_some()
    }

    /// How many events it has.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether it has none; a recording that was read has some.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The execution's input, where it was fetched.
    pub fn input(&self) -> Option<Value> {
        self.events.first()?.payload("input")
    }

    /// When the execution started, where that was recorded.
    pub fn started(&self) -> Option<Timestamp> {
        self.events.first()?.timestamp
    }

    /// The states of the outermost level, in the order in which they were
    /// entered.
    pub fn path(&self) -> Vec<Text> {
        let entered = self
            .events
            .iter()
            .filter(|event| event.kind.ends_with("StateEntered") && self.threads.is_root(event.id));
        entered
            .filter_map(|event| event.text("name").cloned())
            .collect()
    }

    pub(super) fn role_arn(&self) -> Option<Text> {
        self.events.first()?.text("roleArn").cloned()
    }

    /// Whether the root came to its own end: nobody stopped it, and no later
    /// page is missing.
    pub(super) fn is_whole(&self) -> bool {
        let last = self.events.last();
        last.is_some_and(|last| {
            last.kind.starts_with("Execution") && &*last.kind != "ExecutionAborted"
        })
    }

    pub(super) fn tasks(&self) -> RecordedTasks {
        RecordedTasks::of(self)
    }
}

/// How a recorded execution ended.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedEnd {
    /// The service's name for it, such as `TIMED_OUT`.
    pub status: &'static str,
    /// The output, where it succeeded.
    pub output: Option<Value>,
    /// The error's name, where it has one.
    pub error: Option<Text>,
    /// The cause, where it has one.
    pub cause: Option<Text>,
}

/// The events of all pages.
fn listed(document: &Value) -> Result<Vec<&Value>, Unreadable> {
    if let Some(events) = document.get("events").and_then(Value::as_array) {
        return Ok(events.iter().collect());
    }
    let items = document.as_array().ok_or(Unreadable::NoEvents)?;
    let pages: Option<Vec<_>> = items
        .iter()
        .map(|page| page.get("events")?.as_array())
        .collect();
    Ok(match pages {
        Some(pages) if !pages.is_empty() => {
            pages.into_iter().flat_map(|page| page.iter()).collect()
        }
        _ => items.iter().collect(),
    })
}
