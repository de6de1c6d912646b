//! The fold: how each record changes the state of its execution.
//!
//! Running and restoring share it, so what a restored execution knows is what
//! it knew.

use std::{
    collections::BTreeMap,
    mem::{replace, take},
    sync::Arc,
};

use sandstep_json::{Object, Value};

use super::{
    Execution, Outcome, Phase,
    record::{MapPlan, Note, Record},
    task::{Task, TaskId, target},
    thread::{Children, Plan, RunningTask, TaskStage, Thread, ThreadId},
};
use crate::{
    history::{EventDetails, EventId, HistoryEvent, TaskScheduled},
    machine::{StateId, StateKind},
    resource::Pattern,
    timestamp::Timestamp,
};

/// An event without its details.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) id: EventId,
    pub(super) previous: EventId,
    pub(super) timestamp: Timestamp,
}

impl Head {
    fn of(event: &HistoryEvent) -> Self {
        Self {
            id: event.id,
            previous: event.previous,
            timestamp: event.timestamp,
        }
    }

    pub(super) fn with(self, details: EventDetails) -> HistoryEvent {
        HistoryEvent {
            id: self.id,
            previous: self.previous,
            timestamp: self.timestamp,
            details,
        }
    }
}

impl Execution {
    /// Folds one record of a thread into the state.
    pub(super) fn apply(&mut self, thread: ThreadId, record: &Record) {
        match (&record.event, &record.note) {
            (Some(event), note) => {
                self.apply_event(thread, Head::of(event), &event.details, note.as_ref());
            }
            (None, Some(note)) => self.apply_note(thread, note),
            (None, None) => {}
        }
    }

    /// Folds an event of a thread into the state.
    pub(super) fn apply_event(
        &mut self,
        thread: ThreadId,
        head: Head,
        details: &EventDetails,
        note: Option<&Note>,
    ) {
        let id = head.id;
        self.last_event = id;
        self.now = self.now.max(head.timestamp);
        match details {
            EventDetails::ExecutionStarted { .. } => {
                if let Some(Note::Deadline(deadline)) = note {
                    self.deadline = Some(*deadline);
                }
                return;
            }
            EventDetails::ExecutionRedriven { redrive_count } => {
                return self.apply_redriven(head, *redrive_count, note);
            }
            EventDetails::MapIterationStarted { index, .. } => {
                return self.apply_iteration_started(thread, *index, id);
            }
            EventDetails::MapIterationSucceeded { .. } => {
                return self.apply_child_succeeded(thread, id);
            }
            EventDetails::MapIterationFailed { .. } => return self.apply_iteration_failed(thread),
            _ => {}
        }
        self.advance(thread, id, details);
        match details {
            EventDetails::StateEntered { name, input, .. } => {
                self.apply_entered(thread, head, name, input);
            }
            EventDetails::StateExited {
                output, assigned, ..
            } => {
                self.threads[thread].data = output.clone();
                if let Some(assigned) = assigned {
                    self.apply_assigned(thread, assigned);
                }
                self.set_phase(thread, Phase::Deciding);
            }
            EventDetails::TaskScheduled(scheduled) => {
                self.apply_scheduled(thread, id, scheduled, note);
            }
            EventDetails::TaskStarted { .. } => self.apply_started(thread, head.timestamp, note),
            EventDetails::TaskSubmitted { output, .. } => self.apply_submitted(thread, output),
            EventDetails::TaskSucceeded { .. }
            | EventDetails::TaskFailed { .. }
            | EventDetails::TaskScheduleFailed { .. } => {
                self.set_phase(thread, Phase::Deciding);
            }
            EventDetails::TaskTimedOut { .. } => {
                self.cancel(thread);
                self.set_phase(thread, Phase::Deciding);
            }
            EventDetails::ParallelStateStarted => {
                if let Some(Note::ParallelPlanned(input)) = note {
                    self.apply_parallel_started(thread, id, input);
                }
            }
            EventDetails::MapStateStarted { .. } => {
                if let Some(Note::MapPlanned(plan)) = note {
                    self.apply_map_started(thread, id, plan);
                }
            }
            EventDetails::ParallelStateSucceeded
            | EventDetails::MapStateSucceeded
            | EventDetails::ParallelStateFailed
            | EventDetails::MapStateFailed => self.retire_children(thread),
            end if end.is_end() => self.apply_end(end),
            _ => {}
        }
    }

