//! An execution of one state alone, with what a test puts in the place of the rest.

use std::sync::Arc;

use sandstep_json::{Array, Object, Text, Value};

use super::{
    Execution, Phase, Progress, ROOT, Start, failure::Failure, inspection::Stage,
    map::exceeded_tolerance, scope::Scope, thread::ThreadId,
};
use crate::{
    history::ErrorDetails,
    machine::{MapState, ParallelState, State, StateId, StateKind, StateMachine, Transition},
    timestamp::Timestamp,
};

/// What a test puts in the place of what is around a state and inside it.
#[derive(Debug)]
pub(crate) struct Testing {
    /// The whole context object.
    pub(crate) context: Value,
    /// The variables that the state begins with.
    pub(crate) variables: Object,
    /// How often the retrier that answers a failure was used already.
    pub(crate) retries: u64,
    /// What the branches or iterations of a Parallel or Map state come to.
    pub(crate) joined: Option<Joined>,
    /// How many iterations of a Map failed.
    pub(crate) failed_iterations: u64,
    /// What the `ItemReader` of a Map finds in its source.
    pub(crate) item_source: Option<String>,
}

/// What children came to, by a mock.
type Joined = Result<Value, ErrorDetails>;

impl Execution {
    /// Begins an execution with one of the machine's states, and tells what it finds. Where
    /// the state leads to is known once it was left; nobody has to go on from there.
    pub(crate) fn test(
        machine: Arc<StateMachine>,
        state: StateId,
        start: Start,
        testing: Testing,
        now: Timestamp,
    ) -> Self {
        let mut execution = Self::start(machine, start, now);
        execution.threads[ROOT].phase = Phase::Entering(state);
        execution.apply_assigned(ROOT, &testing.variables);
        execution.testing = Some(Box::new(testing));
        execution.inspect();
        execution
    }

    /// Its ARN, `$$.Execution.Id`.
    pub(crate) fn arn(&self) -> &Text {
        &self.start.execution_arn
    }

    /// The latest moment that it was told of.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// The state that comes next, once a state was left.
    pub(crate) fn next_state(&self) -> Option<&State> {
        match self.threads.get(ROOT)?.phase {
            Phase::Entering(next) => Some(self.machine.state(next)),
            _ => None,
        }
    }

    /// Decides what a Parallel or Map state does whose children are not run; `None` where
    /// they are.
    pub(super) fn join_mocked(
        &self,
        thread: ThreadId,
        state: &State,
    ) -> Option<Result<Progress, Failure>> {
        let testing = self.testing.as_deref()?;
        let joined = testing.joined.as_ref()?;
        match &state.kind {
            StateKind::Parallel(parallel) => {
                let scope = self.scope(thread, state);
                Some(scope.join_branches(parallel, joined))
            }
            StateKind::Map(map) => {
                Some(self.join_iterations(thread, state, map, (joined, testing)))
            }
            _ => None,
        }
    }

    fn join_iterations(
        &self,
        thread: ThreadId,
        state: &State,
        map: &MapState,
        (joined, testing): (&Joined, &Testing),
    ) -> Result<Progress, Failure> {
        let scope = self.scope(thread, state);
        let input = scope.effective_input()?;
        let items = scope.tested_items(map, &input, testing.item_source.as_deref())?;
        scope.concurrency(map, &input, usize::MAX)?;
        let tolerated = scope.tolerated_failures(map, &input, items.len())?;
        self.select_items(thread, state, map, (&input, &items))?;
        let result = scope.joined(joined)?;
        // Without a threshold, the service looks at no count (recorded).
        let has_threshold =
            map.tolerated_failure_count.is_some() || map.tolerated_failure_percentage.is_some();
        if has_threshold && testing.failed_iterations > tolerated as u64 {
            return Err(exceeded_tolerance());
        }
        scope.hand_on(result, map.next)
    }

    /// Evaluates `ItemSelector` for each item, and gathers batches where there are any.
    fn select_items(
        &self,
        thread: ThreadId,
        state: &State,
        map: &MapState,
        (input, items): (&Value, &Array),
    ) -> Result<(), Failure> {
        let scope = self.scope(thread, state);
        let selected: Array = items
            .iter()
            .enumerate()
            .map(|item| self.selected_item(thread, state, map, input, item))
            .collect::<Result<_, _>>()?;
        if map.item_selector.is_some() {
            scope.inspect_small(Stage::AfterItemSelector, &selected);
        }
        let distributed = map.distributed.as_ref();
        if let Some(batcher) = distributed.and_then(|map| map.item_batcher.as_ref()) {
            let batches = scope.batches(batcher, input, &selected)?;
            scope.inspect_small(Stage::AfterItemBatcher, &batches);
        }
        Ok(())
    }
}

impl Testing {
    /// The context object, as an iteration that is about to begin sees it.
    pub(super) fn context(&self, map_item: Option<&Value>) -> Value {
        match (self.context.as_object(), map_item) {
            (Some(context), Some(map)) => context.with("Map", map.clone()).into(),
            _ => self.context.clone(),
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

    /// Takes note of values that are bounded each, as long as all of them together are no
    /// larger than a payload.
    fn inspect_small(&self, stage: Stage, values: &Array) {
        let values = Value::from(values.clone());
        if !self.is_too_large(&values) {
            self.inspect(stage, &values);
        }
    }

    fn join_branches(
        &self,
        parallel: &ParallelState,
        joined: &Joined,
    ) -> Result<Progress, Failure> {
        self.within_limit(self.effective_input()?)?;
        self.hand_on(self.joined(joined)?, parallel.next)
    }

    fn joined(&self, joined: &Joined) -> Result<Value, Failure> {
        let ErrorDetails { error, cause } = match joined {
            Ok(result) => return self.within_limit(result.clone()),
            Err(error) => error.clone(),
        };
        Err(Failure::new(error, cause))
    }

    fn hand_on(&self, result: Value, next: Transition) -> Result<Progress, Failure> {
        Ok(Progress::Exit {
            handover: self.hand_over(result)?,
            next,
        })
    }
}
