//! What a test expects of its execution.

use sandstep_json::Value;
use sandstep_service::document::{Part, Problems, listed};

use super::PathStep;

/// How an execution ends; the names are the service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

/// What a test expects. What is `None` may be anything.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    /// `FAILED` where an error or a cause is expected, otherwise `SUCCEEDED`,
    /// unless the test says.
    pub(crate) status: Status,
    pub(crate) output: Option<Value>,
    /// What the output has among other members.
    pub(crate) output_contains: Option<Value>,
    pub(crate) error: Option<String>,
    pub(crate) cause: Option<String>,
    /// A part of the cause.
    pub(crate) cause_contains: Option<String>,
    /// The states of the outermost level, in the order in which they are entered.
    pub(crate) path: Option<Vec<PathStep>>,
    /// The types of all history events.
    pub(crate) events: Option<Vec<String>>,
}

const FIELDS: [&str; 8] = [
    "status",
    "output",
    "output-contains",
    "error",
    "cause",
    "cause-contains",
    "path",
    "events",
];

impl Expectation {
    /// Reads `expect` of a test.
    pub(super) fn read(part: &Part<'_>, problems: &mut Problems) -> Self {
        part.fields("\"expect\"", &FIELDS, problems);
        if part.value().as_object().is_some_and(<[_]>::is_empty) {
            let message = "\"expect\" expects nothing";
            let hint = format!("it has {}", listed(&FIELDS));
            problems.error(&part.place(), message.to_owned(), hint);
        }
        let mut text = |key: &str| {
            let text = part.get(key)?.text(&format!("\"{key}\""), problems)?;
            Some(text.to_owned())
        };
        let (error, cause) = (text("error"), text("cause"));
        let cause_contains = text("cause-contains");
        let value = |key| part.get(key).map(|value| value.value().to_value());
        let fails = error.is_some() || cause.is_some() || cause_contains.is_some();
        let status = part.get("status");
        let status = status.and_then(|status| Status::read(&status, problems));
        Self {
            status: status.unwrap_or(match fails {
                true => Status::Failed,
                false => Status::Succeeded,
            }),
            output: value("output"),
            output_contains: value("output-contains"),
            error,
            cause,
            cause_contains,
            path: part.get("path").map(|path| PathStep::read(&path, problems)),
            events: part.get("events").map(|events| types(&events, problems)),
        }
    }
}

fn types(part: &Part<'_>, problems: &mut Problems) -> Vec<String> {
    let items = part.items("\"events\"", problems);
    let types = items
        .iter()
        .filter_map(|item| item.text("the type of an event", problems));
    types.map(str::to_owned).collect()
}

impl Status {
    const ALL: [Self; 4] = [Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted];

    /// The service's name for it (API reference, `DescribeExecution`).
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }

    fn read(part: &Part<'_>, problems: &mut Problems) -> Option<Self> {
        let name = part.text("\"status\"", problems)?;
        let status = Self::ALL.into_iter().find(|status| status.name() == name);
        if status.is_none() {
            let message = format!("no execution ends as \"{name}\"");
            let hint = format!("use one of {}", listed(&Self::ALL.map(Self::name)));
            problems.error(&part.place(), message, hint);
        }
        status
    }
}