    /// Folds a note that comes without an event into the state.
    pub(super) fn apply_note(&mut self, thread: ThreadId, note: &Note) {
        match note {
            Note::WaitUntil(until) => self.set_phase(thread, Phase::Waiting { until: *until }),
            Note::Heartbeat(due) => self.apply_heartbeat(thread, *due),
            Note::RetryAt {
                retrier,
                due,
                previous,
            } => {
                self.apply_retry(thread, *retrier, *due, *previous);
            }
            Note::BranchSucceeded => {
                let last = self.threads[thread].previous;
                self.apply_child_succeeded(thread, last);
            }
            Note::Entering { state, input } => self.apply_entering(thread, state, input),
            Note::RedrivenWith(token) => self.apply_redriven_with(token),
            // It says whose turn comes when.
            Note::Resuming => {}
            // These come with events.
            Note::Deadline(_)
            | Note::TaskArmed { .. }
            | Note::ParallelPlanned(_)
            | Note::MapPlanned(_) => {}
        }
    }

    fn advance(&mut self, thread: ThreadId, id: EventId, details: &EventDetails) {
        let thread = &mut self.threads[thread];
        thread.latest = id;
        if !details.is_passed_by() {
            thread.previous = id;
        }
    }

    fn apply_entered(&mut self, thread: ThreadId, head: Head, name: &str, input: &Value) {
        let state = self.state_to_enter(thread, name);
        self.set_phase(thread, Phase::Deciding);
        let thread = &mut self.threads[thread];
        thread.state = state;
        thread.entered = head.id;
        thread.entered_at = head.timestamp;
        thread.entered_after = head.previous;
        thread.data = input.clone();
        thread.scheduled = None;
        thread.retries.clear();
    }

    /// The state of that name; looked up only where it is not known, which is
    /// when restoring.
    fn state_to_enter(&self, thread: ThreadId, name: &str) -> StateId {
        match self.threads[thread].phase {
            Phase::Entering(state) if self.machine.state(state).name == *name => state,
            _ => self
                .machine
                .state_named(name)
                .unwrap_or(self.machine.start_at),
        }
    }

    fn apply_scheduled(
        &mut self,
        thread: ThreadId,
        id: EventId,
        scheduled: &TaskScheduled,
        note: Option<&Note>,
    ) {
        let (target, input) = target(&scheduled.resource, &scheduled.input)
            .expect("the parameters were checked before the task was scheduled");
        let task = Task {
            id: TaskId {
                scheduled: id,
                thread,
            },
            target,
            input,
            entered: self.threads[thread].entered,
            retry_count: self.threads[thread].retry_count(),
            state_name: self.machine.state(self.threads[thread].state).name.clone(),
            scheduled_at: self.now,
            started: None,
            resource: Arc::clone(&scheduled.resource),
            job: None,
        };
        let (timeout, heartbeat) = armed(note);
        let running = RunningTask {
            task: task.id,
            resource: Arc::clone(&scheduled.resource),
            stage: TaskStage::Scheduled,
            timeout_seconds: scheduled.timeout_seconds,
            heartbeat_seconds: scheduled.heartbeat_seconds,
            timeout,
            heartbeat,
            follow: (task.resource.pattern() == Pattern::Sync).then(|| Box::new(task.clone())),
        };
        self.tasks.push_back(task);
        self.threads[thread].scheduled = Some(id);
        self.set_phase(thread, Phase::Running(Box::new(running)));
    }

    fn apply_started(&mut self, thread: ThreadId, at: Timestamp, note: Option<&Note>) {
        self.change_running(thread, |running| {
            running.stage = TaskStage::Started(at);
            if let Some(Note::TaskArmed { .. }) = note {
                (running.timeout, running.heartbeat) = armed(note);
            }
        });
    }

    /// A job that a service started is to be followed; a token is waited for.
    fn apply_submitted(&mut self, thread: ThreadId, response: &Value) {
        let mut follow = None;
        self.change_running(thread, |running| {
            running.stage = TaskStage::Submitted;
            follow = running.follow.take();
        });
        self.tasks.extend(follow.map(|task| Task {
            job: Some(response.clone()),
            ..*task
        }));
    }

    fn apply_heartbeat(&mut self, thread: ThreadId, due: Timestamp) {
        self.change_running(thread, |running| running.heartbeat = Some(due));
    }

    fn change_running(&mut self, thread: ThreadId, change: impl FnOnce(&mut RunningTask)) {
        let before = self.threads[thread].due();
        if let Phase::Running(running) = &mut self.threads[thread].phase {
            change(running);
        }
        self.reschedule(thread, before);
    }

    fn apply_retry(&mut self, thread: ThreadId, retrier: usize, due: Timestamp, previous: EventId) {
        self.abandon_children(thread);
        self.set_phase(thread, Phase::Retrying { due });
        let thread = &mut self.threads[thread];
        thread.previous = previous;
        thread.scheduled = None;
        if thread.retries.len() <= retrier {
            thread.retries.resize(retrier + 1, 0);
        }
        // Each retrier counts its own attempts; matching another one later
        // does not reset this count (States Language, "Errors").
        thread.retries[retrier] += 1;
    }

