//! A world in which anything that may happen happens at any time.
//!
//! Tasks start late and end out of order, time comes late, goes backwards or
//! passes for nothing, functions answer twice or long after they were given up,
//! and the execution is thrown away and restored.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use sandstep_asl::{EventId, Execution, Outcome, Record, Task, TaskId, TaskOutcome, Timestamp};
use sandstep_tests::{
    case::Case,
    random::Random,
    script::Script,
    simulate::{START, start},
};

use crate::journal::Journal;

/// How many things may happen before the execution is said to hang.
const MAX_HAPPENINGS: usize = 20_000;

/// What happens to an execution beside what happens in every world.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Trouble {
    Nothing,
    /// It is thrown away now and then and restored from its records.
    Restarts,
    /// The clock now and then says that it is the start again. A restart would
    /// forget how late it was unless a record says so.
    ClockJumpsBack,
}

/// One execution and what surrounds it.
pub(crate) struct World<'a> {
    case: &'a Case,
    trouble: Trouble,
    random: Random,
    now: Timestamp,
    execution: Execution,
    records: Vec<Record>,
    script: Script,
    /// The tasks that the execution asked for and that nobody started.
    waiting: BTreeMap<EventId, Task>,
    running: BTreeMap<EventId, (TaskId, TaskOutcome)>,
    /// Tasks that ended or were cancelled.
    gone: Vec<TaskId>,
}

impl<'a> World<'a> {
    /// The world of this seed, in which the same happens whatever the trouble.
    pub(crate) fn new(case: &'a Case, seed: u64, trouble: Trouble) -> Self {
        Self {
            case,
            trouble,
            random: Random::new(seed.wrapping_add(1 << 63)),
            now: START,
            execution: Execution::start(Arc::clone(&case.machine), start(case), START),
            records: Vec::new(),
            script: case.script.fresh(),
            waiting: BTreeMap::new(),
            running: BTreeMap::new(),
            gone: Vec::new(),
        }
    }

    /// Lets things happen until the execution ends.
    pub(crate) fn run(mut self) -> Result<Journal, String> {
        for _ in 0..MAX_HAPPENINGS {
            self.drain()?;
            if let Some(outcome) = self.execution.outcome().cloned() {
                self.end()?;
                self.redrive()?;
                let records = self.records;
                return Ok(Journal { records, outcome });
            }
            self.restore()?;
            self.happen()?;
        }
        Err("the execution never ends".to_owned())
    }

    fn drain(&mut self) -> Result<(), String> {
        self.records
            .extend(std::iter::from_fn(|| self.execution.poll_record()));
        while let Some(task) = self.execution.poll_cancelled() {
            self.waiting.remove(&task.scheduled());
            self.running.remove(&task.scheduled());
            self.gone.push(task);
        }
        while let Some(task) = self.execution.poll_task() {
            let scheduled = task.id.scheduled();
            if self.waiting.insert(scheduled, task).is_some() {
                return Err(format!(
                    "the task of event {} was polled twice",
                    scheduled.0
                ));
            }
        }
        Ok(())
    }

    /// Nothing goes on after the end, and nothing that comes then matters.
    fn end(&mut self) -> Result<(), String> {
        if !self.running.is_empty() || !self.waiting.is_empty() {
            return Err("the execution ended and did not cancel all of its tasks".to_owned());
        }
        self.answer_again();
        self.execution.handle_timeout(self.now);
        self.execution.handle_stop(None, None, self.now);
        if self.execution.poll_record().is_some() || self.execution.poll_task().is_some() {
            return Err("the execution went on after its end".to_owned());
        }
        match self.execution.poll_timeout() {
            None => Ok(()),
            Some(_) => Err("the execution waits for time after its end".to_owned()),
        }
    }

    /// A redrive begins in the same way whether or not the execution was restored.
    fn redrive(&mut self) -> Result<(), String> {
        let machine = Arc::clone(&self.case.machine);
        let mut restored = Execution::restore(machine, start(self.case), self.records.clone())
            .map_err(|error| error.to_string())?;
        let live = begin_again(&mut self.execution, self.now)?;
        match live == begin_again(&mut restored, self.now)? {
            true => Ok(()),
            false => Err(format!(
                "a restored execution is redriven in another way: {live}"
            )),
        }
    }

    fn restore(&mut self) -> Result<(), String> {
        let is_time = self.random.chance(50);
        if !is_time || self.trouble != Trouble::Restarts {
            return Ok(());
        }
        let due = self.execution.poll_timeout();
        let machine = Arc::clone(&self.case.machine);
        self.execution = Execution::restore(machine, start(self.case), self.records.clone())
            .map_err(|error| error.to_string())?;
        if self.execution.poll_record().is_some() || self.execution.poll_cancelled().is_some() {
            return Err("a restored execution began to do something of its own".to_owned());
        }
        if self.execution.poll_timeout() != due {
            return Err("a restored execution waits for another time".to_owned());
        }
        self.resume()
    }

