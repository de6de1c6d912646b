//! Ways to run a case. Each should give the same history.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    future::pending,
    sync::Arc,
};

use sandstep_asl::{
    EventId, Execution, HistoryEvent, Outcome, Record, Start, TaskOutcome, Timestamp,
};
use sandstep_driver::{Clock, Driver, StopRequest, TaskCall, TaskFuture, TaskRunner};

use crate::{
    case::{Case, Stop},
    script::Script,
};

/// When executions of cases start.
pub const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// What came of a case.
pub struct Run {
    /// How it ended.
    pub outcome: Outcome,
    /// All its events.
    pub events: Vec<HistoryEvent>,
}

/// What an execution of a case is started with.
pub fn start(case: &Case) -> Start {
    Start {
        input: case.input.clone(),
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:case:run".into(),
        name: "run".into(),
        role_arn: "arn:aws:iam::123456789012:role/case".into(),
        machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:case".into(),
        machine_name: "case".into(),
        redrive_count: Some(0),
        seed: 7,
        limits: case.limits.clone(),
    }
}

/// Runs a case as the product does: through the driver, on the virtual clock.
pub async fn through_driver(case: &Case) -> Run {
    let driver = Driver::new(Arc::new(case.script.fresh()), Clock::Virtual(START));
    let mut events = Vec::new();
    let machine = Arc::clone(&case.machine);
    let append = |record: Record| events.extend(record.event);
    let outcome = driver.run(machine, start(case), append, pending()).await;
    Run { outcome, events }
}

/// Runs a case through the driver on the real clock, with a stop where the case
/// has one. Needs a runtime whose time is paused: tokio then goes on to the next
/// timer when there is nothing else to do.
pub async fn in_real_time(case: &Case) -> Run {
    let driver = Driver::new(Arc::new(TakesItsTime(case.script.fresh())), Clock::Real);
    let mut events = Vec::new();
    let machine = Arc::clone(&case.machine);
    let append = |record: Record| events.extend(record.event);
    let outcome = driver
        .run(machine, start(case), append, stop(case.stop.clone()))
        .await;
    Run { outcome, events }
}

/// Asks for the stop of a case at its time.
async fn stop(stop: Option<Stop>) -> StopRequest {
    let Some(stop) = stop else {
        return pending().await;
    };
    tokio::time::sleep(stop.after).await;
    StopRequest {
        error: stop.error,
        cause: stop.cause,
    }
}

/// A script whose tasks take as long as it says.
struct TakesItsTime(Script);

impl TaskRunner for TakesItsTime {
    fn run(&self, call: TaskCall) -> TaskFuture {
        let report = self.0.play(&call.task);
        Box::pin(async {
            if !report.virtual_duration.is_zero() {
                tokio::time::sleep(report.virtual_duration).await;
            }
            report
        })
    }
}

/// When a loop throws its execution away and restores it from its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restore {
    /// Never.
    Never,
    /// At each wait, and at its end.
    AtWaits,
    /// After each of its first records too, and after some of the later ones: its
    /// batches are cut off there.
    Anywhere,
}

/// After how many records an execution is not restored after each.
const CLOSE_RECORDS: usize = 200;

/// Runs a case in a loop of its own, with a stop and with redrives where the case
/// has them.
pub fn in_a_loop(case: &Case, restore: Restore) -> Run {
    recorded(case, restore).0
}

/// Runs a case as [`in_a_loop`] does, and keeps its records.
pub fn recorded(case: &Case, restore: Restore) -> (Run, Vec<Record>) {
    let start = start(case);
    let execution = Execution::start(Arc::clone(&case.machine), start.clone(), START);
    let mut simulation = Simulation {
        case,
        start,
        execution,
        records: Vec::new(),
        restore,
        script: case.script.fresh(),
        now: START,
        ends: BinaryHeap::new(),
        outcomes: HashMap::new(),
        stop: case.stop.as_ref().map(|stop| START + stop.after),
    };
    simulation.run();
    while simulation.redrive() {
        simulation.run();
    }
    let outcome = simulation
        .execution
        .outcome()
        .cloned()
        .expect("the loop ends with an outcome");
    let records = simulation.records;
    let events = records.iter().filter_map(|record| record.event.clone());
    let events = events.collect();
    (Run { outcome, events }, records)
}

