//! Tasks that do what a case says.

use std::{
    collections::HashMap,
    future::ready,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sandstep_asl::{Task, TaskOutcome};
use sandstep_driver::{TaskCall, TaskFuture, TaskReport, TaskRunner};
use sandstep_json::{Object, Text, Value};

/// What each state's tasks do, attempt by attempt.
#[derive(Debug, Default)]
pub struct Script {
    outcomes: HashMap<String, Vec<Outcome>>,
    attempts: Mutex<HashMap<String, usize>>,
}

/// What one attempt does.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It returns this; the text `"$"` in it stands for its input.
    Returns {
        /// The result.
        result: Value,
        /// How long that takes.
        takes: Duration,
    },
    /// A service takes the request, before the task ends.
    Submits {
        /// What the service answers.
        response: Value,
        /// How the task ends.
        then: Box<Outcome>,
    },
    /// Somebody outside has the task in hand, and ends it.
    HandedOver {
        /// Who, and how they come to it.
        to: Hands,
        /// When they give signs of life, from when they have it.
        beats: Vec<Duration>,
        /// How they end it.
        then: Box<Outcome>,
    },
    /// There is no such activity.
    NoActivity,
    /// It fails.
    Throws {
        /// The error's name.
        error: String,
        /// The cause.
        cause: String,
        /// How long that takes.
        takes: Duration,
    },
}

/// Who has a task in hand.
#[derive(Clone, Debug)]
pub enum Hands {
    /// A job, or whoever got the task's token: a service took the request, and
    /// answered this.
    Service(Value),
    /// An activity's worker, which takes the task some time after it was
    /// scheduled.
    Worker {
        /// What it calls itself.
        name: Option<Text>,
        /// How much later.
        after: Duration,
    },
}

impl Script {
    /// A script with the outcomes of each state, by its name.
    pub fn new(outcomes: HashMap<String, Vec<Outcome>>) -> Self {
        Self {
            outcomes,
            attempts: Mutex::default(),
        }
    }

    /// A fresh copy, no attempt of which was made.
    pub fn fresh(&self) -> Self {
        Self::new(self.outcomes.clone())
    }

    /// Whether somebody outside has a task in hand at some time, whom a driver
    /// in memory does not know.
    pub fn needs_others(&self) -> bool {
        let mut outcomes = self.outcomes.values().flatten();
        outcomes.any(|outcome| matches!(outcome, Outcome::HandedOver { .. } | Outcome::NoActivity))
    }

    /// What the next attempt at a task does; a task that is followed goes on
    /// with its last one.
    pub fn next(&self, task: &Task) -> Outcome {
        let state = task.state_name.as_str();
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let attempt = attempts.entry(state.to_owned()).or_insert(0);
        *attempt += usize::from(task.job.is_none());
        let outcomes = self.outcomes.get(state).map_or(&[][..], Vec::as_slice);
        let outcome = outcomes.get(*attempt - 1).or(outcomes.last());
        outcome.cloned().unwrap_or_else(|| Outcome::Returns {
            result: "$".into(),
            takes: Duration::ZERO,
        })
    }
}

impl Outcome {
    /// What a task of this input reports. One that is handed over reports that
    /// it was accepted, and the end once it is followed.
    pub fn report(self, task: &Task) -> TaskReport {
        match self {
            Self::Returns { result, takes } => TaskReport {
                outcome: TaskOutcome::Succeeded(fill(&result, &task.input)),
                virtual_duration: takes,
            },
            Self::Submits { response, then } => {
                let then = then.report(task);
                TaskReport {
                    outcome: TaskOutcome::Submitted {
                        response,
                        outcome: Box::new(then.outcome),
                    },
                    ..then
                }
            }
            Self::HandedOver {
                to: Hands::Service(response),
                ..
            } if task.job.is_none() => TaskOutcome::Accepted(response).into(),
            Self::HandedOver { then, .. } => then.report(task),
            Self::NoActivity => unreachable!("no runner is asked to run an activity's task"),
            Self::Throws {
                error,
                cause,
                takes,
            } => TaskReport {
                outcome: TaskOutcome::failed(error, cause),
                virtual_duration: takes,
            },
        }
    }
}

impl TaskRunner for Script {
    fn run(&self, call: TaskCall) -> TaskFuture {
        Box::pin(ready(self.next(&call.task).report(&call.task)))
    }
}

fn fill(template: &Value, input: &Value) -> Value {
    match template {
        Value::String(text) if **text == *"$" => input.clone(),
        Value::Object(members) => {
            let filled = members
                .iter()
                .map(|(key, value)| (key.clone(), fill(value, input)));
            filled.collect::<Object>().into()
        }
        other => other.clone(),
    }
}
