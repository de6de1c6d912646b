//! The threads of control that an execution's records tell of.

use std::collections::HashMap;

use sandstep_asl::{EventDetails, EventId, HistoryEvent, Note, Record, StateType, ThreadPath};
use sandstep_json::{Object, Value};

/// Follows records and keeps what a reader of the language would expect.
pub(crate) struct Threads {
    /// Every state of the machine, by its name.
    states: HashMap<String, Value>,
    /// The limit of threads.
    most: usize,
    live: HashMap<ThreadPath, Thread>,
    /// The thread of every event so far.
    events: HashMap<EventId, ThreadPath>,
}

#[derive(Default)]
struct Thread {
    /// The state that was entered and not left.
    open: Option<String>,
    task: TaskProgress,
    fork: Option<Fork>,
    /// How often each retrier of the state was used.
    retries: HashMap<usize, u64>,
}

#[derive(Default, PartialEq)]
enum TaskProgress {
    #[default]
    None,
    Scheduled,
    Started,
}

/// What a Parallel or Map state started.
struct Fork {
    started: EventId,
    /// A Map's; a Parallel state has no such limit.
    concurrency: Option<usize>,
    /// The iteration that comes next.
    next: usize,
}

type Checked = Result<(), String>;

impl Threads {
    pub(crate) fn new(case: &Value, most: usize) -> Self {
        let mut states = HashMap::new();
        if let Some(definition) = case.get("definition") {
            gather_states(definition, &mut states);
        }
        Self {
            states,
            most,
            live: HashMap::from([(ThreadPath::default(), Thread::default())]),
            events: HashMap::new(),
        }
    }

    /// Follows the next record.
    pub(crate) fn follow(&mut self, record: &Record) -> Checked {
        let path = &record.thread;
        match (&record.event, &record.note) {
            (Some(event), note) => {
                self.check_previous(path, event)?;
                self.follow_event(path, event.id, &event.details, note.as_ref())
            }
            (None, Some(note)) => self.follow_note(path, note),
            (None, None) => Err("the record is empty".to_owned()),
        }
    }

    /// An event follows one of its thread, of the threads around it, or of those
    /// that it has waited for.
    fn check_previous(&mut self, path: &ThreadPath, event: &HistoryEvent) -> Checked {
        self.events.insert(event.id, path.clone());
        let Some(previous) = self.events.get(&event.previous) else {
            return Ok(());
        };
        if previous == path || is_below(previous, path) || is_below(path, previous) {
            return Ok(());
        }
        Err(format!("it follows an event of the thread {previous}"))
    }

    fn follow_event(
        &mut self,
        path: &ThreadPath,
        id: EventId,
        details: &EventDetails,
        note: Option<&Note>,
    ) -> Checked {
        use EventDetails::*;
        match details {
            StateEntered { name, .. } => self.enter(path, name),
            StateExited { name, .. } => self.exit(path, name),
            StateAborted { kind } => self.abort(path, *kind),
            TaskScheduled(_) => self.task(path, TaskProgress::None, TaskProgress::Scheduled),
            TaskStarted { .. } => self.task(path, TaskProgress::Scheduled, TaskProgress::Started),
            TaskSucceeded { .. } | TaskFailed { .. } => {
                self.task(path, TaskProgress::Started, TaskProgress::None)
            }
            TaskTimedOut { .. } => self.time_out(path),
            ParallelStateStarted => self.fork(path, id, None),
            MapStateStarted { .. } => match note {
                Some(Note::MapPlanned(plan)) => self.fork(path, id, Some(plan.concurrency)),
                _ => Err("the Map has no plan".to_owned()),
            },
            MapIterationStarted { index, .. } => self.start_iteration(path, *index),
            MapIterationSucceeded { .. } => self.succeed_child(path),
            MapIterationFailed { .. } => self.close(path, 0).map(|()| self.forget(path)),
            MapIterationAborted { .. } => self.expect_closed(path),
            ParallelStateSucceeded | MapStateSucceeded => self.join(path),
            ParallelStateFailed | MapStateFailed => self.close(path, 1),
            ExecutionSucceeded { .. } => self.succeed(),
            _ => Ok(()),
        }
    }

