//! Answers the tasks of one execution from its mocks.

use std::collections::HashMap;
use std::fmt;
use std::future::{pending, ready};
use std::sync::{Arc, Mutex};

use sandstep_asl::{Pattern, Target, Task, TaskOutcome};
use sandstep_driver::{TaskCall, TaskFuture, TaskReport, TaskRunner};
use sandstep_json::{Object, Text, Value};
use tokio::sync::Notify;

use super::{MockedAnswer, MockedOutcome, Mocks};

/// Answers the tasks of one execution: each execution needs a runner of its
/// own, which counts the invocations of its states.
///
/// States that are not mocked call their functions. What nothing can answer, a
/// [`Gap`], has no outcome that a definition could catch: the task never ends,
/// and whoever drives the execution waits for [`gap`](Self::gap) to stop it.
pub struct MockRunner {
    mocks: Mocks,
    invocations: Mutex<HashMap<Text, u64>>,
    otherwise: Arc<dyn TaskRunner>,
    first_gap: Mutex<Option<Gap>>,
    gap_found: Notify,
}

/// An invocation that nothing answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The state is not mocked, and its resource is no function that ends its
    /// task.
    NotMocked {
        /// The state.
        state: Text,
        /// Its `Resource`.
        resource: Text,
    },
    /// The state's mocked response has no answer for this invocation.
    NoAnswer {
        /// The state.
        state: Text,
        /// Which of its invocations, counted from 0.
        invocation: u64,
    },
}

impl MockRunner {
    /// A runner that has all states without mocks run by `otherwise`.
    pub fn new(mocks: Mocks, otherwise: Arc<dyn TaskRunner>) -> Self {
        Self {
            mocks,
            invocations: Mutex::default(),
            otherwise,
            first_gap: Mutex::default(),
            gap_found: Notify::new(),
        }
    }

    /// The first invocation that nothing answers, once there is one. Only one
    /// may wait for it.
    pub async fn gap(&self) -> Gap {
        loop {
            let gap = self
                .first_gap
                .lock()
                .expect("cloning does not panic")
                .clone();
            match gap {
                Some(gap) => return gap,
                None => self.gap_found.notified().await,
            }
        }
    }

    /// The answer to the next invocation of a task's state; `None` where the
    /// task is to be run.
    fn answer(&self, task: &Task) -> Option<Result<&MockedAnswer, Gap>> {
        let state = &task.state_name;
        let Some(response) = self.mocks.get(state) else {
            return match &task.target {
                Target::Function { .. } if !is_submitted(task) => None,
                _ => Some(Err(Gap::NotMocked {
                    state: state.clone(),
                    resource: task.resource.text().clone(),
                })),
            };
        };
        let invocation = self.count(state);
        Some(response.answer(invocation).ok_or_else(|| Gap::NoAnswer {
            state: state.clone(),
            invocation,
        }))
    }

    /// Which invocation of the state this is.
    fn count(&self, state: &Text) -> u64 {
        let mut invocations = self.invocations.lock().expect("counting does not panic");
        let next = invocations.entry(state.clone()).or_default();
        let invocation = *next;
        *next += 1;
        invocation
    }

    fn report_gap(&self, gap: Gap) {
        let mut first = self.first_gap.lock().expect("storing does not panic");
        first.get_or_insert(gap);
        self.gap_found.notify_one();
    }
}

impl TaskRunner for MockRunner {
    fn run(&self, call: TaskCall) -> TaskFuture {
        match self.answer(&call.task) {
            None => self.otherwise.run(call),
            Some(Ok(answer)) => Box::pin(ready(answer.report(&call.task))),
            Some(Err(gap)) => {
                self.report_gap(gap);
                Box::pin(pending())
            }
        }
    }
}

impl fmt::Debug for MockRunner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockRunner")
            .field("mocks", &self.mocks)
            .finish_non_exhaustive()
    }
}

impl MockedAnswer {
    fn report(&self, task: &Task) -> TaskReport {
        let outcome = self.outcome.clone().into();
        TaskReport {
            outcome: match is_submitted(task) {
                true => self.outcome.submitted(outcome),
                false => outcome,
            },
            virtual_duration: self.takes,
        }
    }
}

impl MockedOutcome {
    /// A job or a callback ends after its request was answered. Mocks have no
    /// word for that answer: the history shows what the task returns, as AWS's
    /// local Step Functions does, and nothing for one that throws.
    fn submitted(&self, outcome: TaskOutcome) -> TaskOutcome {
        let response = match self {
            Self::Return(result) => result.clone(),
            Self::Throw { .. } => Value::from(Object::new()),
        };
        TaskOutcome::Submitted {
            response,
            outcome: Box::new(outcome),
        }
    }
}

/// Whether the service's answer does not end the task (developer guide,
/// "Service integration patterns").
fn is_submitted(task: &Task) -> bool {
    task.resource.pattern() != Pattern::RequestResponse
}

impl From<MockedOutcome> for TaskOutcome {
    fn from(outcome: MockedOutcome) -> Self {
        match outcome {
            MockedOutcome::Return(result) => Self::Responded(result),
            MockedOutcome::Throw { error, cause } => Self::failed(error, cause),
        }
    }
}

impl Gap {
    /// The error that an execution is stopped with.
    pub const ERROR: &'static str = "Sandstep.NotMocked";
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMocked { state, resource } => write!(
                f,
                "the state \"{state}\" is not mocked, and its resource {resource} is no function \
                 that could be called instead"
            ),
            Self::NoAnswer { state, invocation } => write!(
                f,
                "the mocked response of the state \"{state}\" has no answer for invocation \
                 {invocation} (they are counted from 0 throughout an execution: retries, Map \
                 iterations and loops go on counting)"
            ),
        }
    }
}
