//! One run of a state machine, as a pure state machine itself.

mod apply;
mod children;
mod cut;
mod distributed;
mod failure;
mod flow;
mod inspection;
mod item_selection;
mod item_source;
mod jsonata;
mod map;
mod path_flow;
mod record;
mod recover;
mod redrive;
mod restore;
mod scope;
mod start;
mod states;
mod task;
mod tasks;
mod testing;
mod thread;
mod token;
mod variables;

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, OnceLock},
    time::Duration,
};

use sandstep_json::{Text, Value};
use slab::Slab;

pub(crate) use self::testing::Testing;
use self::{
    apply::Head,
    failure::{Failure, names},
    flow::Handover,
    inspection::Inspections,
    scope::Constants,
    thread::{Phase, RunningTask, Thread, ThreadId},
};
pub use self::{
    inspection::{Finding, Inspection, Stage},
    record::{MapPlan, Note, Record, ThreadPath},
    redrive::{NotRedrivable, Redrive},
    restore::{Restoration, RestoreError},
    start::{Limits, Start},
    task::{Target, Task, TaskId, TaskOutcome},
    token::{TASK_TOKEN_PREFIX, TaskToken, TokenKey},
};
use crate::{
    history::{ErrorDetails, EventDetails, EventId, StateType},
    machine::{StateId, StateMachine, Transition},
    timestamp::Timestamp,
};

/// One execution of a state machine.
///
/// Report what happened through `handle_*`, then drain `poll_*` in order:
/// records (append them) until there are none, cancelled tasks (stop them),
/// tasks (start them), timeout (sleep until then). Starting a task before
/// appending its records lets a crash forget it.
///
/// [`Execution::poll_record`] is where the work is done, one step for each few
/// records, so an execution that loops without waiting costs no more memory
/// than any other; its driver decides when it has had enough.
#[derive(Debug)]
pub struct Execution {
    machine: Arc<StateMachine>,
    start: Start,
    started: Timestamp,
    constants: OnceLock<Constants>,
    now: Timestamp,
    deadline: Option<Timestamp>,
    last_event: EventId,
    threads: Slab<Thread>,
    /// Threads that will enter a state, in the order in which they will.
    ready: VecDeque<Ready>,
    /// Threads that time alone will move.
    due: BTreeSet<(Timestamp, EventId, ThreadId)>,
    /// Parallel and Map states that wait for other threads to end before they
    /// start more children, by the event that started them.
    starved: BTreeSet<(EventId, ThreadId)>,
    records: VecDeque<Record>,
    tasks: VecDeque<Task>,
    cancelled: VecDeque<TaskId>,
    /// Bytes of JSON text that the variables of all threads have together.
    variable_bytes: usize,
    outcome: Option<Outcome>,
    redrive: Option<Redrive>,
    /// The latest redrives that came with a token, the oldest first.
    redrive_tokens: Vec<(Text, Redrive)>,
    inspections: Inspections,
    /// What is different where one state is tested alone.
    testing: Option<Box<Testing>>,
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It reached its end, with this output.
    Succeeded(Value),
    /// A state failed and nothing caught it.
    Failed(ErrorDetails),
    /// It took longer than its `TimeoutSeconds` or its limit.
    TimedOut(ErrorDetails),
    /// It was stopped from outside.
    Aborted(ErrorDetails),
}

/// The root thread is the first one made, and lives as long as the execution.
const ROOT: ThreadId = 0;

impl Execution {
    /// Begins an execution. Its first records are ready to be polled.
    pub fn start(machine: Arc<StateMachine>, start: Start, now: Timestamp) -> Self {
        let mut execution = Self::before_start(machine, start, now);
        let Start {
            input,
            role_arn,
            name,
            ..
        } = &execution.start;
        let too_large = execution
            .is_too_large(input)
            .then(|| Failure::data_limit(name));
        let (input, role_arn) = (input.clone(), role_arn.clone());
        let note = execution.deadline().map(Note::Deadline);
        execution.append(
            ROOT,
            EventDetails::ExecutionStarted { input, role_arn },
            note,
        );
        if let Some(failure) = too_large {
            execution.end(ROOT, EventDetails::ExecutionFailed(failure.details));
        }
        execution
    }

    /// The execution with a root thread that is about to enter the first state.
    fn before_start(machine: Arc<StateMachine>, start: Start, now: Timestamp) -> Self {
        let mut root = Thread::new(
            ThreadPath::default(),
            None,
            EventId::default(),
            machine.start_at,
        );
        root.data = start.input.clone();
        // Most executions have no other thread.
        let mut threads = Slab::with_capacity(1);
        threads.insert(root);
        Self {
            machine,
            start,
            started: now,
            constants: OnceLock::new(),
            now,
            deadline: None,
            last_event: EventId::default(),
            threads,
            ready: VecDeque::from([Ready {
                thread: ROOT,
                place: None,
            }]),
            due: BTreeSet::new(),
            starved: BTreeSet::new(),
            records: VecDeque::new(),
            tasks: VecDeque::new(),
            cancelled: VecDeque::new(),
            variable_bytes: 0,
            outcome: None,
            redrive: None,
            redrive_tokens: Vec::new(),
            inspections: None,
            testing: None,
        }
    }

