//! History events as the API shows them.

use sandstep_asl::{EventDetails, HistoryEvent};
use sandstep_json::{Object, Text, Value};

use super::attachment::Attachment;
use super::render::{insert_some, seconds};

/// How to show the events of an execution.
pub(crate) struct View<'a> {
    /// The execution's input, as its starter wrote it.
    pub(crate) input: &'a str,
    /// What it was started through.
    pub(crate) attachment: &'a Attachment,
    /// Whether to show inputs and outputs.
    pub(crate) with_data: bool,
    /// Where tasks are scheduled.
    pub(crate) region: &'a str,
}

/// The payloads that a view without data leaves away.
const DATA: [&str; 5] = [
    "input",
    "inputDetails",
    "output",
    "outputDetails",
    "parameters",
];

impl View<'_> {
    pub(crate) fn event(&self, event: &HistoryEvent) -> Value {
        let Value::Object(mut members) = event.to_json() else {
            unreachable!("an event is an object");
        };
        members.insert("timestamp", seconds(event.timestamp));
        let names: Vec<Text> = members.keys().cloned().collect();
        for name in names {
            members.update(&name, |member| match member {
                Value::Object(details) => self.details(event, details).into(),
                member => member,
            });
        }
        members.into()
    }

    fn details(&self, event: &HistoryEvent, mut details: Object) -> Object {
        // The first two events show the input with its own spaces (recorded).
        if event.id.0 <= 2 && details.contains_key("input") {
            details.insert("input", self.input);
        }
        if let EventDetails::ExecutionStarted { .. } = event.details {
            let Attachment { version, alias, .. } = self.attachment;
            insert_some(&mut details, "stateMachineAliasArn", alias.as_deref());
            insert_some(&mut details, "stateMachineVersionArn", version.as_deref());
        }
        if details.contains_key("region") {
            details.insert("region", self.region);
        }
        if !self.with_data {
            DATA.iter().for_each(|name| {
                details.remove(name);
            });
        }
        details
    }
}
