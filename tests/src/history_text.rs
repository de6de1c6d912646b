//! Histories as text that people compare at a glance.
//!
//! One line an event: its id, `<` and the event before it, `+` and the seconds
//! since the start where they changed, its type, and what matters of its
//! details.
//!
//! ```text
//! 1 <0 ExecutionStarted {}
//! 2 <0 TaskStateEntered Work
//! 3 <2 LambdaFunctionScheduled {}
//! ```

use std::fmt::Write;

use sandstep_asl::{
    ErrorDetails, EventDetails, HistoryEvent, TASK_TOKEN_PREFIX, TaskToken, Timestamp,
};
use sandstep_json::Value;

use crate::simulate::token_key;

/// Writes a history down.
pub fn write_history(events: &[HistoryEvent]) -> String {
    let mut text = String::new();
    let mut last = events.first().map(|event| event.timestamp);
    let start = last.unwrap_or_default();
    for event in events {
        let moment = if last == Some(event.timestamp) {
            None
        } else {
            Some(event.timestamp)
        };
        last = Some(event.timestamp);
        text += &name_tokens(&line(event, start, moment));
        text.push('\n');
    }
    text
}

/// Writes `(token of 3)` for the token of the task that the event 3 scheduled.
fn name_tokens(line: &str) -> String {
    let mut parts = line.split(TASK_TOKEN_PREFIX);
    let mut named = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_of_token = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        let rest = part.trim_start_matches(is_of_token);
        let text = format!("{TASK_TOKEN_PREFIX}{}", &part[..part.len() - rest.len()]);
        match TaskToken::open(&text, &token_key()) {
            Some(token) => named += &format!("(token of {})", token.scheduled.0),
            None => named += &text,
        }
        named += rest;
    }
    named
}

fn line(event: &HistoryEvent, start: Timestamp, moment: Option<Timestamp>) -> String {
    let mut line = format!("{} <{}", event.id.0, event.previous.0);
    if let Some(moment) = moment {
        write!(line, " +{}s", moment.since(start).as_secs_f64()).expect("writing to a string");
    }
    let details = details(&event.details);
    let separator = if details.is_empty() { "" } else { " " };
    format!("{line} {}{separator}{details}", event.type_name())
}

fn details(details: &EventDetails) -> String {
    match details {
        EventDetails::ExecutionStarted { input, .. } => input.to_string(),
        EventDetails::ExecutionSucceeded { output } => output.to_string(),
        EventDetails::StateEntered { name, input, .. } => format!("{name} {input}"),
        EventDetails::StateExited {
            name,
            output,
            assigned,
            ..
        } => match assigned {
            Some(assigned) => format!("{name} {output} assigned {}", Value::from(assigned.clone())),
            None => format!("{name} {output}"),
        },
        EventDetails::EvaluationFailed(failed) => {
            let location = failed.location.as_deref().unwrap_or("-");
            format!("{} {location} {}", failed.state, error_text(&failed.error))
        }
        EventDetails::TaskScheduled(task) => {
            let mut text = task.input.to_string();
            for (seconds, what) in [
                (task.timeout_seconds, "timeout"),
                (task.heartbeat_seconds, "heartbeat"),
            ] {
                if let Some(seconds) = seconds {
                    write!(text, " {what} {seconds}s").expect("writing to a string");
                }
            }
            text
        }
        EventDetails::TaskSubmitted { output, .. } | EventDetails::TaskSucceeded { output, .. } => {
            output.to_string()
        }
        EventDetails::TaskStarted {
            worker: Some(worker),
            ..
        } => worker.to_string(),
        EventDetails::TaskScheduleFailed { error, .. }
        | EventDetails::TaskFailed { error, .. }
        | EventDetails::TaskTimedOut { error, .. }
        | EventDetails::ExecutionFailed(error)
        | EventDetails::ExecutionTimedOut(error)
        | EventDetails::ExecutionAborted(error) => error_text(error),
        EventDetails::ExecutionRedriven { redrive_count } => redrive_count.to_string(),
        EventDetails::MapStateStarted { length } => length.to_string(),
        EventDetails::MapIterationStarted { name, index }
        | EventDetails::MapIterationSucceeded { name, index }
        | EventDetails::MapIterationFailed { name, index }
        | EventDetails::MapIterationAborted { name, index } => format!("{name} {index}"),
        _ => String::new(),
    }
}

fn error_text(error: &ErrorDetails) -> String {
    let error_name = error.error.as_deref().unwrap_or_default();
    match &error.cause {
        Some(cause) => format!("{error_name}: {cause}"),
        None => error_name.to_owned(),
    }
}
