//! Histories in which the order of a Parallel state's branches is chance (the
//! corpus's README, "Comparing", rule 5).

use std::ops::Range;

use sandstep_json::{Array, Object, Value};

use crate::compare::{Comparison, Difference};

const STARTED: &str = "ParallelStateStarted";
const ENDS: [&str; 4] = [
    "ParallelStateSucceeded",
    "ParallelStateFailed",
    "ParallelStateAborted",
    "ParallelStateExited",
];

/// The events between a start and what closes it.
#[derive(Debug, PartialEq)]
struct Block {
    events: Range<usize>,
    /// Whether it ends with an end event, and not with the start of another
    /// attempt or the end of the history.
    ended: bool,
}

/// Compares two histories, block by block.
pub(crate) fn compare(
    comparison: &mut Comparison<'_>,
    expected: &[Value],
    actual: &[Value],
) -> Result<(), Difference> {
    let actual = normalise(actual);
    let among = |events: Range<usize>| {
        let end = events.end.min(actual.len());
        &actual[events.start.min(end)..end]
    };
    let mut done = 0;
    for Block { events, .. } in blocks(expected).into_iter().filter(|block| block.ended) {
        let before = done..events.start;
        comparison.lists(&expected[before.clone()], among(before), done)?;
        comparison
            .multisets(&expected[events.clone()], among(events.clone()))
            .map_err(|difference| difference.under(format!("[{events:?}]")))?;
        done = events.end;
    }
    comparison.lists(&expected[done..], among(done..actual.len()), done)
}

/// A history as the recordings have it: ids inside blocks are gone, and so is
/// what lies between a block's end and a later end.
fn normalise(events: &[Value]) -> Vec<Value> {
    let mut events = without_inner_ends(events);
    for block in blocks(&events) {
        for event in &mut events[block.events] {
            *event = without_ids(event);
        }
    }
    events
}

fn without_inner_ends(events: &[Value]) -> Vec<Value> {
    let mut kept = events.to_vec();
    let mut at = 0;
    while let Some(block) = blocks(&kept[at..]).into_iter().find(|block| block.ended) {
        let end = at + block.events.end;
        if let Some(later) = later_end(&kept, end) {
            kept.drain(end..later);
        }
        at = end;
    }
    kept
}

/// The next end event after the one at `end`, before anything else starts.
fn later_end(events: &[Value], end: usize) -> Option<usize> {
    let next = (end + 1..events.len()).find(|&at| is_start(&events[at]) || is_end(&events[at]))?;
    is_end(&events[next]).then_some(next)
}

fn blocks(events: &[Value]) -> Vec<Block> {
    let starts = (0..events.len()).filter(|&at| is_start(&events[at]));
    starts
        .map(|start| {
            let first = start + 1;
            let boundary =
                (first..events.len()).find(|&at| is_start(&events[at]) || is_end(&events[at]));
            let end = boundary.unwrap_or(events.len());
            Block {
                events: first..end,
                ended: boundary.is_some_and(|at| is_end(&events[at])),
            }
        })
        .collect()
}

fn is_start(event: &Value) -> bool {
    type_of(event) == Some(STARTED)
}

fn is_end(event: &Value) -> bool {
    type_of(event).is_some_and(|kind| ENDS.contains(&kind))
}

fn type_of(event: &Value) -> Option<&str> {
    event.get("type")?.as_str()
}

fn without_ids(event: &Value) -> Value {
    let Value::Object(members) = event else {
        return event.clone();
    };
    let zero: Value = Array::from([0]).into();
    let members: Object = members.with("id", zero).with("previousEventId", 0);
    members.into()
}
