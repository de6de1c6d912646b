//! Map states, inline and distributed (States Language, "Map State").

use std::ops::RangeInclusive;

use super::distributed::{self, ProcessorConfig};
use super::fields::Fields;
use super::recovery;
use super::report::Problem;
use super::state::StateFields;
use crate::machine::{Dynamic, Items, MapState, Payload, StateId, StateKind};

const COUNT: RangeInclusive<u64> = 0..=99_999_999;

/// A Map's item processor.
pub(super) struct Processor {
    start: StateId,
    config: ProcessorConfig,
}

pub(super) fn parse(state: &StateFields<'_>) -> Option<StateKind> {
    let processor = processor(state);
    let max_concurrency = state.dynamic("MaxConcurrency", "MaxConcurrencyPath", COUNT);
    let items = items(state);
    let item_selector = item_selector(state);
    let tolerated_failure_count =
        state.dynamic("ToleratedFailureCount", "ToleratedFailureCountPath", COUNT);
    let tolerated_failure_percentage = tolerated_failure_percentage(state);
    let recovery = recovery::parse(state);
    let next = state.transition();
    let processor = processor?;
    let distributed = distributed::parse(state, processor.config);
    Some(StateKind::Map(Box::new(MapState {
        processor: processor.start,
        distributed: distributed.map(Box::new),
        items,
        item_selector,
        max_concurrency: max_concurrency.unwrap_or(Dynamic::Constant(0)),
        tolerated_failure_count,
        tolerated_failure_percentage,
        recovery,
        next: next?,
    })))
}

/// `ItemProcessor`, or `Iterator`, its older name.
pub(super) fn processor(state: &StateFields<'_>) -> Option<Processor> {
    let name = state.exactly_one(&["ItemProcessor", "Iterator"])?;
    let fields = Fields::of(state.get(name)?, "an item processor", state.report())?;
    let config = distributed::processor_config(&fields);
    let start = state.inner_scope(&fields, config != ProcessorConfig::Inline);
    fields.finish();
    if config != ProcessorConfig::Inline && state.scope.draft.options.express {
        state.report().error(state.place(), || {
            let message = "an EXPRESS state machine does not support distributed Map states";
            let said = "The field 'Mode' with value 'DISTRIBUTED' is not supported inside \
                        'EXPRESS' state machines";
            Problem::error("express-unsupported", message).said(said)
        });
    }
    Some(Processor {
        start: start?,
        config,
    })
}

fn items(state: &StateFields<'_>) -> Items {
    let items = match state.is_jsonata() {
        true => {
            state.add_foreign(&["ItemsPath"]);
            state.jsonata_template("Items").map(Items::Jsonata)
        }
        false => {
            state.add_foreign(&["Items"]);
            state.path("ItemsPath").map(Items::Path)
        }
    };
    items.unwrap_or(Items::Input)
}

/// `ItemSelector`, or in JSONPath `Parameters`, its older name.
fn item_selector(state: &StateFields<'_>) -> Option<Payload> {
    let names = ["ItemSelector", "Parameters"];
    let name = state.at_most_one(match state.is_jsonata() {
        true => &names[..1],
        false => &names,
    })?;
    state.payload(name)
}

fn tolerated_failure_percentage(state: &StateFields<'_>) -> Option<Dynamic<f64>> {
    let (constant, path) = (
        "ToleratedFailurePercentage",
        "ToleratedFailurePercentagePath",
    );
    if state.is_jsonata() {
        state.add_foreign(&[path]);
        return state.query_or(constant, || state.number(constant, 0.0..=100.0));
    }
    state.at_most_one(&[constant, path]);
    let percentage = state.number(constant, 0.0..=100.0).map(Dynamic::Constant);
    percentage.or_else(|| state.reference(path).map(Dynamic::Path))
}
