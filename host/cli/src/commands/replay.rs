//! `sandstep replay`

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use sandstep_asl::{Outcome, StateMachine};
use sandstep_driver::{Clock, Driver};
use sandstep_json::{Object, Value};
use sandstep_service::mock::{MockFile, MockRunner, Mocks};
use sandstep_service::replay::{
    Divergence, RecordedEnd, Recording, Replay, Replayed, Told, mocks_of, replay as replay_again,
};
use sandstep_service::{FunctionRunner, Functions, Unobserved};

use super::{read_json, read_json_file};
use crate::args::{ClockName, ReplayArgs};
use crate::command_error::{CommandError, FAILED, INTERRUPTED};
use crate::execution::{VIRTUAL_START, interrupt_or_gap, start};
use crate::project::{Machine, MachineKind, all_mocked, open, prepare};
use crate::runtime;
use crate::terminal::{Terminal, escaped, escaped_lines, say};
use crate::testing::Difference;

/// The most bytes of a history: 25,000 events of some KB.
const HISTORY_BYTES: usize = 512 << 20;

/// Replays a recorded execution.
pub(crate) fn replay(args: &ReplayArgs, terminal: Terminal) -> Result<ExitCode, CommandError> {
    let recording = read_recording(&args.history)?;
    warn_of_gaps(&recording, args, terminal);
    let project = open(
        args.definition.as_ref().unwrap_or(&args.project),
        &args.defines,
    )?;
    let machine = project.machine(args.machine.as_deref())?;
    let kind = machine.kind;
    let limits = machine.limits.of(kind);
    let input = args.input.as_ref();
    let input = input.map(|input| read_json("--input", input, limits.payload_bytes));
    let prepared = prepare(&project, machine, kind, &all_mocked(machine))?;
    let replayed = Replayed {
        machine: Arc::new(prepared.machine),
        limits,
        input: input.transpose()?,
    };
    let work = async {
        let replay = replay_again(&replayed, &recording).await;
        show(&recording, &replay, terminal);
        if let Some(file) = &args.write_mock {
            let mocks = Written {
                machine,
                kind,
                case: &args.test_case,
                mocks: mocks_of(&replayed, &recording).await,
            };
            mocks.write(file)?;
            let ended = mocks.run(&replayed, &recording).await;
            tell_written(file, &args.test_case, ended == replay.outcome, terminal);
        }
        Ok(ExitCode::from(match went_another_way(&replay) {
            true => FAILED,
            false => 0,
        }))
    };
    runtime::threads(ClockName::Virtual)?.block_on(async {
        tokio::select! {
            status = work => status,
            _ = tokio::signal::ctrl_c() => Ok(ExitCode::from(INTERRUPTED)),
        }
    })
}

fn read_recording(file: &Path) -> Result<Recording, CommandError> {
    let document = read_json_file(file, HISTORY_BYTES)?;
    Recording::read(&document).map_err(|cause| {
        let message = format!("{} is no history that can be replayed", file.display());
        CommandError::caused(message, &cause).hint(
            "`aws stepfunctions get-execution-history --execution-arn ARN` prints one, and \
             `sandstep run --history FILE` writes one",
        )
    })
}

fn warn_of_gaps(recording: &Recording, args: &ReplayArgs, terminal: Terminal) {
    if !recording.has_payloads() {
        let input = match args.input {
            Some(_) => "",
            None => ", and the input is {} without --input",
        };
        terminal.warning(&format!(
            "the history was fetched without execution data: tasks return {{}}, payloads are not \
             compared{input}"
        ));
    }
    if recording.end().is_none() {
        terminal.warning(
            "the history does not reach the execution's end: what would follow is not compared",
        );
    }
}

fn went_another_way(replay: &Replay) -> bool {
    replay.divergence.is_some() || replay.not_recorded.is_some()
}

fn show(recording: &Recording, replay: &Replay, terminal: Terminal) {
    match (&replay.divergence, &replay.not_recorded) {
        (Some(divergence), _) => show_divergence(divergence, terminal),
        (None, Some(missing)) => {
            let label = terminal.paint.red("diverged:");
            say(&format!("{label} {}\n", escaped(&missing.to_string())));
        }
        (None, None) => {
            terminal.progress(
                "Replayed",
                &format!("{} events, as recorded", recording.len()),
            );
        }
    }
    if replay.made_anew > 0 {
        terminal.detail(&format!(
            "{} texts differ in moments, UUIDs and names alone, which every execution makes anew",
            replay.made_anew
        ));
    }
    if went_another_way(replay) {
        let recorded = recording
            .end()
            .map_or("it had not ended".to_owned(), end_text);
        say(&format!("recorded: {}\n", escaped_lines(&recorded)));
        let outcome = escaped_lines(&outcome_text(&replay.outcome)).clone();
        say(&format!("replayed: {outcome}\n"));
    }
}

