//! The items of a Map that is tested without its iterations: they are read, selected and
//! gathered as for these.

use std::sync::Arc;

use sandstep_json::{Array, Value};

use super::{
    Execution, Progress, failure::Failure, inspection::Stage, map::exceeded_tolerance,
    scope::Scope, thread::ThreadId,
};
use crate::machine::{MapState, State, StateKind};

/// The items of a Map on their way through `ItemSelector`.
#[derive(Debug)]
pub(crate) struct ItemSelection {
    thread: ThreadId,
    /// The Map's effective input.
    input: Value,
    items: Array,
    /// How many were selected.
    done: usize,
    /// What they became; `None` once it is more than anybody is told.
    selected: Option<Vec<Value>>,
    bytes: usize,
    /// How many iterations may fail.
    tolerated: usize,
}

/// How many items go through `ItemSelector` before others are let run: each may take tenths
/// of a second.
const ITEMS_PER_TURN: usize = 16;

impl Execution {
    /// Has a Map wait until its items are selected.
    pub(super) fn select(&mut self, selection: ItemSelection) -> Progress {
        if let Some(testing) = &mut self.testing {
            testing.selection = Some(selection);
        }
        Progress::Pause
    }

    /// Evaluates the fields of a Map up to its items.
    pub(super) fn begin_selection(
        &self,
        thread: ThreadId,
        state: &State,
        map: &MapState,
    ) -> Result<ItemSelection, Failure> {
        let scope = self.scope(thread, state);
        let input = scope.effective_input()?;
        let source = self
            .testing
            .as_ref()
            .and_then(|testing| testing.item_source.as_deref());
        let items = scope.tested_items(map, &input, source)?;
        scope.concurrency(map, &input, usize::MAX)?;
        let tolerated = scope.tolerated_failures(map, &input, items.len())?;
        Ok(ItemSelection {
            thread,
            input,
            items,
            done: 0,
            selected: Some(Vec::new()),
            bytes: 0,
            tolerated,
        })
    }

    /// Selects some more of a Map's items, and goes on from the Map after the last. Tells
    /// whether there was something to do.
    pub(crate) fn select_more(&mut self) -> bool {
        let testing = self.testing.as_mut();
        let Some(selection) = testing.and_then(|testing| testing.selection.take()) else {
            return false;
        };
        let machine = Arc::clone(&self.machine);
        let thread = selection.thread;
        let state = machine.state(self.threads[thread].state);
        let StateKind::Map(map) = &state.kind else {
            return false;
        };
        let progress = self.selected_some(state, map, selection);
        let progress = progress.and_then(|selection| match selection.is_done(map) {
            true => self.join_iterations(state, map, selection),
            false => Ok(self.select(selection)),
        });
        self.follow(thread, progress);
        true
    }

    fn selected_some(
        &self,
        state: &State,
        map: &MapState,
        mut selection: ItemSelection,
    ) -> Result<ItemSelection, Failure> {
        let items = selection.items.clone();
        let turn = items.iter().enumerate().skip(selection.done);
        for item in turn.take(ITEMS_PER_TURN) {
            if selection.is_done(map) {
                break;
            }
            let ItemSelection { thread, input, .. } = &selection;
            let selected = self.selected_item(*thread, state, map, input, item)?;
            selection.add(selected, self.start.limits.payload_bytes);
        }
        Ok(selection)
    }

    fn join_iterations(
        &self,
        state: &State,
        map: &MapState,
        selection: ItemSelection,
    ) -> Result<Progress, Failure> {
        let scope = self.scope(selection.thread, state);
        let selected = match &map.item_selector {
            None => Some(selection.items),
            Some(_) => selection.selected.map(Array::from),
        };
        if let Some(selected) = selected {
            scope.tell_selected(map, &selection.input, selected)?;
        }
        let testing = self.testing.as_deref();
        let joined = testing.and_then(|testing| testing.joined.as_ref());
        let result = scope.joined(joined.expect("a Map that is not run has a mock"))?;
        // Without a threshold, the service looks at no count (recorded).
        let has_threshold =
            map.tolerated_failure_count.is_some() || map.tolerated_failure_percentage.is_some();
        let failed = testing.map_or(0, |testing| testing.failed_iterations);
        if has_threshold && failed > selection.tolerated as u64 {
            return Err(exceeded_tolerance());
        }
        scope.hand_on(result, map.next)
    }
}

impl ItemSelection {
    fn is_done(&self, map: &MapState) -> bool {
        map.item_selector.is_none() || self.done == self.items.len()
    }

    /// Keeps what an item became, as long as all of it is no larger than a payload: each is
    /// bounded, their sum is not.
    fn add(&mut self, selected: Value, most_bytes: usize) {
        self.done += 1;
        self.bytes = self.bytes.saturating_add(selected.json_len());
        match &mut self.selected {
            Some(all) if self.bytes <= most_bytes => all.push(selected),
            _ => self.selected = None,
        }
    }
}

impl Scope<'_> {
    /// The items of a Map: those of its reader's source, where the test has it.
    fn tested_items(
        &self,
        map: &MapState,
        input: &Value,
        source: Option<&str>,
    ) -> Result<Array, Failure> {
        let distributed = map.distributed.as_ref();
        let reader = distributed.and_then(|map| map.item_reader.as_ref());
        match (reader, source) {
            (Some(reader), Some(source)) => self.read_items(reader, input, source),
            _ => self.items(map, input),
        }
    }

    /// Takes note of the items that `ItemSelector` made, and gathers batches where there
    /// are any.
    fn tell_selected(&self, map: &MapState, input: &Value, items: Array) -> Result<(), Failure> {
        if map.item_selector.is_some() {
            self.inspect_small(Stage::AfterItemSelector, &items);
        }
        let distributed = map.distributed.as_ref();
        let batcher = distributed.and_then(|map| map.item_batcher.as_ref());
        if let Some(batcher) = batcher {
            let batches = self.batches(batcher, input, &items)?;
            self.inspect_small(Stage::AfterItemBatcher, &batches);
        }
        Ok(())
    }

    /// Takes note of values as long as all of them together are no larger than a payload.
    fn inspect_small(&self, stage: Stage, values: &Array) {
        let values = Value::from(values.clone());
        if !self.is_too_large(&values) {
            self.inspect(stage, &values);
        }
    }
}