    fn apply_parallel_started(&mut self, thread: ThreadId, started: EventId, input: &Value) {
        let machine = Arc::clone(&self.machine);
        let state = machine.state(self.threads[thread].state);
        let StateKind::Parallel(parallel) = &state.kind else {
            return;
        };
        let plan = Plan::Parallel(input.clone());
        let children = Children::new(started, parallel.branches.len(), plan);
        self.set_phase(thread, Phase::Joining(Box::new(children)));
    }

    fn apply_map_started(&mut self, thread: ThreadId, started: EventId, plan: &MapPlan) {
        let plan = Box::new(plan.clone());
        let children = Children::new(started, plan.items.len(), Plan::Map(plan));
        self.set_phase(thread, Phase::Joining(Box::new(children)));
    }

    fn apply_iteration_started(&mut self, thread: ThreadId, index: usize, id: EventId) {
        let machine = Arc::clone(&self.machine);
        let state = machine.state(self.threads[thread].state);
        let StateKind::Map(map) = &state.kind else {
            return;
        };
        let map_item = self.map_item(thread, index);
        self.launch(thread, index, id, map.processor, map_item);
    }

    /// The context object's `Map` member for an iteration.
    pub(super) fn map_item(&self, thread: ThreadId, index: usize) -> Option<Value> {
        let plan = self.children(thread)?.map_plan()?;
        Some(map_item(index, plan.items.get(index)?))
    }

    /// Makes the thread of a Parallel state's branch. No event tells of it
    /// before the one that enters its first state.
    pub(super) fn launch_branch(&mut self, parent: ThreadId, index: usize) -> Option<ThreadId> {
        let machine = Arc::clone(&self.machine);
        let StateKind::Parallel(parallel) = &machine.state(self.threads[parent].state).kind else {
            return None;
        };
        let children = self.children(parent)?;
        let started = children.started;
        let Plan::Parallel(input) = &children.plan else {
            return None;
        };
        let input = input.clone();
        let start_at = *parallel.branches.get(index)?;
        let branch = self.launch(parent, index, started, start_at, None)?;
        self.threads[branch].data = input;
        Some(branch)
    }

    /// Makes a child thread, whose first event will follow `previous`.
    fn launch(
        &mut self,
        parent: ThreadId,
        index: usize,
        previous: EventId,
        start_at: StateId,
        map_item: Option<Value>,
    ) -> Option<ThreadId> {
        let map_item = map_item.or_else(|| self.threads[parent].map_item.clone());
        let children = self.children(parent)?;
        let path = self.threads[parent].path.child(children.started, index);
        let thread = Thread {
            map_item,
            ..Thread::new(path, Some((parent, index)), previous, start_at)
        };
        let id = self.threads.insert(thread);
        let children = self.children_mut(parent)?;
        children.running.insert(index, id);
        children.launched = children.launched.max(index + 1);
        Some(id)
    }

    /// A branch or an iteration has its output; `last` is what its parent goes
    /// on from.
    fn apply_child_succeeded(&mut self, thread: ThreadId, last: EventId) {
        let child = self.threads.remove(thread);
        self.forget_variables(&child);
        let Some((parent, index)) = child.parent else {
            return;
        };
        let parent_thread = &mut self.threads[parent];
        parent_thread.previous = last;
        parent_thread.latest = last;
        if let Some(children) = self.children_mut(parent) {
            children.result_bytes = children.result_bytes.saturating_add(child.data.json_len());
            children.results[index] = Some(child.data);
            children.running.remove(&index);
        }
    }

    fn apply_iteration_failed(&mut self, thread: ThreadId) {
        let child = self.retire(thread);
        let Some((parent, index)) = child.parent else {
            return;
        };
        let parent_thread = &mut self.threads[parent];
        parent_thread.previous = child.previous;
        parent_thread.latest = child.previous;
        if let Some(children) = self.children_mut(parent) {
            children.running.remove(&index);
            children.lost.insert(index, child);
            children.failed += 1;
        }
    }

    fn apply_end(&mut self, end: &EventDetails) {
        self.outcome = match end {
            EventDetails::ExecutionSucceeded { output } => Some(Outcome::Succeeded(output.clone())),
            EventDetails::ExecutionFailed(error) => Some(Outcome::Failed(error.clone())),
            EventDetails::ExecutionTimedOut(error) => Some(Outcome::TimedOut(error.clone())),
            EventDetails::ExecutionAborted(error) => Some(Outcome::Aborted(error.clone())),
            _ => return,
        };
        for (id, _) in &self.threads {
            if let Phase::Running(running) = &self.threads[id].phase {
                self.cancelled.push_back(running.task);
            }
        }
        self.tasks.clear();
        self.ready.clear();
        self.due.clear();
        self.starved.clear();
    }