    fn follow_note(&mut self, path: &ThreadPath, note: &Note) -> Checked {
        match note {
            Note::BranchSucceeded => self.succeed_child(path),
            Note::RetryAt { retrier, .. } => {
                self.close(path, 1)?;
                self.retry(path, *retrier)
            }
            // A branch tells that it was started no sooner.
            Note::Entering { .. } => Ok(()),
            _ => self.thread(path).map(|_| ()),
        }
    }

    fn thread(&mut self, path: &ThreadPath) -> Result<&mut Thread, String> {
        self.live
            .get_mut(path)
            .ok_or_else(|| format!("the thread {path} does not run"))
    }

    fn enter(&mut self, path: &ThreadPath, name: &str) -> Checked {
        if self.is_new_branch(path) {
            self.live.insert(path.clone(), Thread::default());
        }
        let thread = self.thread(path)?;
        if let Some(open) = &thread.open {
            return Err(format!("the thread enters {name} and is still in {open}"));
        }
        thread.open = Some(name.to_owned());
        thread.retries.clear();
        Ok(())
    }

    /// Whether a Parallel state has just started this thread, of which no event
    /// tells.
    fn is_new_branch(&self, path: &ThreadPath) -> bool {
        let fork = path
            .parent()
            .and_then(|parent| self.live.get(parent)?.fork.as_ref());
        let is_branch = fork.is_some_and(|fork| {
            fork.concurrency.is_none() && path.last().is_some_and(|(id, _)| id == fork.started)
        });
        is_branch && !self.live.contains_key(path)
    }

    fn exit(&mut self, path: &ThreadPath, name: &str) -> Checked {
        let thread = self.thread(path)?;
        if thread.fork.is_some() || thread.task != TaskProgress::None {
            return Err(format!("the thread exits {name}, which has not ended"));
        }
        match thread.open.take() {
            Some(open) if open == name => Ok(()),
            open => Err(format!("the thread exits {name} and is in {open:?}")),
        }
    }

    /// A Map that fails says that the task of an iteration, which has ended, is aborted.
    fn abort(&mut self, path: &ThreadPath, kind: StateType) -> Checked {
        if kind == StateType::Task && self.is_in_map(path) {
            return Ok(());
        }
        self.close(path, 0)?;
        let thread = self.thread(path)?;
        thread.task = TaskProgress::None;
        match thread.open.take() {
            Some(_) => Ok(()),
            None => Err("a state is aborted and none was entered".to_owned()),
        }
    }

    fn is_in_map(&self, path: &ThreadPath) -> bool {
        let thread = self.live.get(path);
        let open = thread.and_then(|thread| self.states.get(thread.open.as_ref()?));
        open.and_then(|state| state.get("Type")?.as_str()) == Some("Map")
    }

    fn task(&mut self, path: &ThreadPath, before: TaskProgress, after: TaskProgress) -> Checked {
        let thread = self.thread(path)?;
        if thread.open.is_none() || thread.task != before {
            return Err("the task's events are out of order".to_owned());
        }
        thread.task = after;
        Ok(())
    }

    fn time_out(&mut self, path: &ThreadPath) -> Checked {
        let thread = self.thread(path)?;
        match std::mem::take(&mut thread.task) {
            TaskProgress::None => Err("a task timed out and none was scheduled".to_owned()),
            _ => Ok(()),
        }
    }

    fn fork(&mut self, path: &ThreadPath, started: EventId, concurrency: Option<usize>) -> Checked {
        let thread = self.thread(path)?;
        if thread.open.is_none() || thread.fork.is_some() {
            return Err("children are started twice, or outside of a state".to_owned());
        }
        thread.fork = Some(Fork {
            started,
            concurrency,
            next: 0,
        });
        Ok(())
    }

