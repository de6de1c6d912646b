//! An execution of one state alone, with what a test puts in the place of the rest.

use std::sync::Arc;

use sandstep_json::{Object, Text, Value};

use super::{
    Execution, Phase, Progress, ROOT, Start, failure::Failure, item_selection::ItemSelection,
    scope::Scope, thread::ThreadId,
};
use crate::{
    history::ErrorDetails,
    machine::{ParallelState, State, StateId, StateKind, StateMachine, Transition},
    timestamp::Timestamp,
};

/// What children came to, by a mock.
pub(super) type Joined = Result<Value, ErrorDetails>;

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
    /// The items of a Map on their way through `ItemSelector`.
    pub(crate) selection: Option<ItemSelection>,
}

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
        // The machine's own timeout counts from where the machine begins.
        let duration = execution.start.limits.duration;
        execution.deadline = duration.map(|duration| now + duration);
        execution.threads[ROOT].phase = Phase::Entering(state);
        execution.apply_assigned(ROOT, &testing.variables);
        execution.testing = Some(Box::new(testing));
        execution.inspect();
        execution
    }

    /// Its ARN, `$$.Execution.Id`.
    pub fn arn(&self) -> &Text {
        &self.start.execution_arn
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
        &mut self,
        thread: ThreadId,
        state: &State,
    ) -> Option<Result<Progress, Failure>> {
        let joined = self.testing.as_deref()?.joined.as_ref()?;
        match &state.kind {
            StateKind::Parallel(parallel) => {
                let scope = self.scope(thread, state);
                Some(scope.join_branches(parallel, joined))
            }
            StateKind::Map(map) => {
                let selection = self.begin_selection(thread, state, map);
                Some(selection.map(|selection| self.select(selection)))
            }
            _ => None,
        }
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
    fn join_branches(
        &self,
        parallel: &ParallelState,
        joined: &Joined,
    ) -> Result<Progress, Failure> {
        self.within_limit(self.effective_input()?)?;
        self.hand_on(self.joined(joined)?, parallel.next)
    }

    pub(super) fn joined(&self, joined: &Joined) -> Result<Value, Failure> {
        let ErrorDetails { error, cause } = match joined {
            Ok(result) => return self.within_limit(result.clone()),
            Err(error) => error.clone(),
        };
        Err(Failure::new(error, cause))
    }

    pub(super) fn hand_on(&self, result: Value, next: Transition) -> Result<Progress, Failure> {
        Ok(Progress::Exit {
            handover: self.hand_over(result)?,
            next,
        })
    }
}