/// The place, the recorded events before it, and what differs there.
fn show_divergence(divergence: &Divergence, terminal: Terminal) {
    let paint = terminal.paint;
    let state = divergence.state.as_deref();
    let state = state.map(|state| format!(", in the state \"{state}\""));
    let event = match &divergence.recorded {
        Some(recorded) => format!("at event {} ({})", divergence.event, recorded.kind),
        None => format!("after event {}", divergence.event),
    };
    let state = state.unwrap_or_default();
    let place = format!("{event}{state}{}", divergence.within);
    let mut text = format!("{} {}\n", paint.red("diverged"), escaped(&place));
    for (id, kind, state) in &divergence.before {
        let state = state.as_deref().unwrap_or_default();
        let line = format!("    {id:>6} {kind} {state}");
        text += &format!("{}\n", paint.dim(escaped(line.trim_end()).as_ref()));
    }
    let told = |told: &Option<Told>| match told {
        Some(told) => format!(
            "{}\n{}",
            told.kind,
            Value::from(told.details.clone()).to_pretty()
        ),
        None => "nothing".to_owned(),
    };
    let (recorded, replayed) = (told(&divergence.recorded), told(&divergence.replayed));
    let what = "- recorded, + replayed";
    text += &Difference::new(what, recorded, replayed).to_text(paint);
    say(&text);
}

fn end_text(end: RecordedEnd) -> String {
    let text = |text: Option<sandstep_json::Text>| text.unwrap_or_default().to_string();
    match end.output {
        Some(output) => format!("{} with {output}", end.status),
        None => ended(end.status, &text(end.error), &text(end.cause)),
    }
}

fn outcome_text(outcome: &Outcome) -> String {
    let (status, details) = match outcome {
        Outcome::Succeeded(output) => return format!("SUCCEEDED with {output}"),
        Outcome::Failed(details) => ("FAILED", details),
        Outcome::TimedOut(details) => ("TIMED_OUT", details),
        Outcome::Aborted(details) => ("ABORTED", details),
    };
    let text = |text: &Option<sandstep_json::Text>| text.clone().unwrap_or_default().to_string();
    ended(status, &text(&details.error), &text(&details.cause))
}

fn ended(status: &str, error: &str, cause: &str) -> String {
    match (error, cause) {
        ("", "") => status.to_owned(),
        (error, "") => format!("{status}: {error}"),
        (error, cause) => format!("{status}: {error}\n{cause}"),
    }
}

/// Mocks with which `sandstep run` repeats a recording.
struct Written<'r> {
    machine: &'r Machine,
    kind: MachineKind,
    case: &'r str,
    mocks: Mocks,
}

impl Written<'_> {
    /// Writes the mock file; one that is there already is somebody's work.
    fn write(&self, file: &Path) -> Result<(), CommandError> {
        let mocks = MockFile::of_case(&self.machine.name, self.case, self.mocks.clone());
        let text = mocks.to_value().to_pretty() + "\n";
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(file)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|cause| CommandError::io("making", file, &cause))
    }

    /// How an execution ends that is given the mocks.
    async fn run(&self, replayed: &Replayed, recording: &Recording) -> Outcome {
        let functions = FunctionRunner::new(Functions::default(), Unobserved);
        let runner = Arc::new(MockRunner::new(self.mocks.clone(), Arc::new(functions)));
        let input = recording.input().or_else(|| replayed.input.clone());
        let input = input.unwrap_or_else(|| Object::new().into());
        let limits = replayed.limits.clone();
        let start = start(self.machine, self.kind, limits, ClockName::Virtual, input);
        let machine: Arc<StateMachine> = Arc::clone(&replayed.machine);
        let stop = interrupt_or_gap(&runner);
        Driver::new(runner.clone(), Clock::Virtual(VIRTUAL_START))
            .run(machine, start, |_| {}, stop)
            .await
    }
}

fn tell_written(file: &Path, case: &str, repeats: bool, terminal: Terminal) {
    let file: PathBuf = file.to_owned();
    let text = format!("{}, test case \"{case}\"", file.display());
    terminal.progress("Wrote", &text);
    if !repeats {
        terminal.warning(
            "with these mocks the execution ends otherwise than in the replay: a mock takes no \
             time and cannot miss a timeout, and moments and names are made anew",
        );
    }
}