    fn start_iteration(&mut self, path: &ThreadPath, index: usize) -> Checked {
        let siblings = self.children(path);
        let (live, most) = (self.live.len(), self.most);
        let fork = self
            .thread(path)?
            .fork
            .as_mut()
            .ok_or("the Map has not started")?;
        if index != fork.next {
            return Err(format!("iteration {index} comes out of turn"));
        }
        if fork.concurrency.is_none_or(|most| siblings >= most) {
            return Err(format!("{} iterations run at a time", siblings + 1));
        }
        if siblings > 0 && live >= most {
            return Err(format!("{} threads run at a time", live + 1));
        }
        fork.next += 1;
        let child = path.child(fork.started, index);
        self.live.insert(child, Thread::default());
        Ok(())
    }

    /// A branch or an iteration reached its end.
    fn succeed_child(&mut self, path: &ThreadPath) -> Checked {
        self.expect_closed(path)?;
        self.forget(path);
        Ok(())
    }

    /// All children of a state have ended well, or failed and were tolerated.
    fn join(&mut self, path: &ThreadPath) -> Checked {
        if self.children(path) > 0 {
            return Err("the state succeeds before its children end".to_owned());
        }
        self.close(path, 0)
    }

    /// Everything below a thread has ended: all its states but `failed` were
    /// left or aborted.
    fn close(&mut self, path: &ThreadPath, failed: usize) -> Checked {
        let below = |other: &ThreadPath| is_below(other, path);
        let open = self
            .live
            .iter()
            .filter(|(path, thread)| below(path) && thread.open.is_some());
        let open = open.count();
        if open > failed {
            return Err(format!(
                "{open} states below were neither exited nor aborted"
            ));
        }
        self.live.retain(|path, _| !below(path));
        let thread = self.thread(path)?;
        thread.fork = None;
        thread.task = TaskProgress::None;
        Ok(())
    }

    fn retry(&mut self, path: &ThreadPath, retrier: usize) -> Checked {
        let name = self
            .thread(path)?
            .open
            .clone()
            .ok_or("no state is retried")?;
        let most = self
            .states
            .get(&name)
            .and_then(|state| max_attempts(state, retrier));
        let used = self.thread(path)?.retries.entry(retrier).or_default();
        *used += 1;
        match most {
            Some(most) if *used <= most => Ok(()),
            _ => Err(format!(
                "{name} is retried for the {used}. time, of {most:?}"
            )),
        }
    }

    fn succeed(&mut self) -> Checked {
        if self.live.len() > 1 {
            return Err("the execution succeeds while threads run".to_owned());
        }
        self.expect_closed(&ThreadPath::default())
    }

    fn expect_closed(&mut self, path: &ThreadPath) -> Checked {
        match &self.thread(path)?.open {
            None => Ok(()),
            Some(open) => Err(format!("the thread {path} is still in {open}")),
        }
    }

    fn forget(&mut self, path: &ThreadPath) {
        self.live.remove(path);
    }

    fn children(&self, path: &ThreadPath) -> usize {
        let is_child = |child: &&ThreadPath| child.parent() == Some(path);
        self.live.keys().filter(is_child).count()
    }
}

fn is_below(path: &ThreadPath, above: &ThreadPath) -> bool {
    std::iter::successors(path.parent(), |path| path.parent()).any(|path| path == above)
}

fn max_attempts(state: &Value, retrier: usize) -> Option<u64> {
    let retrier = state.get("Retry")?.as_array()?.get(retrier)?;
    match retrier.get("MaxAttempts") {
        Some(most) => most.as_number()?.as_u64(),
        None => Some(3),
    }
}

/// Gathers the states of a definition, those of branches and processors too.
fn gather_states(scope: &Value, states: &mut HashMap<String, Value>) {
    let members = scope.get("States").and_then(Value::as_object);
    for (name, state) in members.into_iter().flat_map(Object::iter) {
        states.insert(name.to_string(), state.clone());
        for field in ["ItemProcessor", "Iterator"] {
            if let Some(processor) = state.get(field) {
                gather_states(processor, states);
            }
        }
        let branches = state.get("Branches").and_then(Value::as_array);
        branches
            .into_iter()
            .flatten()
            .for_each(|branch| gather_states(branch, states));
    }
}
