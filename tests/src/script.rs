//! Tasks that do what a case says.

use std::{
    collections::HashMap,
    future::ready,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sandstep_asl::{Task, TaskOutcome};
use sandstep_driver::{TaskCall, TaskFuture, TaskReport, TaskRunner};
use sandstep_json::{Object, Value};

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

    /// What the next attempt at a task does.
    pub fn play(&self, task: &Task) -> TaskReport {
        match self.next_outcome(&task.state_name) {
            None => TaskOutcome::Succeeded(task.input.clone()).into(),
            Some(outcome) => outcome.play(&task.input),
        }
    }

    fn next_outcome(&self, state: &str) -> Option<Outcome> {
        let outcomes = self.outcomes.get(state)?;
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let attempt = attempts.entry(state.to_owned()).or_insert(0);
        let outcome = outcomes.get(*attempt).or(outcomes.last());
        *attempt += 1;
        outcome.cloned()
    }
}

impl Outcome {
    fn play(self, input: &Value) -> TaskReport {
        match self {
            Self::Returns { result, takes } => TaskReport {
                outcome: TaskOutcome::Succeeded(fill(&result, input)),
                virtual_duration: takes,
            },
            Self::Submits { response, then } => {
                let then = then.play(input);
                TaskReport {
                    outcome: TaskOutcome::Submitted {
                        response,
                        outcome: Box::new(then.outcome),
                    },
                    ..then
                }
            }
            Self::Throws {
                error,
                cause,
                takes,
            } => TaskReport {
                outcome: TaskOutcome::Failed {
                    error: error.into(),
                    cause: cause.into(),
                },
                virtual_duration: takes,
            },
        }
    }
}

impl TaskRunner for Script {
    fn run(&self, call: TaskCall) -> TaskFuture {
        Box::pin(ready(self.play(&call.task)))
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
