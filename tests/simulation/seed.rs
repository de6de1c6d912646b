//! One seed, run in every way there is.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

use libtest_mimic::Failed;
use sandstep_asl::{HistoryEvent, Outcome};
use sandstep_json::Value;
use sandstep_tests::{
    case::Case,
    generate,
    history_text::write_history,
    simulate::{Restore, Run, in_a_loop, through_driver},
};

use crate::{
    rules,
    world::{Trouble, World},
};

/// Stands for a case and for the worlds it runs in.
#[derive(Clone, Copy)]
pub(crate) struct Seed(pub(crate) u64);

/// How many seeds should come across all kinds of events between them.
const REACHING_SEEDS: u64 = 1_000;

/// Every kind of event and ending that an execution can have. Activities differ
/// from the tasks below in their names alone.
const REACHED: [&str; 42] = [
    "SUCCEEDED",
    "FAILED",
    "TIMED_OUT",
    "ABORTED",
    "ExecutionStarted",
    "ExecutionSucceeded",
    "ExecutionFailed",
    "ExecutionTimedOut",
    "ExecutionAborted",
    "EvaluationFailed",
    "PassStateEntered",
    "PassStateExited",
    "TaskStateEntered",
    "TaskStateExited",
    "TaskStateAborted",
    "ChoiceStateEntered",
    "ChoiceStateExited",
    "WaitStateEntered",
    "WaitStateExited",
    "WaitStateAborted",
    "SucceedStateEntered",
    "SucceedStateExited",
    "FailStateEntered",
    "ParallelStateEntered",
    "ParallelStateStarted",
    "ParallelStateSucceeded",
    "ParallelStateFailed",
    "ParallelStateAborted",
    "ParallelStateExited",
    "MapStateEntered",
    "MapStateStarted",
    "MapStateSucceeded",
    "MapStateFailed",
    "MapStateAborted",
    "MapStateExited",
    "MapIterationStarted",
    "MapIterationSucceeded",
    "MapIterationFailed",
    "MapIterationAborted",
    "LambdaFunctionTimedOut",
    "TaskTimedOut",
    "TaskSucceeded",
];

impl Seed {
    /// Runs the seed in every way. Tells the first rule that is broken.
    pub(crate) fn check(self) -> Result<(), String> {
        let checked = catch_unwind(AssertUnwindSafe(|| self.run()));
        checked.unwrap_or_else(|panic| Err(format!("it panicked: {}", panic_text(&*panic))))
    }

    /// The case, as a file of `tests/cases` could have it.
    pub(crate) fn case_text(self) -> String {
        self.document().to_pretty()
    }

    fn document(self) -> Value {
        generate::case(self.0)
    }

    fn case(self) -> Result<Case, String> {
        Case::parse(&self.document().to_string())
            .map_err(|problems| format!("a valid definition was refused: {problems}"))
    }

    fn run(self) -> Result<(), String> {
        let case = self.case()?;
        Case::parse(&self.case_text()).map_err(|problems| {
            format!("a definition was refused once it was laid out: {problems}")
        })?;
        self.run_orderly(&case)?;
        self.run_hostile(&case)
    }

    /// The ways in which cases run: all must tell one history.
    fn run_orderly(self, case: &Case) -> Result<(), String> {
        let plain = in_a_loop(case, Restore::Never);
        for restore in [Restore::AtWaits, Restore::Anywhere] {
            let name = format!("the loop, restored: {restore:?}");
            same("the loop", &plain, &name, &in_a_loop(case, restore))?;
        }
        if case.stop.is_none() {
            same("the loop", &plain, "the driver", &drive(case))?;
        }
        Ok(())
    }

    /// Worlds in which anything happens at any time.
    fn run_hostile(self, case: &Case) -> Result<(), String> {
        let run = |trouble| World::new(case, self.0, trouble).run();
        let plain = run(Trouble::Nothing)?;
        for journal in [&plain, &run(Trouble::ClockJumpsBack)?] {
            rules::check(&self.document(), case, journal)
                .map_err(|broken| format!("{broken}\n\n{}", journal.text()))?;
        }
        plain.same_as(&run(Trouble::Restarts)?)
    }
}

/// Fails unless the first seeds come across everything that can happen: rules
/// about what never happens are easily kept.
pub(crate) fn check_reach() -> Result<(), Failed> {
    let mut reached = BTreeSet::new();
    for seed in (0..REACHING_SEEDS).map(Seed) {
        let journal = World::new(&seed.case()?, seed.0, Trouble::Nothing).run()?;
        reached.insert(status(&journal.outcome).to_owned());
        reached.extend(journal.events().map(HistoryEvent::type_name));
    }
    let missed: Vec<_> = REACHED
        .iter()
        .filter(|kind| !reached.contains(**kind))
        .collect();
    if missed.is_empty() {
        return Ok(());
    }
    Err(format!("{REACHING_SEEDS} seeds never came across {missed:?}").into())
}

/// Runs a case as the product does.
pub(crate) fn drive(case: &Case) -> Run {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime starts");
    runtime.block_on(through_driver(case))
}

fn same(one: &str, a: &Run, other: &str, b: &Run) -> Result<(), String> {
    if a.outcome == b.outcome && a.events == b.events {
        return Ok(());
    }
    let (a, b) = (run_text(a), run_text(b));
    let difference = similar::TextDiff::from_lines(&a, &b);
    let difference = difference.unified_diff().header(one, other).to_string();
    Err(format!("{one} and {other} disagree:\n{difference}"))
}

fn run_text(run: &Run) -> String {
    format!("{}{:?}\n", write_history(&run.events), run.outcome)
}

fn status(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded(_) => "SUCCEEDED",
        Outcome::Failed(_) => "FAILED",
        Outcome::TimedOut(_) => "TIMED_OUT",
        Outcome::Aborted(_) => "ABORTED",
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a text")
}
