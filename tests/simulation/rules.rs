//! What holds of every execution's records.

use sandstep_asl::{EventDetails, EventId, HistoryEvent, Outcome};
use sandstep_json::Value;
use sandstep_tests::case::Case;

use crate::{journal::Journal, threads::Threads};

/// Tells the first rule that the records of a case break.
pub(crate) fn check(document: &Value, case: &Case, journal: &Journal) -> Result<(), String> {
    check_ids(journal)?;
    check_times(journal)?;
    check_ending(journal)?;
    check_limits(case, journal)?;
    let mut threads = Threads::new(document, case.limits.threads);
    for record in &journal.records {
        threads
            .follow(record)
            .map_err(|broken| match &record.event {
                Some(event) => format!("at event {}: {broken}", event.id.0),
                None => format!(
                    "at the note {:?} of {}: {broken}",
                    record.note, record.thread
                ),
            })?;
    }
    Ok(())
}

/// Ids are 1, 2, 3, …, and each event follows one before it.
fn check_ids(journal: &Journal) -> Result<(), String> {
    for (event, id) in journal.events().zip(1..) {
        if event.id != EventId(id) {
            return Err(format!("event {id} has the id {}", event.id.0));
        }
        if event.previous >= event.id {
            return Err(format!("event {id} follows a later one"));
        }
        if event.previous == EventId(0) && !may_follow_nothing(event) {
            return Err(format!("event {id} follows nothing"));
        }
    }
    Ok(())
}

fn may_follow_nothing(event: &HistoryEvent) -> bool {
    match event.details {
        EventDetails::StateEntered { .. } => event.id == EventId(2),
        EventDetails::EvaluationFailed(_) => event.id == EventId(3),
        EventDetails::ExecutionSucceeded { .. } => false,
        _ => event.id == EventId(1) || event.details.is_end(),
    }
}

fn check_times(journal: &Journal) -> Result<(), String> {
    let mut last = None;
    for event in journal.events() {
        if last > Some(event.timestamp) {
            return Err(format!(
                "event {} is earlier than the one before",
                event.id.0
            ));
        }
        last = Some(event.timestamp);
    }
    Ok(())
}

/// The last event ends the execution, and no other does; the output is that of
/// the last state.
fn check_ending(journal: &Journal) -> Result<(), String> {
    let ends = journal
        .events()
        .filter(|event| event.details.is_end())
        .count();
    let last = journal
        .records
        .last()
        .and_then(|record| record.event.as_ref());
    let last = last
        .map(|event| &event.details)
        .ok_or("the last record has no event")?;
    if ends != 1 || !last.is_end() {
        return Err(format!("{ends} events end the execution, or others follow"));
    }
    let told = match last {
        EventDetails::ExecutionSucceeded { output } => Outcome::Succeeded(output.clone()),
        EventDetails::ExecutionFailed(error) => Outcome::Failed(error.clone()),
        EventDetails::ExecutionTimedOut(error) => Outcome::TimedOut(error.clone()),
        EventDetails::ExecutionAborted(error) => Outcome::Aborted(error.clone()),
        _ => return Err("the end is of an unknown kind".to_owned()),
    };
    if told != journal.outcome {
        return Err("the last event tells another outcome".to_owned());
    }
    match (&journal.outcome, last_output(journal)) {
        (Outcome::Succeeded(output), Some(last)) if output != last => {
            Err("the output is not that of the last state".to_owned())
        }
        _ => Ok(()),
    }
}

fn last_output(journal: &Journal) -> Option<&Value> {
    journal.events().filter_map(exited).last()
}

fn exited(event: &HistoryEvent) -> Option<&Value> {
    match &event.details {
        EventDetails::StateExited { output, .. } => Some(output),
        _ => None,
    }
}

/// The history and every payload keep within their limits.
fn check_limits(case: &Case, journal: &Journal) -> Result<(), String> {
    let events = journal.events().count() as u64;
    if case.limits.history_events.is_some_and(|most| events > most) {
        return Err(format!("the history has {events} events"));
    }
    for event in journal.events() {
        let payload = match &event.details {
            EventDetails::StateEntered { input, .. } => input,
            EventDetails::StateExited { output, .. } => output,
            EventDetails::TaskScheduled(task) => &task.input,
            _ => continue,
        };
        let assigned = assigned_bytes(event);
        if payload.json_len().max(assigned) > case.limits.payload_bytes {
            return Err(format!("the payload of event {} is too large", event.id.0));
        }
    }
    Ok(())
}

/// How many bytes the values have that a state assigned.
fn assigned_bytes(event: &HistoryEvent) -> usize {
    match &event.details {
        EventDetails::StateExited {
            assigned: Some(assigned),
            ..
        } => assigned.values().map(Value::json_len).sum(),
        _ => 0,
    }
}
