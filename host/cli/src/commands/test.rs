//! `sandstep test`

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Duration;

use sandstep_service::Functions;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{add_functions, print_line};
use crate::args::TestArgs;
use crate::command_error::{CommandError, FAILED, INTERRUPTED};
use crate::project::{Function, Machine};
use crate::runtime;
use crate::terminal::{Terminal, escaped, say};
use crate::testing::{Coverage, Plan, Ran, Share, Suite, TestFile, find, run, write_junit};

/// After how long without a result it is said what still runs.
const PATIENCE: Duration = Duration::from_secs(5);

/// The exit status of tests that passed.
const PASSED: u8 = 0;

/// Runs a project's own tests.
pub(crate) fn test(args: &TestArgs, terminal: Terminal) -> Result<ExitCode, CommandError> {
    let suites = open_suites(args)?;
    let plans = plans(args, &suites)?;
    let workers = args.jobs.or(available_parallelism().ok());
    let workers = workers.map_or(1, NonZero::get);
    let results = threads(workers)?.block_on(async {
        let functions = load(&suites, &plans, terminal).await?;
        let run = Run {
            plans: &plans,
            functions,
            workers,
            is_measured: args.coverage || args.coverage_threshold.is_some(),
            terminal,
        };
        Ok::<_, CommandError>(run.all().await)
    })?;
    if let Some(file) = &args.junit {
        let ran: Vec<_> = results.iter().map(|(at, ran)| (&plans[*at], ran)).collect();
        write_junit(file, &ran)?;
    }
    let status = summarize(plans.len(), &results, terminal);
    let covered = match args.coverage || args.coverage_threshold.is_some() {
        true => show_coverage(&suites, &plans, &results)?,
        false => Share::default(),
    };
    match args.coverage_threshold {
        Some(threshold) if status == PASSED && covered.percent() < threshold => {
            say(&format!(
                "{} coverage is {covered}, and {threshold} % are asked for\n",
                terminal.paint.red("error:")
            ));
            Ok(ExitCode::from(FAILED))
        }
        _ => Ok(ExitCode::from(status)),
    }
}

fn open_suites(args: &TestArgs) -> Result<Vec<Suite>, CommandError> {
    let files = find(&args.paths)?;
    if files.is_empty() {
        let names: Vec<String> = args
            .paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        return Err(
            CommandError::new(format!("there are no tests in {}", names.join(", "))).hint(
                "tests are files named *.test.yaml, *.test.yml or *.test.json; `sandstep help \
                 test` shows one",
            ),
        );
    }
    let (read, problems): (Vec<_>, Vec<_>) = files
        .iter()
        .map(|file| TestFile::read(file))
        .partition(Result::is_ok);
    let problems: Vec<_> = problems
        .into_iter()
        .filter_map(Result::err)
        .flatten()
        .collect();
    if !problems.is_empty() {
        return Err(CommandError::diagnosed("no test was run", problems));
    }
    let read = read.into_iter().flatten();
    all(read.map(|tests| {
        let mut suite = Suite::open(tests, &args.values.defines)?;
        add_functions(&mut suite.project, &args.values.functions)?;
        Ok(suite)
    }))
}

fn plans<'s>(args: &TestArgs, suites: &'s [Suite]) -> Result<Vec<Plan<'s>>, CommandError> {
    let is_wanted = |file: &Path, name: &str| {
        let wanted = args.filter.as_deref().unwrap_or_default();
        full_name(file, name).contains(wanted)
    };
    let plans = all(suites.iter().map(|suite| suite.plans(is_wanted)))?;
    let plans: Vec<Plan<'_>> = plans.into_iter().flatten().collect();
    match (plans.is_empty(), &args.filter) {
        (true, Some(filter)) => Err(CommandError::new(format!(
            "no test has \"{filter}\" in its name"
        ))),
        (true, None) => Err(CommandError::new("the test files have no tests")),
        (false, _) => Ok(plans),
    }
}

/// All of them, or everything that is wrong with any.
fn all<T>(results: impl Iterator<Item = Result<T, CommandError>>) -> Result<Vec<T>, CommandError> {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(one) => good.push(one),
            Err(error) => bad.push(error),
        }
    }
    match CommandError::several("no test was run", bad) {
        Some(error) => Err(error),
        None => Ok(good),
    }
}

fn full_name(file: &Path, name: &str) -> String {
    format!("{}: {name}", file.display())
}

fn threads(workers: usize) -> Result<Runtime, CommandError> {
    Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .map_err(|cause| CommandError::caused("starting the threads", &cause))
}

