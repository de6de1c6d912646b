//! How the tasks of a recorded execution ended.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use sandstep_asl::{TaskOutcome, Timestamp};
use sandstep_driver::TaskReport;
use sandstep_json::{Object, Text, Value};

use super::event::Event;
use super::recording::Recording;
use super::runner::NotRecorded;
use super::threads::{ThreadId, Threads};
use crate::mock::{MockedAnswer, MockedOutcome};

/// The outcomes of tasks, one after the other for each state of each thread.
#[derive(Clone, Debug)]
pub(super) struct RecordedTasks {
    /// By the thread's key, then by the state.
    pub(super) by_place: HashMap<(String, Text), VecDeque<RecordedTask>>,
    threads: Arc<Threads>,
    is_whole: bool,
}

/// One attempt at a task.
#[derive(Clone, Debug)]
pub(super) struct RecordedTask {
    /// The event that scheduled it.
    pub(super) scheduled: u64,
    since: Option<Timestamp>,
    /// Within how many seconds it had to give signs of life.
    heartbeat: Option<u64>,
    /// `None` while the recording has no end of it.
    end: Option<TaskEnd>,
}

#[derive(Clone, Debug)]
struct TaskEnd {
    outcome: MockedOutcome,
    took: Duration,
    is_timeout: bool,
}

/// How much later than its timeout a task ends that ran into it: the timeout
/// comes first, whatever the recording's clocks say.
const AFTER_TIMEOUT: Duration = Duration::from_secs(3600);

impl RecordedTasks {
    pub(super) fn of(recording: &Recording) -> Self {
        let mut tasks = Self {
            by_place: HashMap::new(),
            threads: Arc::clone(&recording.threads),
            is_whole: recording.is_whole(),
        };
        let mut open: HashMap<ThreadId, (String, Text)> = HashMap::new();
        let mut states: HashMap<ThreadId, Text> = HashMap::new();
        for event in &recording.events {
            let thread = recording.threads.of_event(event.id);
            if event.kind.ends_with("StateEntered") {
                states.insert(thread, event.text("name").cloned().unwrap_or_default());
            } else if is_scheduled(&event.kind) {
                let state = states.get(&thread).cloned().unwrap_or_default();
                let place = (recording.threads.key(thread).to_owned(), state);
                let queue = tasks.by_place.entry(place.clone()).or_default();
                queue.push_back(RecordedTask::scheduled(event));
                open.insert(thread, place);
            } else if let Some(outcome) = outcome(event)
                && let Some(place) = open.remove(&thread)
                && let Some(task) = tasks.by_place.get_mut(&place).and_then(VecDeque::back_mut)
            {
                task.end(event, outcome);
            }
        }
        tasks
    }

    /// Whether others ended a thread of this key before it came to its own end,
    /// so that it may well have gone on to tasks that were never recorded.
    pub(super) fn was_cut(&self, key: &str, fork: &str) -> bool {
        let threads = &self.threads;
        let never_began = || threads.fork_event(fork).is_some() && !threads.is_whole(fork);
        let was_cut = threads
            .find_key(key)
            .map(|thread| threads.may_be_cut(thread));
        !self.is_whole || was_cut.unwrap_or_else(never_began)
    }
}

impl RecordedTask {
    fn scheduled(event: &Event) -> Self {
        let seconds = event.details.get("heartbeatInSeconds");
        let seconds = seconds.and_then(Value::as_i64);
        Self {
            scheduled: event.id,
            since: event.timestamp,
            heartbeat: seconds.and_then(|seconds| u64::try_from(seconds).ok()),
            end: None,
        }
    }

    fn end(&mut self, event: &Event, outcome: MockedOutcome) {
        let took = match (event.timestamp, self.since) {
            (Some(end), Some(start)) => end.since(start),
            _ => Duration::ZERO,
        };
        self.end = Some(TaskEnd {
            outcome,
            took,
            is_timeout: event.kind.ends_with("TimedOut"),
        });
    }

    /// What the task answers, where the recording has it, in its time or in none.
    pub(super) fn answer(&self, takes_time: bool) -> Option<MockedAnswer> {
        let end = self.end.as_ref()?;
        Some(MockedAnswer {
            outcome: end.outcome.clone(),
            takes: match takes_time {
                true => self.duration(end),
                false => Duration::ZERO,
            },
        })
    }

    /// How the task ends, and when. One whose end was not recorded never does.
    pub(super) fn report(&self, takes_time: bool) -> TaskReport {
        match self.answer(takes_time) {
            Some(answer) => TaskReport {
                outcome: answer.outcome.into(),
                virtual_duration: answer.takes,
            },
            None => never(),
        }
    }

    fn duration(&self, end: &TaskEnd) -> Duration {
        if end.is_timeout {
            return end.took + AFTER_TIMEOUT;
        }
        // Its signs of life stand in no history.
        let alive = self.heartbeat.map(Duration::from_secs);
        let alive = alive.map(|alive| alive.saturating_sub(Duration::from_millis(1)));
        alive.map_or(end.took, |alive| end.took.min(alive))
    }
}

/// A task of which the recording has no end, since others ended first. If none
/// do now, it fails when everything else is over.
pub(super) fn never() -> TaskReport {
    TaskReport {
        outcome: TaskOutcome::failed(
            NotRecorded::ERROR,
            "the recording does not tell how this task ended",
        ),
        virtual_duration: Duration::MAX,
    }
}

fn is_scheduled(kind: &str) -> bool {
    matches!(
        kind,
        "TaskScheduled" | "LambdaFunctionScheduled" | "ActivityScheduled"
    )
}

/// The outcome that an event tells of; a payload that was not fetched is the
/// empty object.
fn outcome(event: &Event) -> Option<MockedOutcome> {
    match &*event.kind {
        "TaskSucceeded" | "LambdaFunctionSucceeded" | "ActivitySucceeded" => {
            let output = event.payload("output");
            let output = output.unwrap_or_else(|| Object::new().into());
            Some(MockedOutcome::Return(output))
        }
        kind if is_failure(kind) => {
            let text = |key| event.text(key).cloned();
            let unsaid = match kind.ends_with("TimedOut") {
                true => "States.Timeout",
                false => "",
            };
            Some(MockedOutcome::Throw {
                error: text("error").unwrap_or_else(|| unsaid.into()),
                cause: text("cause").unwrap_or_default(),
            })
        }
        _ => None,
    }
}

/// Whether a task ended badly, its start included.
pub(super) fn is_failure(kind: &str) -> bool {
    let of_task = ["Task", "LambdaFunction", "Activity"]
        .iter()
        .find_map(|family| kind.strip_prefix(family));
    matches!(
        of_task,
        Some("Failed" | "TimedOut" | "ScheduleFailed" | "StartFailed" | "SubmitFailed")
    )
}
