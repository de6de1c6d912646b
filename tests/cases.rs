//! Runs every file of `tests/cases` in each way there is to run it.
//!
//! `SANDSTEP_UPDATE_CASES=1` writes what the interpreter does into the files'
//! `expect`, for an author to read and to judge.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use libtest_mimic::{Arguments, Failed, Trial};
use sandstep_asl::Outcome;
use sandstep_json::Value;
use sandstep_tests::{
    case::{Case, Expectation},
    history_text::write_history,
    repository,
    simulate::{Restore, Run, in_a_loop, in_real_time, through_driver},
};

fn main() {
    let arguments = Arguments::from_args();
    let trials = case_files()
        .into_iter()
        .flat_map(|file| trials(&file))
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn case_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![repository().join("tests/cases")];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).expect("the folder of cases can be read");
        for path in entries.map(|entry| entry.expect("a folder's entry can be read").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A file's tests: one for each way to run it.
fn trials(file: &Path) -> Vec<Trial> {
    let name = file
        .strip_prefix(repository().join("tests/cases"))
        .expect("the file is a case");
    let name = name.with_extension("").display().to_string();
    let text = fs::read_to_string(file).expect("a case can be read");
    let case = match Case::parse(&text) {
        Ok(case) => Arc::new(case),
        Err(problems) => return vec![Trial::test(name, || Err(problems.into()))],
    };
    let ways = Way::ALL.into_iter().filter(|way| way.suits(&case));
    ways.map(|way| {
        let (case, file) = (Arc::clone(&case), file.to_owned());
        Trial::test(format!("{name}::{}", way.name()), move || {
            check(&file, &case, way)
        })
    })
    .collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// The driver on the virtual clock.
    Virtual,
    /// The driver on the real clock, in a runtime whose time is paused.
    Real,
    Loop,
    /// The loop, restoring the execution from its records at each wait.
    Restored,
    /// The loop, restoring the execution after its records, wherever that is.
    Cut,
}

impl Way {
    const ALL: [Self; 5] = [
        Self::Virtual,
        Self::Real,
        Self::Loop,
        Self::Restored,
        Self::Cut,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Virtual => "virtual",
            Self::Real => "real",
            Self::Loop => "loop",
            Self::Restored => "restored",
            Self::Cut => "cut",
        }
    }

    fn suits(self, case: &Case) -> bool {
        match self {
            // Who stops an execution has the world's time.
            Self::Virtual => case.stop.is_none() && !needs_loop(case),
            Self::Real => !case.needs_virtual_clock && !needs_loop(case),
            Self::Loop | Self::Restored | Self::Cut => true,
        }
    }
}

/// Whether a case redrives its execution, or has somebody outside end a task: a
/// driver in memory knows neither.
fn needs_loop(case: &Case) -> bool {
    case.redrive.is_some() || case.script.needs_others()
}

fn check(file: &Path, case: &Case, way: Way) -> Result<(), Failed> {
    let got = got(&run(case, way));
    if std::env::var_os("SANDSTEP_UPDATE_CASES").is_some() {
        return update(file, &got, way);
    }
    compare(&want(&case.expect), &got)
}

fn run(case: &Case, way: Way) -> Run {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime starts");
    match way {
        Way::Virtual => runtime.block_on(through_driver(case)),
        Way::Real => undisturbed(|| runtime.block_on(in_real_time(case))),
        Way::Loop => in_a_loop(case, Restore::Never),
        Way::Restored => in_a_loop(case, Restore::AtWaits),
        Way::Cut => in_a_loop(case, Restore::Anywhere),
    }
}

/// Runs a case on the real clock until the wall clock went on by less than the
/// driver notices, while tokio's stood still: a busy machine may stop us at any
/// moment for any time.
fn undisturbed(run: impl Fn() -> Run) -> Run {
    loop {
        let started = Instant::now();
        let run = run();
        if started.elapsed() < Duration::from_secs(1) {
            return run;
        }
    }
}

fn compare(want: &str, got: &str) -> Result<(), Failed> {
    if want == got {
        return Ok(());
    }
    let difference = similar::TextDiff::from_lines(want, got);
    Err(format!("{}", difference.unified_diff().header("expected", "got")).into())
}

/// What came of a run, in the form of a case's `expect`.
fn got(run: &Run) -> String {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let (status, output, details) = match &run.outcome {
        Outcome::Succeeded(output) => ("SUCCEEDED", Some(output.clone()), None),
        Outcome::Failed(details) => ("FAILED", None, Some(details)),
        Outcome::TimedOut(details) => ("TIMED_OUT", None, Some(details)),
        Outcome::Aborted(details) => ("ABORTED", None, Some(details)),
    };
    want(&Expectation {
        status: status.to_owned(),
        output,
        error: details.and_then(|details| text(details.error.as_deref())),
        cause: details.and_then(|details| text(details.cause.as_deref())),
        history: write_history(&run.events),
    })
}

fn want(expect: &Expectation) -> String {
    let mut text = format!("expect:\n  status: {}\n", expect.status);
    let mut member = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            text += &format!("  {key}: {value}\n");
        }
    };
    let quoted = |text: &Option<String>| text.as_ref().map(|text| Value::from(text).to_string());
    member("output", expect.output.as_ref().map(ToString::to_string));
    member("error", quoted(&expect.error));
    member("cause", quoted(&expect.cause));
    text += "  history: |\n";
    for line in expect.history.lines() {
        text += &format!("    {line}\n");
    }
    text
}

fn update(file: &Path, got: &str, way: Way) -> Result<(), Failed> {
    if way != Way::Loop {
        return Ok(());
    }
    let text = fs::read_to_string(file)?;
    let before = text
        .split("\nexpect:")
        .next()
        .unwrap_or_default()
        .trim_end();
    fs::write(file, format!("{before}\n\n{got}"))?;
    Ok(())
}
