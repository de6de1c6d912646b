//! One behaviour case: a file in `tests/cases`.
//!
//! ```yaml
//! # What the case proves, for people.
//! definition: { StartAt: …, States: { … } }
//! type: EXPRESS                  # STANDARD unless said
//! limits: { payload_bytes: 100, variable_bytes: 200, history_events: 12, inline_concurrency: 2 }
//! input: { … }                   # {} unless said
//! clock: virtual                 # where moments matter, or a wait is very long
//! stop: { after: 5, error: …, cause: … }    # seconds
//! redrive: { times: 2, after: 10 }          # whenever it ended without success; seconds
//! tasks:                         # by the state's name
//!   Work:
//!     - returns: { … }           # a template: `$` is the task's input
//!       takes: 5                 # seconds; 0 unless said
//!     - throws: { error: Boom, cause: it broke }
//!       submits: { … }           # what a service answers before the task ends
//!     - accepts: { … }           # the same, and somebody with the token goes on:
//!       beats: [2, 4]            # signs of life, in seconds from then
//!       returns: { … }           # or throws; `takes` counts from then as well
//!     - worker: { name: …, after: 3 }      # takes an activity's task, goes on so
//!       returns: { … }
//!     - activity: missing
//! expect:
//!   status: SUCCEEDED
//!   output: { … }                # or error and cause
//!   history: |
//!     …
//! ```
//!
//! A state's last outcome repeats. A state without outcomes echoes its input.

use std::{collections::HashMap, sync::Arc, time::Duration};

use sandstep_asl::{Limits, StateMachine, source};
use sandstep_json::{Object, Value};

use crate::script::{Hands, Outcome, Script};

/// A case, read and parsed.
pub struct Case {
    /// The machine under test.
    pub machine: Arc<StateMachine>,
    /// The execution's input.
    pub input: Value,
    /// What the execution may use.
    pub limits: Limits,
    /// Whether it comes out like this only if it starts at the cases' moment, or
    /// waits too long to count naps.
    pub needs_virtual_clock: bool,
    /// When the execution is stopped from outside, and with what error.
    pub stop: Option<Stop>,
    /// How it is redriven where it does not succeed.
    pub redrive: Option<Redrives>,
    /// What its tasks do.
    pub script: Script,
    /// What it should come to.
    pub expect: Expectation,
}

/// A stop from outside.
#[derive(Clone, Debug)]
pub struct Stop {
    /// How long after the start.
    pub after: Duration,
    /// The error to report.
    pub error: Option<String>,
    /// The cause to report.
    pub cause: Option<String>,
}

/// Redrives of an execution that ended without success.
#[derive(Clone, Copy, Debug)]
pub struct Redrives {
    /// How many, at most.
    pub times: u64,
    /// How long after each end.
    pub after: Duration,
}

/// What a case expects.
#[derive(Clone, Debug, Default)]
pub struct Expectation {
    /// `SUCCEEDED`, `FAILED`, `TIMED_OUT` or `ABORTED`.
    pub status: String,
    /// The output, where it succeeds.
    pub output: Option<Value>,
    /// The error's name, where it has one.
    pub error: Option<String>,
    /// The cause, where it has one.
    pub cause: Option<String>,
    /// The history in the form of [`crate::history_text`].
    pub history: String,
}

impl Case {
    /// Reads a case from its file's text.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the file, in words for its author.
    pub fn parse(text: &str) -> Result<Self, String> {
        let document = source::read(text)
            .map_err(|error| error.to_string())?
            .to_value();
        let member = |key: &str| document.get(key);
        let definition = member("definition").ok_or("the case has no definition")?;
        let parsed = StateMachine::parse(&definition.to_string());
        let problems: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
        let machine = parsed.machine.ok_or_else(|| problems.join("\n"))?;
        Ok(Self {
            machine: Arc::new(machine),
            input: member("input")
                .cloned()
                .unwrap_or_else(|| Object::new().into()),
            limits: limits(member("type"), member("limits")),
            needs_virtual_clock: member("clock").and_then(Value::as_str) == Some("virtual"),
            stop: member("stop").map(stop),
            redrive: member("redrive").map(redrive),
            script: script(member("tasks"))?,
            expect: member("expect").map(expectation).unwrap_or_default(),
        })
    }
}

