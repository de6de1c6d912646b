//! Parallel branches and Map iterations: starting them and joining them.

use std::sync::Arc;

use sandstep_json::{Array, Value};

use super::{
    Execution, Progress,
    failure::Failure,
    record::{MapPlan, Note},
    scope::Scope,
    thread::{Children, Phase, ThreadId},
};
use crate::{
    history::{EventDetails, EventId},
    machine::{Dynamic, MapState, State, StateKind},
};

impl Execution {
    /// Starts the branches of a Parallel state.
    pub(super) fn start_branches(
        &mut self,
        thread: ThreadId,
        state: &State,
    ) -> Result<Progress, Failure> {
        let input = self.scope(thread, state).effective_input()?;
        if self.is_too_large(&input) {
            return Err(Failure::data_limit(&state.name));
        }
        self.append(thread, EventDetails::ParallelStateStarted, None);
        for branch in self.running_children(thread) {
            self.threads[branch].data = input.clone();
            self.ready.push_back(branch);
        }
        Ok(Progress::Pause)
    }

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
        let concurrency = scope.concurrency(map, &input, self.limits.inline_concurrency)?;
        // The service looks at the tolerance after it has said that the Map
        // started (recorded).
        let tolerance = scope.tolerated_failures(map, &input, items.len());
        let tolerated_failures = *tolerance.as_ref().unwrap_or(&0);
        let length = items.len();
        let plan = MapPlan { items, input, concurrency, tolerated_failures };
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
    fn start_iterations(
        &mut self,
        thread: ThreadId,
        state: &State,
        map: &MapState,
        previous: EventId,
    ) -> Result<(), Failure> {
        while let Some(index) = self.next_iteration(thread) {
            let input = self.iteration_input(thread, state, map, index)?;
            let started = EventDetails::MapIterationStarted { name: state.name.clone(), index };
            self.append_after(previous, thread, started, None);
            let launched = self.children(thread).and_then(|children| children.running.get(&index));
            let Some(&iteration) = launched else {
                return Ok(());
            };
            self.threads[iteration].data = input;
            self.ready.push_back(iteration);
        }
        Ok(())
    }

    /// The iteration that may start now, if one may.
    fn next_iteration(&mut self, thread: ThreadId) -> Option<usize> {
        let children = self.children(thread)?;
        let concurrency = children.plan.as_ref()?.concurrency;
        let index = children.launched;
        if index == children.results.len() || children.running.len() >= concurrency {
            return None;
        }
        if !children.running.is_empty() && self.threads.len() >= self.limits.threads {
            self.starved.push_back(thread);
            return None;
        }
        Some(index)
    }

    fn iteration_input(
        &self,
        thread: ThreadId,
        state: &State,
        map: &MapState,
        index: usize,
    ) -> Result<Value, Failure> {
        let plan = self.children(thread).and_then(|children| children.plan.as_ref());
        let plan = plan.expect("a Map that starts iterations has a plan");
        let Some(selector) = &map.item_selector else {
            return Ok(plan.items[index].clone());
        };
        let map_item = self.map_item(thread, index);
        let scope = self.scope(thread, state).with_map_item(map_item.as_ref());
        let input = scope.template(selector, &plan.input)?;
        if self.is_too_large(&input) {
            return Err(Failure::data_limit(&state.name));
        }
        Ok(input)
    }

    /// A branch or an iteration reached its end.
    pub(super) fn join(&mut self, child: ThreadId, parent: ThreadId, index: usize) {
        let machine = Arc::clone(&self.machine);
        let state = machine.state(self.threads[parent].state);
        let previous = self.threads[child].previous;
        match &state.kind {
            StateKind::Map(map) => {
                let name = state.name.clone();
                self.append(child, EventDetails::MapIterationSucceeded { name, index }, None);
                self.refill(parent, state, map, previous);
            }
            _ => self.append_note(child, Note::BranchSucceeded),
        }
        self.complete_if_done(parent);
        self.feed_starved();
    }

    /// Starts the iterations that others made room for.
    pub(super) fn refill(
        &mut self,
        thread: ThreadId,
        state: &State,
        map: &MapState,
        previous: EventId,
    ) {
        if let Err(failure) = self.start_iterations(thread, state, map, previous) {
            self.fail(thread, failure);
        }
    }

    /// Gives the place of a thread that ended to a Map that waits for one.
    fn feed_starved(&mut self) {
        let Some(thread) = self.starved.pop_front() else {
            return;
        };
        let Some(started) = self.children(thread).map(|children| children.started) else {
            return;
        };
        let machine = Arc::clone(&self.machine);
        let state = machine.state(self.threads[thread].state);
        if let StateKind::Map(map) = &state.kind {
            self.refill(thread, state, map, started);
        }
    }

    /// Goes on from a Parallel or Map state whose children are all done.
    pub(super) fn complete_if_done(&mut self, thread: ThreadId) {
        let Some(Phase::Joining(children)) =
            self.threads.get_mut(thread).map(|thread| &mut thread.phase)
        else {
            return;
        };
        if self.outcome.is_some() || !children.is_done() {
            return;
        }
        let result = children.take_results();
        let machine = Arc::clone(&self.machine);
        let state = machine.state(self.threads[thread].state);
        let (succeeded, next) = match &state.kind {
            StateKind::Map(map) => (EventDetails::MapStateSucceeded, map.next),
            StateKind::Parallel(parallel) => (EventDetails::ParallelStateSucceeded, parallel.next),
            _ => return,
        };
        self.append(thread, succeeded, None);
        let output = self.scope(thread, state).output(result.into());
        self.follow(thread, output.map(|output| Progress::Exit { output, next }));
    }

