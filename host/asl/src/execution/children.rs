//! The children of Parallel and Map states: joining them, and what their failures do.

use std::sync::Arc;

use sandstep_json::Array;

use super::{
    Execution, Progress,
    failure::Failure,
    map::exceeded_tolerance,
    record::Note,
    thread::{Children, Phase, ThreadId},
};
use crate::{
    history::{EventDetails, EventId, StateType},
    machine::{State, StateId, StateKind},
};

impl Execution {
    /// Starts the branches of a Parallel state.
    pub(super) fn start_parallel(
        &mut self,
        thread: ThreadId,
        state: &State,
    ) -> Result<Progress, Failure> {
        let scope = self.scope(thread, state);
        let input = scope.within_limit(scope.effective_input()?)?;
        let note = Note::ParallelPlanned(input);
        self.append(thread, EventDetails::ParallelStateStarted, Some(note));
        self.start_branches(thread);
        Ok(Progress::Pause)
    }

    /// Starts the branches that there is room for.
    fn start_branches(&mut self, thread: ThreadId) {
        while let Some(index) = self.next_child(thread) {
            let Some(branch) = self.launch_branch(thread, index) else {
                return;
            };
            self.make_ready(branch);
        }
    }

    /// The child that may start now, if one may. A state whose children all
    /// ended starts one however many threads there are, so that none waits for
    /// ever.
    pub(super) fn next_child(&mut self, thread: ThreadId) -> Option<usize> {
        let children = self.children(thread)?;
        if self.outcome.is_some() || !children.wants_more() {
            return None;
        }
        if !children.running.is_empty() && !self.has_room() {
            self.starved.insert((children.started, thread));
            return None;
        }
        Some(children.launched)
    }

    /// Whether another thread may run.
    fn has_room(&self) -> bool {
        self.threads.len() < self.start.limits.threads
    }

    /// Gives the room that threads left to the state that was started first.
    /// Tells whether there was one.
    pub(super) fn feed_starved(&mut self) -> bool {
        if !self.has_room() {
            return false;
        }
        let Some((started, thread)) = self.starved.pop_first() else {
            return false;
        };
        let machine = Arc::clone(&self.machine);
        let state = machine.state(self.threads[thread].state);
        self.refill(thread, state, started);
        true
    }

    /// Starts the children that others made room for. An iteration follows
    /// `previous`.
    fn refill(&mut self, thread: ThreadId, state: &State, previous: EventId) {
        let StateKind::Map(map) = &state.kind else {
            return self.start_branches(thread);
        };
        if let Err(failure) = self.start_iterations(thread, state, map, previous) {
            self.fail(thread, failure);
        }
    }

    /// A branch or an iteration reached its end.
    pub(super) fn join(&mut self, child: ThreadId, parent: ThreadId, index: usize) {
        let machine = Arc::clone(&self.machine);
        let state = machine.state(self.threads[parent].state);
        let previous = self.threads[child].previous;
        if matches!(state.kind, StateKind::Map(_)) {
            let name = state.name.clone();
            self.append(
                child,
                EventDetails::MapIterationSucceeded { name, index },
                None,
            );
        } else {
            self.append_note(child, Note::BranchSucceeded);
        }
        if self.has_too_large_results(parent) {
            return self.fail(parent, Failure::data_limit(&state.name));
        }
        self.refill(parent, state, previous);
        self.complete_if_done(parent);
    }

    /// Whether a state's outputs can be no result already: it fails at once, and
    /// does not gather them without bound.
    fn has_too_large_results(&self, thread: ThreadId) -> bool {
        self.children(thread)
            .is_some_and(|children| children.result_bytes > self.start.limits.payload_bytes)
    }

    /// Goes on from a Parallel or Map state whose children are all done.
    pub(super) fn complete_if_done(&mut self, thread: ThreadId) {
        let Some(children) = self.children(thread) else {
            return;
        };
        if self.outcome.is_some() || !children.is_done() {
            return;
        }
        let result = children.results();
        let machine = Arc::clone(&self.machine);
        let state = machine.state(self.threads[thread].state);
        let (succeeded, next) = match &state.kind {
            StateKind::Map(map) => (EventDetails::MapStateSucceeded, map.next),
            StateKind::Parallel(parallel) => (EventDetails::ParallelStateSucceeded, parallel.next),
            _ => return,
        };
        self.append(thread, succeeded, None);
        let handover = self.scope(thread, state).hand_over(result.into());
        self.follow(
            thread,
            handover.map(|handover| Progress::Exit { handover, next }),
        );
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
        let failed = self.threads[child].state;
        if matches!(state.kind, StateKind::Map(_)) {
            let name = state.name.clone();
            self.append(
                child,
                EventDetails::MapIterationFailed { name, index },
                None,
            );
            let tolerated = self.tolerance(parent)?;
            if !tolerated.is_exceeded {
                self.refill(parent, state, previous);
                self.complete_if_done(parent);
                return None;
            }
            self.abort_task(parent, failed);
            return Some(if tolerated.any {
                exceeded_tolerance()
            } else {
                failure
            });
        }
        self.abort_task(child, failed);
        self.drop_branch(parent, child, index);
        let parent = &mut self.threads[parent];
        parent.previous = previous;
        parent.latest = previous;
        Some(failure)
    }

    /// The task that made its branch or iteration fail, and all of the state with it, is
    /// said to be aborted (recorded of both; the iteration has ended by then).
    fn abort_task(&mut self, thread: ThreadId, failed: StateId) {
        let kind = self.machine.state(failed).kind.state_type();
        if kind == StateType::Task {
            self.append(thread, EventDetails::StateAborted { kind }, None);
        }
    }

    /// Says of everything that still runs below a state that it was aborted.
    pub(super) fn abort_children(&mut self, thread: ThreadId, state: &State) {
        let machine = Arc::clone(&self.machine);
        let is_map = matches!(state.kind, StateKind::Map(_));
        for child in self.running_children(thread) {
            let child_state = machine.state(self.threads[child].state);
            self.abort_children(child, child_state);
            if let Phase::Entering(_) = self.threads[child].phase {
                self.note_entering(child);
            } else {
                let kind = child_state.kind.state_type();
                self.append(child, EventDetails::StateAborted { kind }, None);
            }
            if is_map && let Some((_, index)) = self.threads[child].parent {
                let name = state.name.clone();
                self.append(
                    child,
                    EventDetails::MapIterationAborted { name, index },
                    None,
                );
            }
        }
    }
}

impl Children {
    /// The outputs in order; failed iterations that were tolerated have none.
    fn results(&self) -> Array {
        self.results.iter().flatten().cloned().collect()
    }
}