fn limits(kind: Option<&Value>, overrides: Option<&Value>) -> Limits {
    let is_express = kind.and_then(Value::as_str) == Some("EXPRESS");
    let mut limits = if is_express {
        Limits::express()
    } else {
        Limits::default()
    };
    let number = |key| overrides?.get(key)?.as_i64()?.try_into().ok();
    if let Some(bytes) = number("payload_bytes") {
        limits.payload_bytes = bytes;
    }
    if let Some(events) = number("history_events") {
        limits.history_events = Some(events as u64);
    }
    if let Some(bytes) = number("variable_bytes") {
        limits.variable_bytes = bytes;
    }
    if let Some(iterations) = number("inline_concurrency") {
        limits.inline_concurrency = iterations;
    }
    if let Some(threads) = number("threads") {
        limits.threads = threads;
    }
    limits
}

fn stop(stop: &Value) -> Stop {
    let text = |key| stop.get(key).and_then(Value::as_str).map(str::to_owned);
    Stop {
        after: seconds(stop.get("after")),
        error: text("error"),
        cause: text("cause"),
    }
}

fn redrive(redrive: &Value) -> Redrives {
    let times = redrive.get("times").and_then(Value::as_i64);
    Redrives {
        times: times.and_then(|times| times.try_into().ok()).unwrap_or(1),
        after: seconds(redrive.get("after")),
    }
}

fn script(tasks: Option<&Value>) -> Result<Script, String> {
    let mut outcomes = HashMap::new();
    let states = tasks
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Object::iter);
    for (state, list) in states {
        let list = list
            .as_array()
            .ok_or_else(|| format!("the outcomes of {state} are no list"))?;
        let list: Result<Vec<Outcome>, String> = list.iter().map(outcome).collect();
        outcomes.insert(state.to_string(), list?);
    }
    Ok(Script::new(outcomes))
}

fn outcome(outcome: &Value) -> Result<Outcome, String> {
    if outcome.get("activity").is_some() {
        return Ok(Outcome::NoActivity);
    }
    let end = end(outcome)?;
    let then = Box::new(end.clone());
    Ok(match (outcome.get("submits"), hands(outcome)) {
        (Some(response), _) => Outcome::Submits {
            response: response.clone(),
            then,
        },
        (None, Some(to)) => Outcome::HandedOver {
            to,
            beats: beats(outcome),
            then,
        },
        (None, None) => end,
    })
}

/// Who gets a task in hand, if somebody does.
fn hands(outcome: &Value) -> Option<Hands> {
    if let Some(response) = outcome.get("accepts") {
        return Some(Hands::Service(response.clone()));
    }
    let worker = outcome.get("worker")?;
    Some(Hands::Worker {
        name: worker.get("name").and_then(Value::as_text).cloned(),
        after: seconds(worker.get("after")),
    })
}

fn beats(outcome: &Value) -> Vec<Duration> {
    let beats = outcome.get("beats").and_then(Value::as_array);
    let beats = beats.into_iter().flat_map(|beats| beats.iter());
    beats.map(|beat| seconds(Some(beat))).collect()
}

fn end(outcome: &Value) -> Result<Outcome, String> {
    let takes = seconds(outcome.get("takes"));
    if let Some(result) = outcome.get("returns") {
        return Ok(Outcome::Returns {
            result: result.clone(),
            takes,
        });
    }
    let thrown = outcome
        .get("throws")
        .ok_or("an outcome neither returns nor throws")?;
    let text = |key| {
        thrown
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Ok(Outcome::Throws {
        error: text("error"),
        cause: text("cause"),
        takes,
    })
}

fn seconds(value: Option<&Value>) -> Duration {
    let seconds = value
        .and_then(Value::as_number)
        .map_or(0.0, |number| number.as_f64());
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

fn expectation(expect: &Value) -> Expectation {
    let text = |key| expect.get(key).and_then(Value::as_str).map(str::to_owned);
    Expectation {
        status: text("status").unwrap_or_default(),
        output: expect.get("output").cloned(),
        error: text("error"),
        cause: text("cause"),
        history: text("history").unwrap_or_default(),
    }
}
