//! One thread of control: the root, a branch of a Parallel state, or an
//! iteration of a Map.

use std::{collections::BTreeMap, sync::Arc};

use sandstep_json::{Object, Value};

use super::{
    record::{MapPlan, ThreadPath},
    task::{Task, TaskId},
};
use crate::{history::EventId, machine::StateId, resource::Resource, timestamp::Timestamp};

/// Finds a live thread in its execution; reused after the thread ends.
pub(super) type ThreadId = usize;

#[derive(Debug)]
pub(super) struct Thread {
    pub(super) path: ThreadPath,
    /// Who waits for this thread, and which of its children this is.
    pub(super) parent: Option<(ThreadId, usize)>,
    /// What the next event's `previousEventId` is.
    pub(super) previous: EventId,
    /// The last event of all, those included that are passed by.
    pub(super) latest: EventId,
    pub(super) state: StateId,
    /// The event that entered the state, and when it did.
    pub(super) entered: EventId,
    pub(super) entered_at: Timestamp,
    /// What the event that entered the state followed.
    pub(super) entered_after: EventId,
    /// The raw input of the state that the thread is in; after exiting it, the
    /// output, which the next state enters with.
    pub(super) data: Value,
    /// The event that scheduled the task of the state's last attempt.
    pub(super) scheduled: Option<EventId>,
    /// How often each retrier of the state was used; empty before the first.
    pub(super) retries: Vec<u64>,
    /// The `Map` member of the context object, in an iteration and in
    /// everything below it.
    pub(super) map_item: Option<Value>,
    /// The variables that its states assigned; `None` before the first.
    pub(super) variables: Option<Object>,
    pub(super) phase: Phase,
}

/// What a thread is about to do, or waits for.
#[derive(Debug)]
pub(super) enum Phase {
    /// It will enter this state.
    Entering(StateId),
    /// It is inside its state and decides at once what comes next. No thread
    /// is in this phase between two calls from outside.
    Deciding,
    /// It sleeps in a Wait state.
    Waiting { until: Timestamp },
    /// It sleeps before a retry of its state.
    Retrying { due: Timestamp },
    /// Its task was scheduled.
    Running(Box<RunningTask>),
    /// Its branches or iterations run.
    Joining(Box<Children>),
    /// None of its branches or iterations runs any more. What they came to is
    /// kept until the state is left: a redrive goes on from it.
    Joined(Box<Children>),
    /// It was redriven, and will decide once more what its state does.
    Resuming,
}

/// A scheduled task and its deadlines.
#[derive(Debug)]
pub(super) struct RunningTask {
    pub(super) task: TaskId,
    pub(super) resource: Arc<Resource>,
    pub(super) stage: TaskStage,
    pub(super) timeout_seconds: Option<u64>,
    /// How many seconds each heartbeat buys.
    pub(super) heartbeat_seconds: Option<u64>,
    /// When it times out, once the time counts.
    pub(super) timeout: Option<Timestamp>,
    /// When the next heartbeat is due, once the time counts.
    pub(super) heartbeat: Option<Timestamp>,
    /// What to poll again once a `.sync` task was submitted.
    pub(super) follow: Option<Box<Task>>,
}

/// How far a task has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TaskStage {
    Scheduled,
    /// It began to run then, as the history tells it.
    Started(Timestamp),
    /// A service took its request, and something else ends it.
    Submitted,
}

/// The branches of a Parallel state or the iterations of a Map.
#[derive(Debug)]
pub(super) struct Children {
    /// The event that started them; their paths carry it.
    pub(super) started: EventId,
    pub(super) plan: Plan,
    /// Each child's output once it has one.
    pub(super) results: Vec<Option<Value>>,
    /// How many bytes of JSON text the outputs have together.
    pub(super) result_bytes: usize,
    /// The children that live.
    pub(super) running: BTreeMap<usize, ThreadId>,
    /// The children that failed or were aborted, as they were then: a redrive
    /// revives them.
    pub(super) lost: BTreeMap<usize, Box<Thread>>,
    /// How many were started, ended ones included.
    pub(super) launched: usize,
    /// How many iterations failed and were tolerated.
    pub(super) failed: usize,
}

/// What children are started with.
#[derive(Debug)]
pub(super) enum Plan {
    /// The input of every branch.
    Parallel(Value),
    Map(Box<MapPlan>),
}

impl Thread {
    /// The thread that a parent (or nobody) waits for, before it enters its
    /// first state.
    pub(super) fn new(
        path: ThreadPath,
        parent: Option<(ThreadId, usize)>,
        previous: EventId,
        start_at: StateId,
    ) -> Self {
        Self {
            path,
            parent,
            previous,
            latest: previous,
            state: start_at,
            entered: EventId::default(),
            entered_at: Timestamp::default(),
            entered_after: EventId::default(),
            data: Value::Null,
            scheduled: None,
            retries: Vec::new(),
            map_item: None,
            variables: None,
            phase: Phase::Entering(start_at),
        }
    }

    /// How often the state it is in was retried, by all retriers together.
    pub(super) fn retry_count(&self) -> u64 {
        self.retries.iter().sum()
    }

    /// Its task, until that has ended.
    pub(super) fn running_task(&self) -> Option<TaskId> {
        match &self.phase {
            Phase::Running(running) => Some(running.task),
            _ => None,
        }
    }

    /// When time alone will move this thread.
    pub(super) fn due(&self) -> Option<Timestamp> {
        match &self.phase {
            Phase::Waiting { until } => Some(*until),
            Phase::Retrying { due } => Some(*due),
            Phase::Running(running) => running.due(),
            Phase::Entering(_)
            | Phase::Deciding
            | Phase::Joining(_)
            | Phase::Joined(_)
            | Phase::Resuming => None,
        }
    }
}

impl RunningTask {
    /// When it began to run, if that is what it does.
    pub(super) fn started(&self) -> Option<Timestamp> {
        match self.stage {
            TaskStage::Started(at) => Some(at),
            TaskStage::Scheduled | TaskStage::Submitted => None,
        }
    }

    fn due(&self) -> Option<Timestamp> {
        self.timeout.into_iter().chain(self.heartbeat).min()
    }
}

impl Children {
    pub(super) fn new(started: EventId, count: usize, plan: Plan) -> Self {
        Self {
            started,
            plan,
            results: vec![None; count],
            result_bytes: 0,
            running: BTreeMap::new(),
            lost: BTreeMap::new(),
            launched: 0,
            failed: 0,
        }
    }

    /// What a Map was started with; `None` in a Parallel state.
    pub(super) fn map_plan(&self) -> Option<&MapPlan> {
        match &self.plan {
            Plan::Parallel(_) => None,
            Plan::Map(plan) => Some(plan),
        }
    }

    /// Whether another child may start, as far as its siblings go.
    pub(super) fn wants_more(&self) -> bool {
        let concurrency = self.map_plan().map_or(usize::MAX, |plan| plan.concurrency);
        self.launched < self.results.len() && self.running.len() < concurrency
    }

    /// Whether every child was started and none is left.
    pub(super) fn is_done(&self) -> bool {
        self.launched == self.results.len() && self.running.is_empty()
    }
}
