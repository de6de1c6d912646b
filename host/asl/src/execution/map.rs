//! Map states: their fields, and the start of their iterations.

use sandstep_json::{Array, Number, Value};
use sandstep_jsonpath::Root;

use super::{
    Execution, Progress,
    apply::map_item,
    failure::{Failure, Reach, names},
    inspection::Stage,
    record::{MapPlan, Note},
    scope::Scope,
    thread::ThreadId,
};
use crate::{
    history::{EventDetails, EventId},
    jsonata::Query,
    machine::{DataFlow, Dynamic, Items, MapState, State},
};

impl Execution {
    /// Starts as many iterations of a Map as may run at a time.
    pub(super) fn start_map(
        &mut self,
        thread: ThreadId,
        state: &State,
        map: &MapState,
    ) -> Result<Progress, Failure> {
        if map.distributed.is_some() {
            return Err(unsupported_distributed_map(state));
        }
        let scope = self.scope(thread, state);
        let input = scope.effective_input()?;
        let items = scope.items(map, &input)?;
        let concurrency = scope.concurrency(map, &input, self.start.limits.inline_concurrency)?;
        // The service looks at the tolerance after it has said that the Map
        // started (recorded).
        let tolerance = scope.tolerated_failures(map, &input, items.len());
        let tolerated_failures = *tolerance.as_ref().unwrap_or(&0);
        let length = items.len();
        let plan = Box::new(MapPlan {
            items,
            input,
            concurrency,
            tolerated_failures,
        });
        let started = EventDetails::MapStateStarted { length };
        self.append(thread, started, Some(Note::MapPlanned(plan)));
        tolerance?;
        self.start_iterations(thread, state, map, self.last_event)?;
        self.complete_if_done(thread);
        Ok(Progress::Pause)
    }

    /// Starts what may be started. Each iteration follows `previous`: the
    /// Map's start, or the last event of the iteration whose place it takes
    /// (recorded).
    pub(super) fn start_iterations(
        &mut self,
        thread: ThreadId,
        state: &State,
        map: &MapState,
        previous: EventId,
    ) -> Result<(), Failure> {
        while let Some(index) = self.next_child(thread) {
            let input = self.iteration_input(thread, state, map, index)?;
            let started = EventDetails::MapIterationStarted {
                name: state.name.clone(),
                index,
            };
            self.append_after(previous, thread, started, None);
            let launched = self
                .children(thread)
                .and_then(|children| children.running.get(&index));
            let Some(&iteration) = launched else {
                return Ok(());
            };
            self.threads[iteration].data = input;
            self.make_ready(iteration);
        }
        Ok(())
    }

    fn iteration_input(
        &self,
        thread: ThreadId,
        state: &State,
        map: &MapState,
        index: usize,
    ) -> Result<Value, Failure> {
        let plan = self
            .children(thread)
            .and_then(|children| children.map_plan());
        let plan = plan.expect("a Map that starts iterations has a plan");
        self.selected_item(thread, state, map, &plan.input, (index, &plan.items[index]))
    }

    /// What `ItemSelector` makes of an item; `input` is the Map's effective input.
    pub(super) fn selected_item(
        &self,
        thread: ThreadId,
        state: &State,
        map: &MapState,
        input: &Value,
        (index, item): (usize, &Value),
    ) -> Result<Value, Failure> {
        let Some(selector) = &map.item_selector else {
            return Ok(item.clone());
        };
        let map_item = map_item(index, item);
        let scope = self.scope(thread, state).with_map_item(Some(&map_item));
        let selected = scope.payload(selector, input)?;
        scope.within_limit(selected)
    }

    pub(super) fn tolerance(&self, thread: ThreadId) -> Option<Tolerance> {
        let children = self.children(thread)?;
        let tolerated = children.map_plan()?.tolerated_failures;
        Some(Tolerance {
            any: tolerated > 0,
            is_exceeded: children.failed > tolerated,
        })
    }
}

/// How many failures a Map tolerates, as far as it matters here.
pub(super) struct Tolerance {
    pub(super) any: bool,
    pub(super) is_exceeded: bool,
}

