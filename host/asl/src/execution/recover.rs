//! Retriers and catchers (States Language, "Errors").

use std::{sync::Arc, time::Duration};

use sandstep_json::{Object, Text, Value};

use super::{
    Execution, ThreadId,
    failure::{Evaluation, Failure, Reach},
    flow::Handover,
    inspection::Finding,
    record::Note,
    scope::Scope,
};
use crate::{
    history::{EvaluationFailed, EventDetails},
    machine::{CatchFlow, Catcher, Recovery, Retrier, State, StateKind, Transition},
};

impl Execution {
    /// A state failed: it is tried again, or a catcher takes over, or what it
    /// is part of fails.
    pub(super) fn fail(&mut self, mut thread: ThreadId, mut failure: Failure) {
        let machine = Arc::clone(&self.machine);
        while self.outcome.is_none() {
            if let Some(failed) = self.evaluation_failed(thread, &mut failure) {
                self.append(thread, failed, None);
            }
            if failure.reach == Reach::Nobody {
                self.note_all_entering();
                return self.end(thread, EventDetails::ExecutionFailed(failure.into()));
            }
            let state = machine.state(self.threads[thread].state);
            self.find(state, || Finding::Failure(failure.details.clone()));
            self.abort_children(thread, state);
            if self.retry(thread, state, &failure) {
                return;
            }
            let before = self.threads[thread].previous;
            self.give_up(thread, state);
            match self.catch(thread, state, &failure) {
                Ok(true) => return,
                Ok(false) => {}
                Err(worse) => failure = worse,
            }
            // A catcher whose own expressions fail makes the state fail again, from
            // where it stood (seen of the service).
            if let Some(failed) = self.evaluation_failed(thread, &mut failure) {
                self.append_after(before, thread, failed, None);
                self.give_up(thread, state);
            }
            let Some((parent, index)) = self.threads[thread].parent else {
                return self.end(thread, EventDetails::ExecutionFailed(failure.into()));
            };
            let Some(consequence) = self.lose(thread, parent, index, failure) else {
                return;
            };
            failure = consequence;
            thread = parent;
        }
    }

    /// What tells of the expression that failed, if that is what happened and
    /// nothing told of it yet.
    fn evaluation_failed(&self, thread: ThreadId, failure: &mut Failure) -> Option<EventDetails> {
        let Evaluation { location } = failure.evaluation.take()?;
        let state = self.machine.state(self.threads[thread].state).name.clone();
        let failed = EvaluationFailed {
            state,
            location,
            error: failure.details.clone(),
        };
        Some(EventDetails::EvaluationFailed(Box::new(failed)))
    }

    /// Plans the next attempt, if a retrier has one left. Only the first that
    /// names the failure is asked.
    fn retry(&mut self, thread: ThreadId, state: &State, failure: &Failure) -> bool {
        let retriers = state
            .kind
            .recovery()
            .map_or(&[][..], |recovery| &recovery.retriers);
        let found = retriers
            .iter()
            .position(|retrier| failure.is_in(&retrier.errors));
        let Some(index) = found else {
            return false;
        };
        let used = self.retries(thread, index);
        if used >= retriers[index].max_attempts {
            self.find(state, || Finding::Retrier { index, delay: None });
            return false;
        }
        let draw = || self.scope(thread, state).draw();
        let delay = retriers[index].delay(used, draw);
        let due = self.now + delay;
        let retrier = Finding::Retrier {
            index,
            delay: Some(delay),
        };
        self.find(state, || retrier);
        let previous = self.threads[thread].previous;
        self.append_note(
            thread,
            Note::RetryAt {
                retrier: index,
                due,
                previous,
            },
        );
        true
    }

    /// How often a retrier of the state was used.
    fn retries(&self, thread: ThreadId, retrier: usize) -> u64 {
        let own = self.threads[thread].retries.get(retrier);
        let before = self.testing.as_ref().map_or(0, |testing| testing.retries);
        before.saturating_add(own.copied().unwrap_or(0))
    }

    /// Says that a Parallel or Map state failed; other states' events have said
    /// so already.
    fn give_up(&mut self, thread: ThreadId, state: &State) {
        let event = match &state.kind {
            StateKind::Parallel(_) => EventDetails::ParallelStateFailed,
            StateKind::Map(_) => EventDetails::MapStateFailed,
            _ => return,
        };
        self.append(thread, event, None);
    }

    /// Lets the first catcher that names the failure take over.
    fn catch(
        &mut self,
        thread: ThreadId,
        state: &State,
        failure: &Failure,
    ) -> Result<bool, Failure> {
        let Some((index, catcher)) = state.kind.catcher(failure) else {
            return Ok(false);
        };
        self.find(state, || Finding::Catcher(index));
        let scope = self.scope(thread, state);
        let handover = scope.catch(catcher, error_output(failure))?;
        if self.is_too_large(&handover.output) {
            return Err(Failure::data_limit(&state.name));
        }
        self.exit(thread, handover, Transition::Next(catcher.next));
        Ok(true)
    }
}

impl Scope<'_> {
    /// What a catcher makes of the error output.
    fn catch(&self, catcher: &Catcher, error_output: Value) -> Result<Handover, Failure> {
        let assign = catcher.assign.as_ref();
        match &catcher.flow {
            CatchFlow::JsonPath(result_path) => Ok(Handover {
                assigned: self.assigned(assign, &error_output)?,
                output: self.place(result_path, error_output)?,
            }),
            CatchFlow::Jsonata(output) => {
                let states = self.states_variable().with_error_output(&error_output);
                states.hand_over(assign, output.as_ref(), || error_output.clone())
            }
        }
    }
}

impl StateKind {
    pub(crate) fn recovery(&self) -> Option<&Recovery> {
        match self {
            Self::Task(task) => Some(&task.recovery),
            Self::Parallel(parallel) => Some(&parallel.recovery),
            Self::Map(map) => Some(&map.recovery),
            _ => None,
        }
    }

    /// The first catcher that names a failure, and its index.
    fn catcher(&self, failure: &Failure) -> Option<(usize, &Catcher)> {
        let mut catchers = self.recovery()?.catchers.iter().enumerate();
        catchers.find(|(_, catcher)| failure.is_in(&catcher.errors))
    }
}

impl Retrier {
    /// How long to wait before the next attempt, after `used` of them.
    fn delay(&self, used: u64, draw: impl FnOnce() -> u64) -> Duration {
        let backoff = self.backoff_rate.powf(used as f64);
        let seconds = self.interval_seconds as f64 * backoff;
        let most = self.max_delay_seconds.map_or(f64::MAX, |most| most as f64);
        let seconds = seconds.min(most);
        let share = if self.full_jitter { unit(draw()) } else { 1.0 };
        Duration::try_from_secs_f64(seconds * share).unwrap_or(Duration::MAX)
    }
}

/// A number of at least 0 and less than 1.
fn unit(draw: u64) -> f64 {
    (draw >> 11) as f64 / (1u64 << 53) as f64
}

/// What a catcher passes on; a missing cause is an empty text (recorded).
fn error_output(failure: &Failure) -> Value {
    let text = |text: &Option<Text>| Value::from(text.clone().unwrap_or_default());
    let members = [
        ("Error", text(&failure.details.error)),
        ("Cause", text(&failure.details.cause)),
    ];
    Object::from(members).into()
}
