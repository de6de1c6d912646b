//! A history as it comes, event by event, each with its thread of control.

use sandstep_asl::{EventId, ThreadPath, Timestamp};
use sandstep_json::{Text, Value};

use super::event::Event;
use super::threads::Threads;

/// Finds the threads of a history's events, which are read in their order.
///
/// It remembers a few bytes of every event, and of every thread.
#[derive(Debug, Default)]
pub struct Places(Threads);

/// An event of `GetExecutionHistory`, with the thread that it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedEvent {
    /// The thread, told apart from others; which branch it is stays unknown.
    pub thread: ThreadPath,
    /// Its number.
    pub id: EventId,
    /// Its type, such as `TaskStateEntered`.
    pub kind: Text,
    /// When it happened, if that can be read.
    pub timestamp: Option<Timestamp>,
    /// The state that it names.
    pub name: Option<Text>,
    /// How many items a Map has that it starts.
    pub length: Option<usize>,
}

impl Places {
    /// Reads the next event as the API has it; `None` where it has no id or no
    /// type.
    pub fn read(&mut self, event: &Value) -> Option<PlacedEvent> {
        let event = Event::read(event.as_object()?)?;
        let thread = self.0.place(&event.mark());
        let length = event.details.get("length").and_then(Value::as_i64);
        Some(PlacedEvent {
            thread: self.0.path(thread),
            id: EventId(event.id),
            timestamp: event.timestamp,
            name: event.mark().name.map(Text::from),
            length: length.and_then(|length| usize::try_from(length).ok()),
            kind: event.kind,
        })
    }
}
