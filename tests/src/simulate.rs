//! Ways to run a case. Each should give the same history.

use std::{
    collections::{BTreeMap, HashSet},
    future::pending,
    sync::Arc,
    time::Duration,
};

use sandstep_asl::{
    EventId, Execution, HistoryEvent, Outcome, Pattern, Record, Start, TASK_TOKEN_PREFIX, Task,
    TaskOutcome, TaskToken, Timestamp, TokenKey,
};
use sandstep_driver::{Clock, Driver, StopRequest, TaskCall, TaskFuture, TaskRunner};
use sandstep_json::Text;

use crate::{
    case::{Case, Stop},
    script::{Hands, Outcome as Scripted, Script},
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
        token_key: token_key(),
        limits: case.limits.clone(),
    }
}

/// What the tokens of cases' tasks are sealed with.
pub fn token_key() -> TokenKey {
    TokenKey::of_seed(7)
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
        let report = self.0.next(&call.task).report(&call.task);
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
        plans: BTreeMap::new(),
        handed_over: HashSet::new(),
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
    /// What becomes of tasks, by the event that scheduled them: a restored
    /// execution names them by that too. Plans for one moment have a number.
    plans: BTreeMap<(Timestamp, EventId, usize), Plan>,
    /// The tasks that somebody outside has in hand.
    handed_over: HashSet<EventId>,
    /// When it will be stopped.
    stop: Option<Timestamp>,
}

/// What becomes of a task.
enum Plan {
    Taken(Option<Text>),
    Beat,
    End(TaskOutcome),
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
        self.execution.handle_redrive(None, self.now).is_ok()
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
        match self.plans.first_key_value() {
            Some((&(at, ..), _)) if next.is_none_or(|next| at < next) => {
                self.now = self.now.max(at);
                self.carry_out();
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
            let cancelled = task.scheduled();
            self.plans
                .retain(|(_, scheduled, _), _| *scheduled != cancelled);
        }
    }

    fn restore(&mut self) {
        let machine = Arc::clone(&self.case.machine);
        self.execution = Execution::restore(machine, self.start.clone(), self.records.clone())
            .expect("an execution's own records restore it");
    }

    /// Starts the next task that does not run yet. A restored execution asks
    /// for all that had not ended, but for those in somebody's hands.
    fn start_task(&mut self) -> bool {
        while let Some(task) = self.execution.poll_task() {
            let scheduled = task.id.scheduled();
            assert!(
                !self.handed_over.contains(&scheduled),
                "{} is run again although somebody has it in hand",
                task.state_name
            );
            if self.is_planned(scheduled) {
                continue;
            }
            self.begin(&task);
            return true;
        }
        false
    }

    fn is_planned(&self, task: EventId) -> bool {
        self.plans
            .keys()
            .any(|(_, scheduled, _)| *scheduled == task)
    }

    fn begin(&mut self, task: &Task) {
        let (id, scheduled) = (task.id, task.id.scheduled());
        let outcome = self.script.next(task);
        if let Scripted::HandedOver {
            to: Hands::Worker { name, after },
            ..
        } = &outcome
        {
            self.plan(scheduled, *after, Plan::Taken(name.clone()));
            return self.plan_end(task, *after, outcome);
        }
        if let Scripted::NoActivity = outcome {
            return self.execution.handle_no_activity(id, self.now);
        }
        self.execution.handle_started(id, self.now);
        // The start itself may be the last event that the history allows.
        if self.execution.outcome().is_some() {
            return;
        }
        let report = outcome.clone().report(task);
        let is_accepted = matches!(report.outcome, TaskOutcome::Accepted(_));
        if report.virtual_duration.is_zero() {
            self.execution.handle_task(id, report.outcome, self.now);
        } else {
            self.plan(
                scheduled,
                report.virtual_duration,
                Plan::End(report.outcome),
            );
        }
        if is_accepted && task.resource.pattern() == Pattern::WaitForTaskToken {
            self.handed_over.insert(scheduled);
            check_token(task, &self.start);
            self.plan_end(task, Duration::ZERO, outcome);
        }
    }

    /// Plans what those do who have a task in hand from some time on.
    fn plan_end(&mut self, task: &Task, since: Duration, outcome: Scripted) {
        let Scripted::HandedOver { beats, then, .. } = outcome else {
            return;
        };
        let scheduled = task.id.scheduled();
        for beat in beats {
            self.plan(scheduled, since + beat, Plan::Beat);
        }
        let report = then.report(task);
        let end = since + report.virtual_duration;
        self.plan(scheduled, end, Plan::End(report.outcome));
    }

    fn plan(&mut self, scheduled: EventId, after: Duration, plan: Plan) {
        let at = self.now + after;
        let number = self.plans.len();
        self.plans.insert((at, scheduled, number), plan);
    }

    /// Carries out the first plan there is.
    fn carry_out(&mut self) {
        let Some(((_, scheduled, _), plan)) = self.plans.pop_first() else {
            return;
        };
        let Some(id) = self.execution.running_task(scheduled) else {
            return;
        };
        match plan {
            Plan::Taken(worker) => {
                self.handed_over.insert(scheduled);
                self.execution.handle_taken(id, worker, self.now);
            }
            Plan::Beat => self.execution.handle_heartbeat(id, self.now),
            Plan::End(outcome) => self.execution.handle_task(id, outcome, self.now),
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

/// Whoever ends a task names it by the token that its request has, if it has one.
fn check_token(task: &Task, start: &Start) {
    let input = task.input.to_string();
    let Some(at) = input.find(TASK_TOKEN_PREFIX) else {
        return;
    };
    let text = input[at..].split(['"', '\\']).next().unwrap_or_default();
    let token = TaskToken {
        execution_arn: start.execution_arn.clone(),
        scheduled: task.id.scheduled(),
    };
    assert_eq!(TaskToken::open(text, &start.token_key), Some(token));
}
