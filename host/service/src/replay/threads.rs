//! Which thread of control an event of a history belongs to.
//!
//! Histories show it by `previousEventId` alone, and not of every event: what
//! closes a Map points at the last event of an iteration. So the thread is
//! looked for from there outwards, by the state that is open in it.

use std::collections::HashMap;

use sandstep_asl::{EventDetails, EventId, HistoryEvent, ThreadPath};

/// What tells the place of an event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark<'e> {
    pub(super) id: u64,
    pub(super) previous: u64,
    pub(super) kind: &'e str,
    /// The state that it names.
    pub(super) name: Option<&'e str>,
    /// The iteration that it names.
    pub(super) index: Option<usize>,
}

/// Names a thread within one history.
pub(super) type ThreadId = usize;

/// The threads of one history, found event by event.
#[derive(Debug, Default)]
pub(super) struct Threads {
    threads: Vec<Thread>,
    /// The same thread has the same key in every history of a definition.
    by_key: HashMap<String, ThreadId>,
    by_event: HashMap<u64, ThreadId>,
    /// The events that started branches.
    parallels: HashMap<u64, ThreadId>,
    /// What has started branches or iterations, by its key: the last event of
    /// it, and whether all of them succeeded.
    forks: HashMap<String, Fork>,
    /// A thread was within more others than can be.
    is_too_deep: bool,
}

#[derive(Clone, Copy, Debug)]
struct Fork {
    started: u64,
    is_whole: bool,
}

#[derive(Debug, Default)]
struct Thread {
    /// Such as `/Each#1[0]/Both#1<Notify>`; the root's is empty.
    key: String,
    /// The same for people: ` in iteration 0 of "Each"`.
    within: String,
    parent: Option<ThreadId>,
    /// The same as the interpreter names it; which branch it is stays unknown.
    path: ThreadPath,
    /// How many threads it is in.
    depth: usize,
    /// The state that is open in it, and its type.
    open: Option<(String, String)>,
    /// How often each of its states has started branches or iterations.
    rounds: HashMap<String, usize>,
    /// The key of what has started it.
    fork: String,
    /// The failure that ended what it belongs to was its own.
    is_blamed: bool,
}

const ROOT: ThreadId = 0;

/// How deep threads are told apart, deeper than definitions can nest their
/// states: keys grow with the depth.
pub(super) const DEEPEST: usize = 128;

impl Threads {
    /// Finds the thread of the next event.
    pub(super) fn place(&mut self, mark: &Mark<'_>) -> ThreadId {
        if self.threads.is_empty() {
            self.thread(String::new(), String::new(), None);
        }
        let before = self.by_event.get(&mark.previous).copied().unwrap_or(ROOT);
        let thread = self.find(mark, before);
        self.by_event.insert(mark.id, thread);
        thread
    }

    /// Whether some thread is within more others than can be.
    pub(super) fn is_too_deep(&self) -> bool {
        self.is_too_deep
    }

    /// The thread of an event that was placed.
    pub(super) fn of_event(&self, id: u64) -> ThreadId {
        self.by_event.get(&id).copied().unwrap_or(ROOT)
    }

    /// Whether an event belongs to no branch or iteration.
    pub(super) fn is_root(&self, event: u64) -> bool {
        self.of_event(event) == ROOT
    }

    /// A thread's key.
    pub(super) fn key(&self, thread: ThreadId) -> &str {
        self.threads.get(thread).map_or("", |thread| &thread.key)
    }

    /// Where a thread is, for people; the root's is empty.
    pub(super) fn within(&self, thread: ThreadId) -> &str {
        self.threads.get(thread).map_or("", |thread| &thread.within)
    }

    /// A thread, told apart from all others as the interpreter does it.
    pub(super) fn path(&self, thread: ThreadId) -> ThreadPath {
        self.threads
            .get(thread)
            .map_or_else(ThreadPath::default, |thread| thread.path.clone())
    }

    /// The thread of that key.
    pub(super) fn find_key(&self, key: &str) -> Option<ThreadId> {
        self.by_key.get(key).copied()
    }

    /// The state that is open in a thread.
    pub(super) fn open_state(&self, thread: ThreadId) -> Option<&str> {
        let (name, _) = self.threads.get(thread)?.open.as_ref()?;
        Some(name)
    }

    /// All threads, in the order in which they began.
    pub(super) fn ids(&self) -> std::ops::Range<ThreadId> {
        0..self.threads.len()
    }