/// The functions of each project, by its folder.
async fn load(
    suites: &[Suite],
    plans: &[Plan<'_>],
    terminal: Terminal,
) -> Result<BTreeMap<PathBuf, Functions>, CommandError> {
    let mut loaded = BTreeMap::new();
    for suite in suites {
        let root = &suite.project.root;
        if loaded.contains_key(root) {
            continue;
        }
        let of_root = plans.iter().filter(|plan| plan.root == *root);
        let called: BTreeMap<&str, &Function> = of_root
            .flat_map(|plan| &plan.functions)
            .map(|(called, function)| (called.as_str(), *function))
            .collect();
        let called: Vec<(String, &Function)> = called
            .into_iter()
            .map(|(name, function)| (name.to_owned(), function))
            .collect();
        let functions = runtime::load(&suite.project, &called, terminal).await?;
        loaded.insert(root.clone(), functions);
    }
    Ok(loaded)
}

/// Tests that have all they need.
struct Run<'p> {
    plans: &'p [Plan<'p>],
    /// By the project's folder.
    functions: BTreeMap<PathBuf, Functions>,
    workers: usize,
    is_measured: bool,
    terminal: Terminal,
}

impl Run<'_> {
    /// Runs the tests, as many at a time as there are workers. Those that ran, by
    /// their place among the plans; all of them unless the user had enough.
    async fn all(&self) -> BTreeMap<usize, Ran> {
        let mut waiting = self.plans.iter().enumerate();
        let (mut running, mut names) = (JoinSet::new(), BTreeSet::new());
        let mut results = BTreeMap::new();
        let mut interrupt = pin!(tokio::signal::ctrl_c());
        loop {
            while running.len() < self.workers
                && let Some((at, plan)) = waiting.next()
            {
                let functions = self.functions[plan.root].clone();
                let job = plan.job(functions, self.is_measured);
                names.insert(at);
                running.spawn(async move { (at, run(job).await) });
            }
            let ended = tokio::select! {
                ended = running.join_next() => ended,
                _ = &mut interrupt => return results,
                () = sleep(PATIENCE) => {
                    names.iter().for_each(|at| self.show_running(*at));
                    continue;
                }
            };
            let Some(ended) = ended else { return results };
            let (at, ran) = ended.expect("a test does not panic");
            names.remove(&at);
            show(&self.plans[at], &ran, self.terminal);
            results.insert(at, ran);
        }
    }

    fn show_running(&self, at: usize) {
        let plan = &self.plans[at];
        let name = full_name(plan.file, plan.name);
        self.terminal.progress("still running", &name);
    }
}

fn show(plan: &Plan<'_>, ran: &Ran, terminal: Terminal) {
    let name = full_name(plan.file, plan.name);
    if ran.differences.is_empty() {
        return terminal.progress("ok", &name);
    }
    let paint = terminal.paint;
    let mut text = format!("{} {}\n", paint.red("      FAILED"), escaped(&name));
    for difference in &ran.differences {
        text += &difference.to_text(paint);
    }
    for line in ran.log.lines() {
        text += &format!("    {line}\n");
    }
    say(&text);
}

/// Prints what the tests of each machine went through, machines without tests
/// included, and tells how much of all.
fn show_coverage(
    suites: &[Suite],
    plans: &[Plan<'_>],
    results: &BTreeMap<usize, Ran>,
) -> Result<Share, CommandError> {
    let key = |machine: &Machine| (machine.file.clone(), machine.name.clone());
    let machines = suites.iter().flat_map(|suite| &suite.project.machines);
    let machines: BTreeMap<_, &Machine> = machines.map(|one| (key(one), one)).collect();
    let mut total = Share::default();
    for (wanted, machine) in machines {
        let of_machine = results
            .iter()
            .filter(|(at, _)| key(plans[**at].of) == wanted);
        let coverage = Coverage::of(machine, of_machine.map(|(_, ran)| &ran.hits));
        total = total.and(coverage.share());
        print_line(coverage.to_string().trim_end())?;
    }
    print_line(&format!("coverage: {total}"))?;
    Ok(total)
}

/// Says how many passed; the exit status.
fn summarize(planned: usize, results: &BTreeMap<usize, Ran>, terminal: Terminal) -> u8 {
    let ran = results.len();
    let failed = results
        .values()
        .filter(|ran| !ran.differences.is_empty())
        .count();
    let passed = ran - failed;
    terminal.progress("Tested", &format!("{passed} passed, {failed} failed"));
    if ran < planned {
        say(&format!(
            "interrupted: {} of {planned} tests did not run\n",
            planned - ran
        ));
        return INTERRUPTED;
    }
    match failed {
        0 => PASSED,
        _ => FAILED,
    }
}
