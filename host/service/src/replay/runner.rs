//! Has tasks end as they did in a recording.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{pending, ready};
use std::sync::{Arc, Mutex};

use sandstep_asl::Task;
use sandstep_driver::{TaskCall, TaskFuture, TaskReport, TaskRunner};
use sandstep_json::Text;
use tokio::sync::Notify;

use super::tasks::{RecordedTask, RecordedTasks, never};
use super::threads::{ThreadId, Threads};
use crate::mock::{MockedResponse, Mocks};

/// The recorded outcomes that are left, and those that were asked for.
#[derive(Debug)]
pub(super) struct Feed {
    left: RecordedTasks,
    /// In the order in which they were asked for.
    taken: Vec<Taken>,
    takes_time: bool,
    not_recorded: Option<NotRecorded>,
}

#[derive(Debug)]
struct Taken {
    /// The thread's key and the state.
    place: (String, Text),
    task: RecordedTask,
}

/// A task that the recording has no outcome of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRecorded {
    /// The state.
    pub state: Text,
    /// Which attempt at it in its thread of control, counted from 1.
    pub attempt: usize,
    /// Where that is: ` in iteration 0 of "Each"`; empty outside of branches
    /// and iterations.
    pub within: String,
}

pub(super) struct ReplayRunner {
    feed: Arc<Mutex<Feed>>,
    threads: Arc<Mutex<Threads>>,
    is_missing: Notify,
}

impl Feed {
    pub(super) fn new(recorded: RecordedTasks) -> Self {
        Self {
            left: recorded,
            taken: Vec::new(),
            takes_time: true,
            not_recorded: None,
        }
    }

    /// Tasks that take no time, as mocked ones do.
    pub(super) fn without_time(recorded: RecordedTasks) -> Self {
        Self {
            takes_time: false,
            ..Self::new(recorded)
        }
    }

    pub(super) fn not_recorded(&self) -> Option<NotRecorded> {
        self.not_recorded.clone()
    }

    fn next(&mut self, threads: &Threads, thread: ThreadId, state: &Text) -> Option<TaskReport> {
        let place = (threads.key(thread).to_owned(), state.clone());
        let next = self
            .left
            .by_place
            .get_mut(&place)
            .and_then(|queue| queue.pop_front());
        let Some(task) = next else {
            if self.left.was_cut(&place.0, threads.fork(thread)) {
                return Some(never());
            }
            let earlier = self.taken.iter().filter(|taken| taken.place == place);
            self.not_recorded.get_or_insert_with(|| NotRecorded {
                state: state.clone(),
                attempt: earlier.count() + 1,
                within: threads.within(thread).to_owned(),
            });
            return None;
        };
        let report = task.report(self.takes_time);
        self.taken.push(Taken { place, task });
        Some(report)
    }

    /// The answers of each state, first in the order in which they were asked
    /// for, then those that nothing asked for, as they were recorded.
    pub(super) fn mocks(&self) -> Mocks {
        let left = self.left.by_place.iter();
        let mut left: Vec<(&Text, &RecordedTask)> = left
            .flat_map(|((_, state), tasks)| tasks.iter().map(move |task| (state, task)))
            .collect();
        left.sort_by_key(|(_, task)| task.scheduled);
        let taken = self.taken.iter().map(|taken| (&taken.place.1, &taken.task));
        let mut answers: BTreeMap<&Text, Vec<_>> = BTreeMap::new();
        for (state, task) in taken.chain(left) {
            let answers = answers.entry(state).or_default();
            answers.extend(task.answer(self.takes_time));
        }
        let mut mocks = Mocks::default();
        for (state, answers) in answers {
            mocks.insert(state.clone(), MockedResponse::in_order(answers));
        }
        mocks
    }
}

impl ReplayRunner {
    pub(super) fn new(feed: Arc<Mutex<Feed>>, threads: Arc<Mutex<Threads>>) -> Self {
        Self {
            feed,
            threads,
            is_missing: Notify::new(),
        }
    }

    /// The first task that the recording has no outcome of, once there is one.
    pub(super) async fn missing(&self) -> NotRecorded {
        loop {
            let missing = self
                .feed
                .lock()
                .expect("feeding does not panic")
                .not_recorded();
            match missing {
                Some(missing) => return missing,
                None => self.is_missing.notified().await,
            }
        }
    }

    fn next(&self, task: &Task) -> Option<TaskReport> {
        let threads = self.threads.lock().expect("placing does not panic");
        let thread = threads.of_event(task.id.scheduled().0);
        let mut feed = self.feed.lock().expect("feeding does not panic");
        feed.next(&threads, thread, &task.state_name)
    }
}

impl TaskRunner for ReplayRunner {
    fn run(&self, call: TaskCall) -> TaskFuture {
        match self.next(&call.task) {
            Some(report) => Box::pin(ready(report)),
            None => {
                self.is_missing.notify_one();
                Box::pin(pending())
            }
        }
    }
}

impl NotRecorded {
    /// The error that a replay is stopped with.
    pub const ERROR: &'static str = "Sandstep.NotRecorded";
}

impl fmt::Display for NotRecorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            state,
            attempt,
            within,
        } = self;
        write!(
            f,
            "the recording has no outcome of attempt {attempt} at the state \"{state}\"{within}"
        )
    }
}
