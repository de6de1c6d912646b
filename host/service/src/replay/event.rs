//! An event of a recording, as its JSON has it.

use sandstep_asl::Timestamp;
use sandstep_json::{Object, Text, Value};

use super::threads::Mark;

/// One recorded event.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) id: u64,
    pub(super) previous: u64,
    pub(super) kind: Text,
    pub(super) timestamp: Option<Timestamp>,
    /// The member named after the event's type.
    pub(super) details: Object,
}

impl Event {
    /// Reads an event; `None` where it has no id or no type.
    pub(super) fn read(event: &Object) -> Option<Self> {
        let number = |key: &str| {
            let number = event.get(key)?.as_i64()?;
            u64::try_from(number).ok()
        };
        Some(Self {
            id: number("id")?,
            previous: number("previousEventId").unwrap_or_default(),
            kind: event.get("type")?.as_text()?.clone(),
            timestamp: event.get("timestamp").and_then(super::moment),
            details: details(event),
        })
    }

    pub(super) fn mark(&self) -> Mark<'_> {
        let name = self.text("name").or_else(|| self.text("state"));
        let index = self.details.get("index").and_then(Value::as_i64);
        Mark {
            id: self.id,
            previous: self.previous,
            kind: &self.kind,
            name: name.map(Text::as_str),
            index: index.and_then(|index| usize::try_from(index).ok()),
        }
    }

    pub(super) fn text(&self, key: &str) -> Option<&Text> {
        self.details.get(key).and_then(Value::as_text)
    }

    /// A payload; `None` where it was not fetched, or cut.
    pub(super) fn payload(&self, key: &str) -> Option<Value> {
        let details = self.details.get(&format!("{key}Details"));
        let is_cut = details.and_then(|details| details.get("truncated"));
        match is_cut.and_then(Value::as_bool) {
            Some(true) => None,
            _ => self.details.get(key).map(document),
        }
    }
}

/// Histories hold payloads as JSON text; what is none stands for itself.
pub(super) fn document(payload: &Value) -> Value {
    match payload {
        Value::String(text) => Value::parse(text).unwrap_or_else(|_| payload.clone()),
        _ => payload.clone(),
    }
}

fn details(event: &Object) -> Object {
    let mut members = event.iter();
    let details = members.find_map(|(key, value)| {
        let value = value.as_object()?;
        key.ends_with("EventDetails").then(|| value.clone())
    });
    details.unwrap_or_default()
}
