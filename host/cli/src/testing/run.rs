//! Runs one test.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sandstep_asl::{Record, Start, StateMachine};
use sandstep_driver::{Clock, Driver, StopRequest};
use sandstep_json::Value;
use sandstep_sandbox::Invocation;
use sandstep_service::mock::{Gap, MockRunner, Mocks};
use sandstep_service::{FunctionRunner, Functions, InvocationObserver};

use super::difference::differences;
use super::{Difference, Expectation, Paths, Plan};
use crate::terminal::{Paint, function_log};

/// The most bytes of functions' logs that are kept of a test.
const LOG_BYTES: usize = 64 << 10;

/// A test that ran.
#[derive(Debug)]
pub(crate) struct Ran {
    /// What came out otherwise than expected: nothing, if it passed.
    pub(crate) differences: Vec<Difference>,
    /// What its functions printed.
    pub(crate) log: String,
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
}

impl Plan<'_> {
    /// The test with the functions that it calls.
    pub(crate) fn job(&self, functions: Functions) -> Job {
        Job {
            machine: Arc::clone(&self.machine),
            start: self.start.clone(),
            clock: self.clock,
            mocks: self.mocks.clone(),
            expect: self.expect.clone(),
            functions,
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
    let (mut paths, mut events) = (Paths::default(), Vec::new());
    let wants_events = job.expect.events.is_some();
    let append = |record: Record| {
        paths.follow(&record);
        if let Some(event) = record.event.filter(|_| wants_events) {
            events.push(event.type_name());
        }
    };
    let outcome = driver
        .run(job.machine, job.start, append, gap(&runner))
        .await;
    functions.finish().await;
    Ran {
        differences: differences(&job.expect, &outcome, &paths, &events),
        log: logs.into_text(),
        took: begun.elapsed(),
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
    fn invoked(&self, function: &str, invocation: &Invocation<Value>) {
        let mut text = self.0.lock().expect("writing does not panic");
        if text.len() < LOG_BYTES {
            *text += &function_log(function, &invocation.log, Paint::PLAIN);
        }
    }
}