    /// Takes up the tasks of a restored execution: all that had not ended.
    fn resume(&mut self) -> Result<(), String> {
        let waiting = std::mem::take(&mut self.waiting);
        let mut asked = 0;
        while let Some(task) = self.execution.poll_task() {
            asked += 1;
            let scheduled = task.id.scheduled();
            if let Some((id, _)) = self.running.get_mut(&scheduled) {
                *id = task.id;
            } else if waiting.contains_key(&scheduled) {
                self.waiting.insert(scheduled, task);
            } else {
                return Err(format!("the task of event {} had ended", scheduled.0));
            }
        }
        if asked != waiting.len() + self.running.len() {
            return Err("a restored execution forgot a task".to_owned());
        }
        Ok(())
    }

    /// One thing happens.
    fn happen(&mut self) -> Result<(), String> {
        let due = self.execution.poll_timeout();
        if due.is_none() && self.waiting.is_empty() && self.running.is_empty() {
            return Err("the execution waits for nothing".to_owned());
        }
        match self.random.below(20) {
            0..8 => self.start_task(),
            8..13 => self.end_task(),
            13 => self.beat(),
            14 => self.answer_again(),
            15 => self.stop(),
            _ => self.pass_time(due),
        }
        Ok(())
    }

    /// What the clock says.
    fn clock(&mut self) -> Timestamp {
        let jumps = self.random.chance(20);
        if jumps && self.trouble == Trouble::ClockJumpsBack {
            return START;
        }
        self.now
    }

    fn start_task(&mut self) {
        let Some(scheduled) = pick(&mut self.random, &self.waiting) else {
            return;
        };
        let task = self.waiting.remove(&scheduled).expect("just picked");
        let now = self.clock();
        self.execution.handle_started(task.id, now);
        let outcome = self.script.next(&task).report(&task).outcome;
        self.running.insert(scheduled, (task.id, outcome));
    }

    fn end_task(&mut self) {
        let Some(scheduled) = pick(&mut self.random, &self.running) else {
            return;
        };
        let (id, outcome) = self.running.remove(&scheduled).expect("just picked");
        let now = self.clock();
        self.execution.handle_task(id, outcome, now);
        self.gone.push(id);
    }

    fn beat(&mut self) {
        if let Some(scheduled) = pick(&mut self.random, &self.running) {
            let (id, _) = self.running[&scheduled];
            self.execution.handle_heartbeat(id, self.now);
        }
    }

    /// A task that is long gone shows up.
    fn answer_again(&mut self) {
        if self.gone.is_empty() {
            return;
        }
        let id = self.gone[self.random.below(self.gone.len())];
        self.execution.handle_started(id, self.now);
        self.execution.handle_heartbeat(id, self.now);
        let outcome = TaskOutcome::Succeeded("too late".into());
        self.execution.handle_task(id, outcome, self.now);
    }

    /// Stops the execution now and then, where the case has a stop.
    fn stop(&mut self) {
        let Some(stop) = &self.case.stop else {
            return;
        };
        if self.random.chance(20) {
            let (error, cause) = (stop.error.clone(), stop.cause.clone());
            self.execution.handle_stop(error, cause, self.now);
        }
    }

    fn pass_time(&mut self, due: Option<Timestamp>) {
        let late = Duration::from_millis(self.random.pick(&[0, 0, 1, 700, 60_000]));
        let now = match self.random.below(10) {
            0 => START,
            1 => self.now,
            2 => self.now + late,
            _ => due.map_or(self.now, |due| due.max(self.now) + late),
        };
        self.now = self.now.max(now);
        self.execution.handle_timeout(now);
    }
}

/// Redrives an execution where it may be, and tells what it does at once.
fn begin_again(execution: &mut Execution, now: Timestamp) -> Result<String, String> {
    let outcome = execution.outcome().cloned();
    match (execution.handle_redrive(None, now), outcome) {
        (Ok(_), Some(Outcome::Succeeded(_))) => return Err("a success was redriven".to_owned()),
        (Ok(_), _) => {}
        (Err(refused), _) => return Ok(refused.to_string()),
    }
    let records = std::iter::from_fn(|| execution.poll_record()).take(MAX_HAPPENINGS);
    let records: Vec<String> = records.map(|record| format!("{record:?}\n")).collect();
    Ok(records.concat())
}

fn pick<T>(random: &mut Random, tasks: &BTreeMap<EventId, T>) -> Option<EventId> {
    if tasks.is_empty() {
        return None;
    }
    tasks.keys().nth(random.below(tasks.len())).copied()
}