    /// Whether others may have ended a thread before it ended itself, so that
    /// how far it came says nothing.
    pub(super) fn may_be_cut(&self, thread: ThreadId) -> bool {
        self.threads.get(thread).is_none_or(|thread| {
            thread.parent.is_some() && !thread.is_blamed && !self.is_whole(&thread.fork)
        })
    }

    /// Whether a failure of its own ended what a thread belongs to.
    pub(super) fn is_blamed(&self, thread: ThreadId) -> bool {
        self.threads
            .get(thread)
            .is_some_and(|thread| thread.is_blamed)
    }

    /// The key of what has started a thread; the root's is empty.
    pub(super) fn fork(&self, thread: ThreadId) -> &str {
        self.threads.get(thread).map_or("", |thread| &thread.fork)
    }

    /// The event with which the branches or iterations of that key began.
    pub(super) fn fork_event(&self, fork: &str) -> Option<u64> {
        Some(self.forks.get(fork)?.started)
    }

    /// Whether all branches or iterations of that key succeeded.
    pub(super) fn is_whole(&self, fork: &str) -> bool {
        self.forks.get(fork).is_some_and(|fork| fork.is_whole)
    }

    fn find(&mut self, mark: &Mark<'_>, before: ThreadId) -> ThreadId {
        if mark.kind.starts_with("Execution") {
            self.blame(mark, before);
            return ROOT;
        }
        if let Some(kind) = mark.kind.strip_suffix("StateEntered") {
            return self.enter(mark, kind, before);
        }
        if mark.kind.ends_with("StateExited") {
            let thread = self.climb(before, |(name, _)| Some(name.as_str()) == mark.name);
            self.threads[thread].open = None;
            return thread;
        }
        match mark.kind {
            "MapIterationStarted" => self.iterate(mark, before),
            "ParallelStateStarted" | "MapStateStarted" => self.begin_fork(mark, before),
            "ParallelStateSucceeded" | "MapStateSucceeded" => {
                let thread = self.climb_to_kind(mark.kind, before);
                self.make_whole(thread);
                thread
            }
            "ParallelStateFailed" | "MapStateFailed" => {
                self.blame(mark, before);
                self.climb_to_kind(mark.kind, before)
            }
            _ => before,
        }
    }

    fn enter(&mut self, mark: &Mark<'_>, kind: &str, before: ThreadId) -> ThreadId {
        let name = mark.name.unwrap_or_default();
        let thread = match self.parallels.get(&mark.previous) {
            Some(&parent) => {
                let branch = format!("the branch that begins with \"{name}\"");
                self.child(parent, &format!("<{name}>"), &branch)
            }
            None => before,
        };
        self.threads[thread].open = Some((name.to_owned(), kind.to_owned()));
        thread
    }

    /// A Map's next iteration may follow the end of another one.
    fn iterate(&mut self, mark: &Mark<'_>, before: ThreadId) -> ThreadId {
        let map = self.climb(before, |(name, _)| Some(name.as_str()) == mark.name);
        let index = mark.index.unwrap_or_default();
        self.child(map, &format!("[{index}]"), &format!("iteration {index}"))
    }

    fn begin_fork(&mut self, mark: &Mark<'_>, before: ThreadId) -> ThreadId {
        let thread = self.climb_to_kind(mark.kind, before);
        // What is tried again points at the last event of the thread that failed.
        self.threads[before].is_blamed |= before != thread;
        let state = self.open_state(thread).unwrap_or_default().to_owned();
        *self.threads[thread].rounds.entry(state).or_default() += 1;
        let fork = Fork {
            started: mark.id,
            is_whole: false,
        };
        self.forks.insert(self.last_fork(thread), fork);
        if mark.kind == "ParallelStateStarted" {
            self.parallels.insert(mark.id, thread);
        }
        thread
    }

    /// The branch or iteration of what a thread has started last. At the
    /// greatest depth there are none.
    fn child(&mut self, parent: ThreadId, which: &str, described: &str) -> ThreadId {
        if self.threads[parent].depth == DEEPEST {
            self.is_too_deep = true;
            return parent;
        }
        let fork = self.last_fork(parent);
        let within = format!(
            " in {described} of \"{}\"{}",
            self.open_state(parent).unwrap_or_default(),
            self.threads[parent].within
        );
        let started = self.fork_event(&fork).unwrap_or_default();
        let path = self.threads[parent]
            .path
            .child(EventId(started), self.threads.len());
        let before = self.threads.len();
        let child = self.thread(format!("{fork}{which}"), within, Some(parent));
        if child == before {
            self.threads[child].path = path;
        }
        self.threads[child].fork = fork;
        child
    }