impl Scope<'_> {
    pub(super) fn items(&self, map: &MapState, input: &Value) -> Result<Array, Failure> {
        let items = match &map.items {
            Items::Input => input.clone(),
            Items::Path(path) => self.at(path, input)?,
            Items::Jsonata(template) => self.states_variable().template(template)?,
        };
        let items = self.within_limit(items)?;
        let array = items.as_array().cloned();
        if array.is_some() {
            self.inspect(Stage::Items, &items);
        }
        array.ok_or_else(|| self.no_array(map, &items))
    }

    fn no_array(&self, map: &MapState, items: &Value) -> Failure {
        let path = match (&map.items, &self.state.flow) {
            (Items::Jsonata(template), _) => {
                let expected = |query| self.states_variable().unexpected(query, "array", items);
                return template
                    .query()
                    .map_or_else(|| self.no_array_input(items), expected);
            }
            (Items::Input, DataFlow::Jsonata(_)) => return self.no_array_input(items),
            (Items::Input, DataFlow::JsonPath(_)) => "$",
            // The service names a path of the context object without its second `$`
            // (recorded).
            (Items::Path(path), _) => match path.root() {
                Root::Context => &path.text()[1..],
                _ => path.text(),
            },
        };
        self.runtime(&format!("Reference path \"{path}\" must point to array."))
    }

    fn no_array_input(&self, input: &Value) -> Failure {
        let sentence = format!("Map state input must be an array but was: {input}");
        self.query_failure(&sentence, None)
    }

    /// `MaxConcurrency`, within what inline Maps may have; 0 is "no quota".
    pub(super) fn concurrency(
        &self,
        map: &MapState,
        input: &Value,
        most: usize,
    ) -> Result<usize, Failure> {
        let wanted = match &map.max_concurrency {
            Dynamic::Constant(wanted) => *wanted,
            Dynamic::Path(path) => {
                let value = self.at(path, input)?;
                self.integer(&value, "MaxConcurrencyPath", &path.to_string())?
            }
            Dynamic::Jsonata(query) => self.states_variable().integer(query, 0)?,
        };
        self.inspect(Stage::MaxConcurrency, &wanted.into());
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        Ok(if wanted == 0 { most } else { wanted.min(most) })
    }

    /// How many of `length` iterations may fail: the smaller of the tolerated
    /// count and the tolerated share.
    pub(super) fn tolerated_failures(
        &self,
        map: &MapState,
        input: &Value,
        length: usize,
    ) -> Result<usize, Failure> {
        let count = map.tolerated_failure_count.as_ref();
        let count = count
            .map(|count| self.tolerated_count(count, input))
            .transpose()?
            .inspect(|&count| self.inspect(Stage::ToleratedFailureCount, &count.into()));
        let percentage = map.tolerated_failure_percentage.as_ref();
        let percentage = percentage
            .map(|percentage| self.tolerated_percentage(percentage, input))
            .transpose()?
            .inspect(|&percentage| {
                let number = Number::try_from(percentage).expect("it is between 0 and 100");
                self.inspect(Stage::ToleratedFailurePercentage, &number.into());
            });
        let share = percentage.map(|percentage| (length as f64 * percentage / 100.0) as usize);
        let count = count.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        Ok(count.into_iter().chain(share).min().unwrap_or(0))
    }

    fn tolerated_count(&self, count: &Dynamic<u64>, input: &Value) -> Result<u64, Failure> {
        let path = match count {
            Dynamic::Constant(count) => return Ok(*count),
            Dynamic::Path(path) => path,
            Dynamic::Jsonata(query) => return self.states_variable().integer(query, 0),
        };
        let value = self.at(path, input)?;
        let count = number_in(&value).and_then(|count| count.to_integer());
        if count.is_some_and(|count| count < 0) {
            return Err(self.runtime("ToleratedFailureCount cannot be negative."));
        }
        self.integer(&value, "ToleratedFailureCountPath", &path.to_string())
    }

    fn tolerated_percentage(
        &self,
        percentage: &Dynamic<f64>,
        input: &Value,
    ) -> Result<f64, Failure> {
        let path = match percentage {
            Dynamic::Constant(percentage) => return Ok(*percentage),
            Dynamic::Path(path) => path,
            Dynamic::Jsonata(query) => return self.percentage_of(query),
        };
        let value = self.at(path, input)?;
        let Some(number) = number_in(&value) else {
            return Err(self.runtime(&format!(
                "The ToleratedFailurePercentagePath field refers to value \"{value}\" which is not \
                 a valid float: {path}"
            )));
        };
        let percentage = number.as_f64();
        if !(0.0..=100.0).contains(&percentage) {
            return Err(self.runtime("ToleratedFailurePercentage must be between 0 and 100."));
        }
        Ok(percentage)
    }

    fn percentage_of(&self, query: &Query) -> Result<f64, Failure> {
        let percentage = self.states_variable().number(query)?;
        if !(0.0..=100.0).contains(&percentage) {
            let sentence = "ToleratedFailurePercentage must be between 0 and 100.";
            return Err(self.query_failure(sentence, Some(&query.location)));
        }
        Ok(percentage)
    }

    pub(super) fn integer(&self, value: &Value, field: &str, path: &str) -> Result<u64, Failure> {
        let integer = number_in(value).and_then(|number| number.as_u64());
        integer.ok_or_else(|| {
            self.runtime(&format!(
                "The {field} field refers to value \"{value}\" which is not a valid integer: {path}"
            ))
        })
    }
}

/// A number, or the one that a text is: a Map's paths may lead to either
/// (recorded).
fn number_in(value: &Value) -> Option<Number> {
    let text = value.as_str().and_then(|text| Value::parse(text).ok());
    text.as_ref().unwrap_or(value).as_number().cloned()
}

pub(super) fn exceeded_tolerance() -> Failure {
    Failure::named(
        names::EXCEED_TOLERATED_FAILURE_THRESHOLD,
        "The specified tolerated failure threshold was exceeded",
    )
}

fn unsupported_distributed_map(state: &State) -> Failure {
    let cause = format!(
        "The Map state '{}' is distributed (ProcessorConfig.Mode is DISTRIBUTED), which this \
         version validates but cannot run. INLINE Maps run.",
        state.name
    );
    Failure {
        reach: Reach::Nobody,
        ..Failure::named("Sandstep.DistributedMapUnsupported", cause)
    }
}
