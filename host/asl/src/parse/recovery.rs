//! `Retry` and `Catch` (States Language, "Errors").

use std::ops::RangeInclusive;

use sandstep_json::Text;

use super::fields::{Fields, Offered};
use super::flow;
use super::place::{Node, quoted};
use super::report::Problem;
use super::state::StateFields;
use super::suggest::nearest;
use crate::machine::{CatchFlow, Catcher, Recovery, Retrier};

/// AWS, "Error handling", "Retrying after an error".
const INTERVAL_SECONDS: RangeInclusive<u64> = 1..=99_999_999;
const MAX_ATTEMPTS: RangeInclusive<u64> = 0..=99_999_999;
const MAX_DELAY_SECONDS: RangeInclusive<u64> = 1..=31_622_399;

/// The names that the language reserves, after `States.` (States Language, Appendix A, and
/// AWS, "Error names").
const PREDEFINED: [&str; 19] = [
    "ALL",
    "BranchFailed",
    "DataLimitExceeded",
    "ExceedToleratedFailureThreshold",
    "HeartbeatTimeout",
    "Http.Socket",
    "IntrinsicFailure",
    "ItemReaderFailed",
    "ItemTransformationFailed",
    "NoChoiceMatched",
    "ParameterPathFailure",
    "Permissions",
    "QueryEvaluationError",
    "ResultPathMatchFailure",
    "ResultWriterFailed",
    "Runtime",
    "TaskFailed",
    "Timeout",
    "VariableReferenceError",
];

const ALONE_AND_LAST: &str = "States.ALL must appear alone and at end of list";

/// Reads the retriers and catchers of a Task, Parallel or Map state.
pub(super) fn parse(state: &StateFields<'_>) -> Recovery {
    let retriers = each(state, "Retry", |node| retrier(state, node));
    let catchers = each(state, "Catch", |node| catcher(state, node));
    Recovery { retriers, catchers }
}

/// Reads a list of retriers or catchers, of which only the last may match all errors.
fn each<T>(
    state: &StateFields<'_>,
    name: &'static str,
    parse: impl Fn(Node<'_>) -> Option<T>,
) -> Box<[T]> {
    let Some(list) = state.list(name) else {
        return Box::default();
    };
    let count = list.items().count();
    for node in list.items().take(count.saturating_sub(1)) {
        check_not_all(state, name, &node);
    }
    list.items().filter_map(parse).collect()
}

fn check_not_all(state: &StateFields<'_>, list: &str, node: &Node<'_>) {
    let errors = node
        .members()
        .find(|(entry, _)| entry.key == *"ErrorEquals");
    let Some((_, errors)) = errors else { return };
    let names: Vec<_> = errors.items().map(|error| error.value.as_str()).collect();
    // Where it does not stand alone either, that is told.
    if names == [Some("States.ALL")] {
        state.report().error(&errors.place, || {
            let message = format!("\"States.ALL\" must stand in the last element of \"{list}\"");
            Problem::error("states-all", message)
                .hint("what follows could never match")
                .said(ALONE_AND_LAST)
        });
    }
}

fn retrier(state: &StateFields<'_>, node: Node<'_>) -> Option<Retrier> {
    let fields = Fields::of(node, "a retrier", state.report())?;
    fields.require_all(&["ErrorEquals"]);
    let errors = errors(&fields);
    let interval_seconds = fields
        .integer("IntervalSeconds", INTERVAL_SECONDS)
        .unwrap_or(1);
    let retrier = Retrier {
        interval_seconds,
        max_attempts: fields.integer("MaxAttempts", MAX_ATTEMPTS).unwrap_or(3),
        backoff_rate: fields.number("BackoffRate", 1.0..=f64::MAX).unwrap_or(2.0),
        max_delay_seconds: max_delay(&fields, interval_seconds),
        full_jitter: fields.one_of("JitterStrategy", &["NONE", "FULL"]) == Some("FULL"),
        errors: errors.unwrap_or_default(),
    };
    fields.finish();
    Some(retrier)
}

fn max_delay(fields: &Fields<'_>, interval_seconds: u64) -> Option<u64> {
    let seconds = fields.integer("MaxDelaySeconds", MAX_DELAY_SECONDS)?;
    if seconds <= interval_seconds {
        let place = fields.peek("MaxDelaySeconds").expect("read above").place;
        fields.report().error(&place, || {
            let message = format!("must be greater than \"IntervalSeconds\" ({interval_seconds})");
            Problem::error("out-of-range", message)
        });
    }
    Some(seconds)
}

fn catcher(state: &StateFields<'_>, node: Node<'_>) -> Option<Catcher> {
    let fields = state.inner(node, "a catcher")?;
    let fields = fields.offering(Offered::ErrorOutput);
    fields.require_all(&["ErrorEquals", "Next"]);
    let errors = errors(&fields);
    let next = state.target(&fields, "Next");
    let flow = match fields.is_jsonata() {
        true => {
            fields.add_foreign(&["ResultPath"]);
            CatchFlow::Jsonata(fields.jsonata_template("Output"))
        }
        false => {
            fields.add_foreign(&["Output"]);
            CatchFlow::JsonPath(flow::result_path(&fields))
        }
    };
    let assign = fields.assign();
    fields.finish();
    Some(Catcher {
        errors: errors?,
        flow,
        assign,
        next: next?,
    })
}

fn errors(fields: &Fields<'_>) -> Option<Box<[Text]>> {
    let list = fields.items("ErrorEquals")?;
    let names: Vec<_> = list.items().map(|node| error_name(fields, &node)).collect();
    let names: Box<[Text]> = names.into_iter().collect::<Option<_>>()?;
    if names.len() > 1 && names.iter().any(|name| *name == *"States.ALL") {
        fields.report().error(&list.place, || {
            let message = "\"States.ALL\" must stand alone in \"ErrorEquals\"";
            Problem::error("states-all", message)
                .hint("it matches all other errors as well")
                .said(ALONE_AND_LAST)
        });
    }
    Some(names)
}

fn error_name(fields: &Fields<'_>, node: &Node<'_>) -> Option<Text> {
    let name = fields.text_of(node)?;
    if let Some(reserved) = name.strip_prefix("States.") {
        warn_of_unknown(fields, node, reserved);
    }
    Some(name)
}

/// Names that begin with `States.` are reserved, but the service adds to them, so that only
/// a name that looks misspelt is worth a word.
fn warn_of_unknown(fields: &Fields<'_>, node: &Node<'_>, reserved: &str) {
    match nearest(reserved, PREDEFINED) {
        Some(meant) if meant != reserved => {
            let message = format!(
                "no error is called {}",
                quoted(&format!("States.{reserved}"))
            );
            let problem = Problem::warning("unknown-error-name", message)
                .hint(format!("did you mean \"States.{meant}\"?"));
            fields.report().add(problem.at(&node.place));
        }
        _ => {}
    }
}