    /// The key of what a thread has started last: its own, the state that is
    /// open in it, and how often that did.
    fn last_fork(&self, thread: ThreadId) -> String {
        let state = self.open_state(thread).unwrap_or_default();
        let thread = &self.threads[thread];
        let round = thread.rounds.get(state).copied().unwrap_or_default();
        format!("{}/{state}#{round}", thread.key)
    }

    fn thread(&mut self, key: String, within: String, parent: Option<ThreadId>) -> ThreadId {
        let depth = parent.map_or(0, |parent| self.threads[parent].depth + 1);
        let threads = &mut self.threads;
        *self.by_key.entry(key).or_insert_with_key(|key| {
            threads.push(Thread {
                key: key.clone(),
                within,
                parent,
                depth,
                ..Thread::default()
            });
            threads.len() - 1
        })
    }

    /// The nearest thread, from this one outwards, whose open state is the one.
    fn climb(&self, from: ThreadId, is_it: impl Fn(&(String, String)) -> bool) -> ThreadId {
        let outwards = std::iter::successors(Some(from), |&thread| self.threads[thread].parent);
        let mut open = outwards.map(|thread| (thread, &self.threads[thread].open));
        let found = open.find(|(_, open)| open.as_ref().is_some_and(&is_it));
        found.map_or(from, |(thread, _)| thread)
    }

    /// The nearest thread in which a Parallel or a Map is open, as the event's
    /// type says.
    fn climb_to_kind(&self, event: &str, from: ThreadId) -> ThreadId {
        self.climb(from, |(_, kind)| event.starts_with(kind.as_str()))
    }

    /// A failure points at the last event of the thread that failed.
    fn blame(&mut self, mark: &Mark<'_>, before: ThreadId) {
        if mark.kind.ends_with("Failed") && self.by_event.contains_key(&mark.previous) {
            self.threads[before].is_blamed = true;
        }
    }

    /// All that the state open in a thread has started came to its end.
    fn make_whole(&mut self, thread: ThreadId) {
        let fork = self.last_fork(thread);
        if let Some(fork) = self.forks.get_mut(&fork) {
            fork.is_whole = true;
        }
    }
}

impl<'e> Mark<'e> {
    /// The mark of an event of ours. Its type is of interest only where the
    /// thread depends on it.
    pub(super) fn of(event: &'e HistoryEvent) -> Self {
        let (kind, name, index) = match &event.details {
            EventDetails::StateEntered { kind, name, .. } => (entered(*kind), Some(name), None),
            EventDetails::StateExited { name, .. } => ("StateExited", Some(name), None),
            EventDetails::ParallelStateStarted => ("ParallelStateStarted", None, None),
            EventDetails::ParallelStateSucceeded => ("ParallelStateSucceeded", None, None),
            EventDetails::ParallelStateFailed => ("ParallelStateFailed", None, None),
            EventDetails::MapStateStarted { .. } => ("MapStateStarted", None, None),
            EventDetails::MapStateSucceeded => ("MapStateSucceeded", None, None),
            EventDetails::MapStateFailed => ("MapStateFailed", None, None),
            EventDetails::MapIterationStarted { name, index } => {
                ("MapIterationStarted", Some(name), Some(*index))
            }
            EventDetails::ExecutionFailed(_) => ("ExecutionFailed", None, None),
            end if end.is_end() => ("Execution", None, None),
            EventDetails::ExecutionStarted { .. } => ("Execution", None, None),
            _ => ("", None, None),
        };
        Self {
            id: event.id.0,
            previous: event.previous.0,
            kind,
            name: name.map(sandstep_json::Text::as_str),
            index,
        }
    }
}

fn entered(kind: sandstep_asl::StateType) -> &'static str {
    use sandstep_asl::StateType::{Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait};
    match kind {
        Pass => "PassStateEntered",
        Task => "TaskStateEntered",
        Choice => "ChoiceStateEntered",
        Wait => "WaitStateEntered",
        Succeed => "SucceedStateEntered",
        Fail => "FailStateEntered",
        Parallel => "ParallelStateEntered",
        Map => "MapStateEntered",
    }
}
