//! Wait states (States Language, "Wait State").

use super::report::Problem;
use super::state::StateFields;
use crate::machine::{Dynamic, StateKind, WaitState, WaitUntil};
use crate::timestamp::Timestamp;

/// The longest wait in seconds (AWS, "Wait workflow state").
const MAX_SECONDS: u64 = 99_999_999;

pub(super) fn parse(state: &StateFields<'_>) -> Option<StateKind> {
    if state.is_jsonata() {
        state.add_foreign(&["SecondsPath", "TimestampPath"]);
    }
    let form = state.exactly_one(match state.is_jsonata() {
        true => &["Seconds", "Timestamp"],
        false => &["SecondsPath", "Seconds", "TimestampPath", "Timestamp"],
    });
    let next = state.transition();
    let until = match form? {
        "Seconds" => {
            let seconds = || state.integer("Seconds", 0..=MAX_SECONDS);
            WaitUntil::Seconds(state.query_or("Seconds", seconds)?)
        }
        "SecondsPath" => WaitUntil::Seconds(Dynamic::Path(state.reference("SecondsPath")?)),
        "Timestamp" => {
            let moment = || timestamp(state);
            WaitUntil::Timestamp(state.query_or("Timestamp", moment)?)
        }
        _ => WaitUntil::Timestamp(Dynamic::Path(state.reference("TimestampPath")?)),
    };
    Some(StateKind::Wait(WaitState { until, next: next? }))
}

fn timestamp(state: &StateFields<'_>) -> Option<Timestamp> {
    let text = state.text("Timestamp")?;
    let moment = Timestamp::parse(&text);
    if moment.is_none() {
        let place = state.peek("Timestamp").expect("read above").place;
        state.report().error(&place, || invalid_timestamp(&text));
    }
    moment
}

pub(super) fn invalid_timestamp(text: &str) -> Problem {
    let message = format!(
        "{} is not an RFC 3339 timestamp",
        super::place::quoted(text)
    );
    Problem::error("invalid-timestamp", message)
        .hint("write it like \"2016-03-14T01:59:00Z\"")
        .said("String does not match RFC3339 timestamp")
}