struct Simulation<'a> {
    case: &'a Case,
    start: Start,
    execution: Execution,
    records: Vec<Record>,
    restore: Restore,
    script: Script,
    now: Timestamp,
    /// When tasks end, by the event that scheduled them: a restored execution
    /// names them by that too.
    ends: BinaryHeap<Reverse<(Timestamp, EventId)>>,
    outcomes: HashMap<EventId, TaskOutcome>,
    /// When it will be stopped.
    stop: Option<Timestamp>,
}

impl Simulation<'_> {
    /// Goes on until the execution has ended.
    fn run(&mut self) {
        while self.execution.outcome().is_none() || self.drain() {
            self.turn();
        }
    }

    /// Redrives the execution where it did not succeed and the case says so.
    fn redrive(&mut self) -> bool {
        let Some(redrives) = self.case.redrive else {
            return false;
        };
        let before = self.execution.redrive().map_or(0, |redrive| redrive.count);
        if before == redrives.times
            || matches!(self.execution.outcome(), Some(Outcome::Succeeded(_)))
        {
            return false;
        }
        if self.restore != Restore::Never {
            self.restore();
        }
        self.now = self.now + redrives.after;
        self.execution.handle_redrive(self.now).is_ok()
    }

    /// One wait, and what ends it.
    fn turn(&mut self) {
        self.drain();
        if self.execution.outcome().is_some() {
            return;
        }
        if self.restore != Restore::Never {
            self.restore();
        }
        if self.start_task() {
            return;
        }
        let due = self.execution.poll_timeout();
        let next = due.into_iter().chain(self.stop).min();
        match self.ends.peek().copied() {
            Some(Reverse((at, scheduled))) if next.is_none_or(|next| at < next) => {
                self.ends.pop();
                self.now = self.now.max(at);
                self.end_task(scheduled);
            }
            _ => self.pass_time(next.expect("something is due where nothing runs")),
        }
    }

    fn drain(&mut self) -> bool {
        let before = self.records.len();
        while let Some(record) = self.execution.poll_record() {
            self.records.push(record);
            if self.restore == Restore::Anywhere && self.is_close() {
                self.forget_cancelled();
                self.records.extend(self.execution.cut_batch());
                self.restore();
            }
        }
        self.forget_cancelled();
        self.records.len() > before
    }

    fn is_close(&self) -> bool {
        let records = self.records.len();
        records < CLOSE_RECORDS || records.is_multiple_of(CLOSE_RECORDS)
    }

    fn forget_cancelled(&mut self) {
        while let Some(task) = self.execution.poll_cancelled() {
            self.outcomes.remove(&task.scheduled());
        }
    }

    fn restore(&mut self) {
        let machine = Arc::clone(&self.case.machine);
        self.execution = Execution::restore(machine, self.start.clone(), self.records.clone())
            .expect("an execution's own records restore it");
    }

    /// Starts the next task that does not run yet. A restored execution asks
    /// for all that had not ended.
    fn start_task(&mut self) -> bool {
        while let Some(task) = self.execution.poll_task() {
            let scheduled = task.id.scheduled();
            if self.outcomes.contains_key(&scheduled) {
                continue;
            }
            self.execution.handle_started(task.id, self.now);
            // The start itself may be the last event that the history allows.
            if self.execution.outcome().is_some() {
                return true;
            }
            let report = self.script.play(&task);
            if report.virtual_duration.is_zero() {
                self.execution
                    .handle_task(task.id, report.outcome, self.now);
            } else {
                self.outcomes.insert(scheduled, report.outcome);
                self.ends
                    .push(Reverse((self.now + report.virtual_duration, scheduled)));
            }
            return true;
        }
        false
    }

    fn end_task(&mut self, scheduled: EventId) {
        let Some(outcome) = self.outcomes.remove(&scheduled) else {
            return;
        };
        if let Some(id) = self.execution.running_task(scheduled) {
            self.execution.handle_task(id, outcome, self.now);
        }
    }

    fn pass_time(&mut self, next: Timestamp) {
        self.now = self.now.max(next);
        match &self.case.stop {
            Some(request) if self.stop == Some(next) => {
                self.stop = None;
                let (error, cause) = (request.error.clone(), request.cause.clone());
                self.execution.handle_stop(error, cause, self.now);
            }
            _ => self.execution.handle_timeout(self.now),
        }
    }
}
