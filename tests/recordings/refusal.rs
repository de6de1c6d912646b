//! Refused calls, above all definitions, which we refuse in our own words.

use sandstep_asl::{Diagnostic, Severity};
use sandstep_json::{Object, Value};

use crate::compare::Difference;

/// The code with which the service refuses a definition.
pub(crate) const INVALID_DEFINITION: &str = "InvalidDefinition";

/// A refused call, as the service reports it.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    message: String,
}

impl Refusal {
    /// The refusal of a definition with these problems.
    pub(crate) fn of_definition(diagnostics: &[Diagnostic]) -> Self {
        let errors = diagnostics
            .iter()
            .filter(|problem| problem.severity == Severity::Error);
        let lines: Vec<String> = errors.map(ToString::to_string).collect();
        Self {
            code: INVALID_DEFINITION,
            message: lines.join("\n"),
        }
    }

    /// The error document of the service's clients.
    pub(crate) fn document(&self) -> Object {
        let message = Value::from(self.message.as_str());
        let error = Object::from([("Code", self.code.into()), ("Message", message.clone())]);
        Object::from([("Error", error.into()), ("message", message)])
    }
}

/// Compares where a definition is said to be wrong.
pub(crate) fn compare_places(expected: &Value, actual: &Value) -> Result<(), Difference> {
    let (recorded, ours) = (message(expected), message(actual));
    let place = recorded_place(recorded);
    if place.is_some_and(|place| ours.contains(&place)) {
        return Ok(());
    }
    Err(Difference::between(&recorded.into(), &ours.into()).under(".Message".to_owned()))
}

/// An error document without its words.
pub(crate) fn without_message(document: &Object) -> Object {
    let mut document = document.without("message").without("Message");
    if let Some(Value::Object(error)) = document.get("Error").cloned() {
        document.insert("Error", error.without("Message"));
    }
    document
}

fn message(document: &Value) -> &str {
    let error = document.get("Error").unwrap_or(document);
    error
        .get("Message")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// What our path has to contain: the service ends its message with a pointer,
/// or names the field `Label` alone.
fn recorded_place(message: &str) -> Option<String> {
    if message.starts_with("Error=ValueError Args=") && message.contains("Label") {
        return Some(".Label: ".to_owned());
    }
    let (_, pointer) = message.rsplit_once(" at /")?;
    Some(format!(
        "$.{}",
        pointer.trim_end_matches('\'').replace('/', ".")
    ))
}
