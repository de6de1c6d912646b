//! Histories as threads, which compare whatever order they ran in.

use std::collections::BTreeMap;

use serde_json::Value;

/// The events of each thread of control, in order, without times and ids.
pub(crate) type Threads = BTreeMap<String, Vec<String>>;

/// Fails unless a history is one that has these threads.
pub(crate) fn compare(expected: &Threads, history: &[Value]) -> Result<(), String> {
    let threads = threads(history)?;
    if threads == *expected {
        return Ok(());
    }
    Err(format!("expected {expected:#?}\ngot {threads:#?}"))
}

/// Takes a history apart.
///
/// # Errors
///
/// Says what is wrong where it has gaps, or more than one end.
pub(crate) fn threads(history: &[Value]) -> Result<Threads, String> {
    let ids = history.iter().map(|event| event["id"].as_u64());
    if !ids.eq((1..=history.len() as u64).map(Some)) {
        return Err(format!("the history has gaps: {history:?}"));
    }
    let mut names: Vec<String> = Vec::new();
    let mut threads = Threads::new();
    for event in history {
        let previous = event["previousEventId"].as_u64().unwrap_or(0) as usize;
        let before = previous.checked_sub(1);
        let before = before.map(|index| (names[index].as_str(), &history[index]));
        let name = thread(event, before);
        threads.entry(name.clone()).or_default().push(text(event));
        names.push(name);
    }
    Ok(threads)
}

/// The thread of an event: that of the event before it, or one that begins or ends here.
fn thread(event: &Value, before: Option<(&str, &Value)>) -> String {
    let kind = event["type"].as_str().unwrap_or_default();
    let (thread, before) = before.unwrap_or(("", &Value::Null));
    match kind {
        "MapIterationStarted" => {
            let index = &event["mapIterationStartedEventDetails"]["index"];
            format!("{}/{index}", outermost(thread))
        }
        "ParallelStateSucceeded"
        | "ParallelStateExited"
        | "MapStateSucceeded"
        | "MapStateExited" => outermost(thread).to_owned(),
        _ if before["type"] == "ParallelStateStarted" => {
            let state = &event["stateEnteredEventDetails"]["name"];
            format!("{thread}/{state}")
        }
        _ => thread.to_owned(),
    }
}

/// The thread around one; here they are nested but once.
fn outermost(thread: &str) -> &str {
    thread.rsplit_once('/').map_or("", |(outer, _)| outer)
}

/// An event without what differs from run to run.
fn text(event: &Value) -> String {
    let mut event = event.clone();
    let members = event.as_object_mut().unwrap();
    for member in ["id", "previousEventId", "timestamp"] {
        members.remove(member);
    }
    without_tokens(&mut event);
    without_request_ids(&event.to_string())
}

/// Each call of a function has an id of its own.
fn without_request_ids(text: &str) -> String {
    let mut rest = text;
    let mut without = String::new();
    while let Some(character) = rest.chars().next() {
        let is_id = rest.get(..ID_LENGTH).is_some_and(is_id);
        let length = if is_id {
            ID_LENGTH
        } else {
            character.len_utf8()
        };
        without += if is_id { "an id" } else { &rest[..length] };
        rest = &rest[length..];
    }
    without
}

/// Of a UUID.
const ID_LENGTH: usize = 36;

fn is_id(text: &str) -> bool {
    text.bytes().enumerate().all(|(index, byte)| match index {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

/// A token stands for one task of one execution.
fn without_tokens(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(token) = members.get_mut("token") {
                *token = "a token".into();
            }
            members.values_mut().for_each(without_tokens);
        }
        Value::Array(items) => items.iter_mut().for_each(without_tokens),
        Value::String(text) => {
            // Payloads are JSON in JSON.
            if let Ok(mut inner @ Value::Object(_)) = serde_json::from_str(text) {
                without_tokens(&mut inner);
                *text = inner.to_string();
            }
        }
        _ => {}
    }
}
