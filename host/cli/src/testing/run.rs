//! Runs one test.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sandstep_asl::{Inspection, Record, Start, StateMachine};
use sandstep_driver::{Clock, Driver, StopRequest, Watcher};
use sandstep_json::Value;
use sandstep_sandbox::{Call, Invocation};
use sandstep_service::mock::{Gap, MockRunner, Mocks};
use sandstep_service::{FunctionRunner, Functions, InvocationObserver};

use super::difference::differences;
use super::{Difference, Expectation, Hits, Paths, Plan};
use crate::terminal::{Paint, function_log};

/// The most bytes of functions' logs that are kept of a test.
const LOG_BYTES: usize = 64 << 10;

/// How many types of events are kept of a test: one that loops without waiting
/// makes millions.
const MOST_EVENTS: usize = 250_000;

/// A test that ran.
#[derive(Debug)]
pub(crate) struct Ran {
    /// What came out otherwise than expected: nothing, if it passed.
    pub(crate) differences: Vec<Difference>,
    /// What its functions printed.
    pub(crate) log: String,
    /// What it went through, where that was measured.
    pub(crate) hits: Hits,
    /// How long that took, by the wall clock.
    pub(crate) took: Duration,
}

/// A test on its way, which nothing is borrowed for.
pub(crate) struct Job {
    machine: Arc<StateMachine>,
    start: Start,
    clock: Clock,
    mocks: Mocks,
    expect: Expectation,
    functions: Functions,
    is_measured: bool,
}

impl Plan<'_> {
    /// The test with the functions that it calls; measured, it tells what it
    /// went through.
    pub(crate) fn job(&self, functions: Functions, is_measured: bool) -> Job {
        Job {
            machine: Arc::clone(&self.machine),
            start: self.start.clone(),
            clock: self.clock,
            mocks: self.mocks.clone(),
            expect: self.expect.clone(),
            functions,
            is_measured,
        }
    }
}

/// Runs a test to its end.
pub(crate) async fn run(job: Job) -> Ran {
    let begun = Instant::now();
    let logs = Logs::default();
    let functions = Arc::new(FunctionRunner::new(job.functions, logs.clone()));
    let runner = Arc::new(MockRunner::new(job.mocks, functions.clone()));
    let driver = Driver::new(runner.clone(), job.clock);
    let mut trace = Trace {
        is_measured: job.is_measured,
        wants_path: job.expect.path.is_some(),
        wants_events: job.expect.events.is_some(),
        ..Trace::default()
    };
    let outcome = driver
        .run_watched(job.machine, job.start, &mut trace, gap(&runner))
        .await;
    functions.finish().await;
    Ran {
        differences: differences(&job.expect, &outcome, &trace.paths, &trace.events),
        log: logs.into_text(),
        hits: trace.hits,
        took: begun.elapsed(),
    }
}

/// What is kept of an execution: not its payloads.
#[derive(Default)]
struct Trace {
    is_measured: bool,
    wants_path: bool,
    wants_events: bool,
    paths: Paths,
    /// The types of its events, where they matter.
    events: Vec<String>,
    hits: Hits,
}

impl Watcher for &mut Trace {
    fn append(&mut self, record: Record) {
        if self.wants_path {
            self.paths.follow(&record);
        }
        if self.is_measured {
            self.hits.see(&record);
        }
        let wants_event = self.wants_events && self.events.len() < MOST_EVENTS;
        if let Some(event) = record.event.filter(|_| wants_event) {
            self.events.push(event.type_name());
        }
    }

    fn wants_inspections(&self) -> bool {
        self.is_measured
    }

    fn inspect(&mut self, inspection: Inspection) {
        self.hits.decide(&inspection);
    }
}

/// What no mock answers ends the test.
async fn gap(runner: &MockRunner) -> StopRequest {
    let gap = runner.gap().await;
    StopRequest {
        error: Some(Gap::ERROR.to_owned()),
        cause: Some(gap.to_string()),
    }
}

/// Keeps what functions print until somebody wants to know.
#[derive(Clone, Default)]
struct Logs(Arc<Mutex<String>>);

impl Logs {
    fn into_text(self) -> String {
        std::mem::take(&mut *self.0.lock().expect("writing does not panic"))
    }
}

impl InvocationObserver for Logs {
    fn invoked(&self, function: &str, _call: &Call<'_>, invocation: &Invocation<Value>) {
        let mut text = self.0.lock().expect("writing does not panic");
        if text.len() < LOG_BYTES {
            *text += &function_log(function, &invocation.log, Paint::PLAIN);
        }
    }
}