    /// A child failed and its own recovery had no answer. Returns what that
    /// does to the parent; `None` where the Map tolerates it.
    pub(super) fn lose(
        &mut self,
        child: ThreadId,
        parent: ThreadId,
        index: usize,
        failure: Failure,
    ) -> Option<Failure> {
        let machine = Arc::clone(&self.machine);
        let state = machine.state(self.threads[parent].state);
        let previous = self.threads[child].previous;
        if let StateKind::Map(map) = &state.kind {
            let name = state.name.clone();
            self.append(child, EventDetails::MapIterationFailed { name, index }, None);
            let tolerated = self.tolerance(parent)?;
            if !tolerated.is_exceeded {
                self.refill(parent, state, map, previous);
                self.complete_if_done(parent);
                return None;
            }
            self.abort_children(parent, state);
            return Some(if tolerated.any { exceeded_tolerance() } else { failure });
        }
        self.abort_task(child);
        self.drop_branch(parent, child, index);
        self.abort_children(parent, state);
        let parent = &mut self.threads[parent];
        parent.previous = previous;
        parent.latest = previous;
        Some(failure)
    }

    fn tolerance(&self, thread: ThreadId) -> Option<Tolerance> {
        let children = self.children(thread)?;
        let tolerated = children.plan.as_ref()?.tolerated_failures;
        Some(Tolerance { any: tolerated > 0, is_exceeded: children.failed > tolerated })
    }

    /// The task that made its branch fail is said to be aborted (recorded).
    fn abort_task(&mut self, thread: ThreadId) {
        let kind = self.machine.state(self.threads[thread].state).kind.state_type();
        if kind == crate::history::StateType::Task {
            self.append(thread, EventDetails::StateAborted { kind }, None);
        }
    }

    /// Says of everything that still runs below a state that it was aborted.
    fn abort_children(&mut self, thread: ThreadId, state: &State) {
        let machine = Arc::clone(&self.machine);
        let is_map = matches!(state.kind, StateKind::Map(_));
        for child in self.running_children(thread) {
            let child_state = machine.state(self.threads[child].state);
            self.abort_children(child, child_state);
            if !matches!(self.threads[child].phase, Phase::Entering(_)) {
                let kind = child_state.kind.state_type();
                self.append(child, EventDetails::StateAborted { kind }, None);
            }
            if is_map && let Some((_, index)) = self.threads[child].parent {
                let name = state.name.clone();
                self.append(child, EventDetails::MapIterationAborted { name, index }, None);
            }
        }
    }
}

/// How many failures a Map tolerates, as far as it matters here.
struct Tolerance {
    any: bool,
    is_exceeded: bool,
}

impl Children {
    /// The outputs in order; failed iterations that were tolerated have none.
    fn take_results(&mut self) -> Array {
        self.results.iter_mut().filter_map(Option::take).collect()
    }
}

impl Scope<'_> {
    fn items(&self, map: &MapState, input: &Value) -> Result<Array, Failure> {
        let items = match &map.items_path {
            Some(path) => self.at(path, input)?,
            None => input.clone(),
        };
        let path = map.items_path.as_ref().map_or_else(|| "$".to_owned(), ToString::to_string);
        let array = items.as_array().cloned();
        array.ok_or_else(|| self.runtime(&format!("Reference path \"{path}\" must point to array.")))
    }

    /// `MaxConcurrency`, within what inline Maps may have; 0 is "no quota".
    fn concurrency(&self, map: &MapState, input: &Value, most: usize) -> Result<usize, Failure> {
        let wanted = match &map.max_concurrency {
            Dynamic::Constant(wanted) => *wanted,
            Dynamic::Path(path) => {
                let value = self.at(path, input)?;
                self.integer(&value, "MaxConcurrencyPath", &path.to_string())?
            }
        };
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        Ok(if wanted == 0 { most } else { wanted.min(most) })
    }

    /// How many of `length` iterations may fail: the smaller of the tolerated
    /// count and the tolerated share.
    fn tolerated_failures(
        &self,
        map: &MapState,
        input: &Value,
        length: usize,
    ) -> Result<usize, Failure> {
        let count = map.tolerated_failure_count.as_ref();
        let count = count.map(|count| self.tolerated_count(count, input)).transpose()?;
        let percentage = map.tolerated_failure_percentage.as_ref();
        let percentage =
            percentage.map(|percentage| self.tolerated_percentage(percentage, input)).transpose()?;
        let share = percentage.map(|percentage| (length as f64 * percentage / 100.0) as usize);
        let count = count.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        Ok(count.into_iter().chain(share).min().unwrap_or(0))
    }

    fn tolerated_count(&self, count: &Dynamic<u64>, input: &Value) -> Result<u64, Failure> {
        let path = match count {
            Dynamic::Constant(count) => return Ok(*count),
            Dynamic::Path(path) => path,
        };
        let value = self.at(path, input)?;
        if value.as_i64().is_some_and(|count| count < 0) {
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
        };
        let value = self.at(path, input)?;
        let Some(number) = value.as_number() else {
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

    fn integer(&self, value: &Value, field: &str, path: &str) -> Result<u64, Failure> {
        let integer = value.as_number().and_then(|number| number.as_u64());
        integer.ok_or_else(|| {
            self.runtime(&format!(
                "The {field} field refers to value \"{value}\" which is not a valid integer: {path}"
            ))
        })
    }
}

fn exceeded_tolerance() -> Failure {
    Failure::named(
        super::names::EXCEED_TOLERATED_FAILURE_THRESHOLD,
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
        reach: super::failure::Reach::Nobody,
        ..Failure::named("Sandstep.DistributedMapUnsupported", cause)
    }
}