    /// Takes out a branch that failed; its siblings are still there to be aborted.
    pub(super) fn drop_branch(&mut self, parent: ThreadId, child: ThreadId, index: usize) {
        let child = self.retire(child);
        if let Some(children) = self.children_mut(parent) {
            children.running.remove(&index);
            children.lost.insert(index, child);
        }
    }

    /// Takes out a thread that failed or was aborted, with all that it started.
    fn retire(&mut self, thread: ThreadId) -> Box<Thread> {
        self.retire_children(thread);
        Box::new(self.remove(thread))
    }

    /// Ends what a Parallel or Map state started, and keeps what came of it for
    /// a redrive, until the state is left.
    fn retire_children(&mut self, thread: ThreadId) {
        let running = self.children_mut(thread);
        for (index, child) in running.map_or_else(BTreeMap::new, |it| take(&mut it.running)) {
            let child = self.retire(child);
            if let Some(children) = self.children_mut(thread) {
                children.lost.insert(index, child);
            }
        }
        let phase = replace(&mut self.threads[thread].phase, Phase::Deciding);
        self.leave(thread, &phase);
        self.threads[thread].phase = match phase {
            Phase::Joining(children) => Phase::Joined(children),
            phase => phase,
        };
    }

    /// An aborted thread was about to enter a state.
    fn apply_entering(&mut self, thread: ThreadId, state: &str, input: &Value) {
        let state = self.state_to_enter(thread, state);
        let thread = &mut self.threads[thread];
        thread.phase = Phase::Entering(state);
        thread.data = input.clone();
    }

    /// Forgets all that a Parallel or Map state started.
    pub(super) fn abandon_children(&mut self, thread: ThreadId) {
        let mut doomed: Vec<ThreadId> = self.running_children(thread);
        self.set_phase(thread, Phase::Deciding);
        while let Some(thread) = doomed.pop() {
            doomed.extend(self.running_children(thread));
            self.remove(thread);
        }
    }

    /// The live children of a thread, by their index.
    pub(super) fn running_children(&self, thread: ThreadId) -> Vec<ThreadId> {
        self.children(thread).map_or_else(Vec::new, |children| {
            children.running.values().copied().collect()
        })
    }

    fn remove(&mut self, id: ThreadId) -> Thread {
        self.cancel(id);
        let thread = self.threads.remove(id);
        self.forget_variables(&thread);
        if let Some(due) = thread.due() {
            self.due.remove(&(due, thread.entered, id));
        }
        self.leave(id, &thread.phase);
        thread
    }

    /// Lets the driver know that nobody waits for the thread's task any more.
    fn cancel(&mut self, thread: ThreadId) {
        if let Phase::Running(running) = &self.threads[thread].phase {
            self.cancelled.push_back(running.task);
        }
    }

    pub(super) fn children(&self, thread: ThreadId) -> Option<&Children> {
        match &self.threads.get(thread)?.phase {
            Phase::Joining(children) => Some(children),
            _ => None,
        }
    }

    pub(super) fn children_mut(&mut self, thread: ThreadId) -> Option<&mut Children> {
        match &mut self.threads.get_mut(thread)?.phase {
            Phase::Joining(children) => Some(children),
            _ => None,
        }
    }

    pub(super) fn set_phase(&mut self, thread: ThreadId, phase: Phase) {
        let before = self.threads[thread].due();
        let old = std::mem::replace(&mut self.threads[thread].phase, phase);
        self.leave(thread, &old);
        self.reschedule(thread, before);
    }

    /// A state that is no longer joining its children starts no more of them.
    fn leave(&mut self, thread: ThreadId, phase: &Phase) {
        if let Phase::Joining(children) = phase {
            self.starved.remove(&(children.started, thread));
        }
    }

    fn reschedule(&mut self, thread: ThreadId, before: Option<Timestamp>) {
        let after = self.threads[thread].due();
        if before == after {
            return;
        }
        // What is due at the same time moves in the order of entering, which a
        // restored execution knows too.
        let entered = self.threads[thread].entered;
        if let Some(due) = before {
            self.due.remove(&(due, entered, thread));
        }
        if let Some(due) = after {
            self.due.insert((due, entered, thread));
        }
    }
}

/// When a task times out and when its heartbeat is missed.
fn armed(note: Option<&Note>) -> (Option<Timestamp>, Option<Timestamp>) {
    match note {
        Some(Note::TaskArmed { timeout, heartbeat }) => (*timeout, *heartbeat),
        _ => (None, None),
    }
}

/// The context object's `Map` member for an item.
pub(super) fn map_item(index: usize, item: &Value) -> Value {
    let item = [("Index", Value::from(index)), ("Value", item.clone())];
    Object::from([("Item", Value::from(Object::from(item)))]).into()
}