    /// Time passed: wakes what was due, and ends the execution if it was.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.observe(now);
        if self.deadline.is_some_and(|deadline| deadline <= self.now) {
            return self.end(
                ROOT,
                EventDetails::ExecutionTimedOut(ErrorDetails::default()),
            );
        }
        while let Some(&(due, _, thread)) = self.due.first() {
            if due > self.now {
                return;
            }
            self.wake(thread);
        }
    }

    /// Somebody stopped the execution.
    pub fn handle_stop(&mut self, error: Option<String>, cause: Option<String>, now: Timestamp) {
        self.observe(now);
        let details = ErrorDetails {
            error: error.map(Into::into),
            cause: cause.map(Into::into),
        };
        self.end(ROOT, EventDetails::ExecutionAborted(details));
    }

    /// The next record to append. Steps the execution where there is none yet.
    pub fn poll_record(&mut self) -> Option<Record> {
        loop {
            if let Some(record) = self.records.pop_front() {
                return Some(record);
            }
            match self.ready.pop_front() {
                Some(ready) => self.step(ready),
                None if self.feed_starved() => {}
                None => return None,
            }
        }
    }

    /// The next task that nobody waits for any more: it timed out, or what it
    /// belonged to ended.
    pub fn poll_cancelled(&mut self) -> Option<TaskId> {
        self.cancelled.pop_front()
    }

    /// The next task to run. One whose service started a job for it comes a
    /// second time, to be followed to its end ([`Task::job`]).
    pub fn poll_task(&mut self) -> Option<Task> {
        loop {
            let mut task = self.tasks.pop_front()?;
            // Tasks that were cancelled before they began are left in the
            // queue: taking each out would cost a look at all others.
            if self.is_wanted(&task) {
                task.started = self.running(task.id).and_then(RunningTask::started);
                return Some(task);
            }
        }
    }

    /// When [`Execution::handle_timeout`] is due if nothing else happens.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        if self.outcome.is_some() {
            return None;
        }
        let first = self.due.first().map(|&(due, ..)| due);
        self.deadline.into_iter().chain(first).min()
    }

    /// How the execution ended, once it has and all records are drained.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// The latest moment that it knows of.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The machine that it runs.
    pub fn machine(&self) -> &Arc<StateMachine> {
        &self.machine
    }

    /// Time never goes backwards here: boxes boot without a clock.
    fn observe(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
    }

    /// When the execution times out, by its definition or its limits.
    fn deadline(&self) -> Option<Timestamp> {
        let seconds = self.machine.timeout_seconds.map(Duration::from_secs);
        let limit = seconds
            .into_iter()
            .chain(self.start.limits.duration)
            .min()?;
        Some(self.now + limit)
    }

    fn is_too_large(&self, value: &Value) -> bool {
        value.json_len() > self.start.limits.payload_bytes
    }

    /// Lets a thread enter its next state and do what it does there; or, after a
    /// redrive, go on in the state it is in.
    fn step(&mut self, ready: Ready) {
        let Some(thread) = self.live(&ready) else {
            return;
        };
        match self.threads[thread].phase {
            Phase::Entering(state) => self.enter(thread, state),
            Phase::Resuming => self.decide_again(thread),
            _ => self.complete_if_done(thread),
        }
    }

    /// The thread that was queued, if it still lives.
    fn live(&self, &Ready { thread, place }: &Ready) -> Option<ThreadId> {
        let live = self.threads.get(thread)?;
        (live.path.last() == place).then_some(thread)
    }

    fn enter(&mut self, thread: ThreadId, state: StateId) {
        let machine = Arc::clone(&self.machine);
        let state = machine.state(state);
        let entered = EventDetails::StateEntered {
            kind: state.kind.state_type(),
            name: state.name.clone(),
            input: self.threads[thread].data.clone(),
        };
        self.append(thread, entered, None);
        if self.outcome.is_none() {
            let progress = self.decide(thread, state);
            self.follow(thread, progress);
        }
    }

    /// Queues a thread that will enter a state.
    fn make_ready(&mut self, thread: ThreadId) {
        let place = self.threads[thread].path.last();
        self.ready.push_back(Ready { thread, place });
    }

    /// Carries out what a state decided.
    fn follow(&mut self, thread: ThreadId, progress: Result<Progress, Failure>) {
        match progress {
            Ok(Progress::Pause) => {}
            Ok(Progress::Exit { handover, next }) => self.exit(thread, handover, next),
            Err(failure) => self.fail(thread, failure),
        }
    }

    /// Leaves a state with what it hands on.
    fn exit(&mut self, thread: ThreadId, handover: Handover, next: Transition) {
        let Handover { output, assigned } = handover;
        let state = self.machine.state(self.threads[thread].state);
        if self.is_too_large(&output) {
            let failure = Failure::data_limit(&state.name);
            return self.fail(thread, failure);
        }
        let exited = EventDetails::StateExited {
            kind: state.kind.state_type(),
            name: state.name.clone(),
            output,
            assigned,
        };
        self.append(thread, exited, None);
        if self.outcome.is_some() {
            return;
        }
        match next {
            Transition::Next(state) => {
                self.threads[thread].phase = Phase::Entering(state);
                self.make_ready(thread);
            }
            Transition::End => self.finish(thread),
        }
    }

    /// A thread reached its end.
    fn finish(&mut self, thread: ThreadId) {
        match self.threads[thread].parent {
            None => {
                let output = self.threads[thread].data.clone();
                self.end(thread, EventDetails::ExecutionSucceeded { output });
            }
            Some((parent, index)) => self.join(thread, parent, index),
        }
    }

    /// Ends the execution.
    fn end(&mut self, thread: ThreadId, end: EventDetails) {
        debug_assert!(end.is_end());
        self.append(thread, end, None);
    }

    /// Writes an event down and folds it into the state. The only way in which
    /// the state changes between two calls from outside.
    fn append(&mut self, thread: ThreadId, details: EventDetails, note: Option<Note>) {
        let previous = self.previous(thread, &details);
        self.append_after(previous, thread, details, note);
    }

    fn append_after(
        &mut self,
        previous: EventId,
        thread: ThreadId,
        mut details: EventDetails,
        note: Option<Note>,
    ) {
        if self.outcome.is_some() {
            return;
        }
        if let Some(failure) = self.exceeds_history(&details) {
            details = EventDetails::ExecutionFailed(failure.details);
        }
        let head = Head {
            id: EventId(self.last_event.0 + 1),
            previous,
            timestamp: self.now,
        };
        self.record(thread, head, details, note);
    }

    fn record(&mut self, thread: ThreadId, head: Head, details: EventDetails, note: Option<Note>) {
        let path = self.threads[thread].path.clone();
        self.apply_event(thread, head, &details, note.as_ref());
        self.records.push_back(Record {
            thread: path,
            event: Some(head.with(details)),
            note,
        });
    }

    /// Writes down a fact that the history does not show.
    fn append_note(&mut self, thread: ThreadId, note: Note) {
        if self.outcome.is_none() {
            let path = self.threads[thread].path.clone();
            self.apply_note(thread, &note);
            self.records.push_back(Record {
                thread: path,
                event: None,
                note: Some(note),
            });
        }
    }

    /// What the next event of a thread points at. The ends that somebody
    /// else decided point at nothing (recorded); a failure points at the very
    /// last event of its thread, even one that others pass by. An expression that
    /// fails at once does so before its state counts as entered, but for those of
    /// a Wait state (recorded of both).
    fn previous(&self, thread: ThreadId, details: &EventDetails) -> EventId {
        match details {
            EventDetails::ExecutionAborted(_) | EventDetails::ExecutionTimedOut(_) => {
                EventId::default()
            }
            EventDetails::ExecutionFailed(_) => self.threads[thread].latest,
            EventDetails::EvaluationFailed(_) if self.has_just_entered(thread) => {
                self.threads[thread].entered_after
            }
            _ => self.threads[thread].previous,
        }
    }

    /// Whether nothing has happened in a thread since it entered its state, which
    /// is no Wait state.
    fn has_just_entered(&self, thread: ThreadId) -> bool {
        let thread = &self.threads[thread];
        let kind = self.machine.state(thread.state).kind.state_type();
        thread.previous == thread.entered && kind != StateType::Wait
    }

    /// The last event that the limit allows is the failure itself.
    fn exceeds_history(&self, details: &EventDetails) -> Option<Failure> {
        let limit = self.start.limits.history_events?;
        if self.last_event.0 + 1 < limit || details.is_end() {
            return None;
        }
        let cause =
            format!("The execution reached the maximum number of history events ({limit}).");
        Some(Failure::named(names::RUNTIME, cause))
    }
}

/// A thread that will enter a state, or go on in one, unless it is aborted before.
#[derive(Debug)]
struct Ready {
    thread: ThreadId,
    /// The last step of its path: another thread may get its id.
    place: Option<(EventId, usize)>,
}

/// What a state decided when it was entered, or when what it waited for came.
enum Progress {
    /// It is done.
    Exit {
        handover: Handover,
        next: Transition,
    },
    /// It waits for time, a task or its children.
    Pause,
}
