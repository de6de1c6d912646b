//! `sandstep replay`

mod written;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use sandstep_asl::Outcome;
use sandstep_json::Value;
use sandstep_service::replay::{
    Divergence, RecordedEnd, Recording, Replay, Replayed, Told, replay as replay_again,
};

use self::written::Writer;

use super::{read_json, read_json_file};
use crate::args::{ClockName, ReplayArgs};
use crate::command_error::{CommandError, FAILED, INTERRUPTED};
use crate::project::{all_mocked, open, prepare};
use crate::runtime;
use crate::terminal::{Terminal, escaped, escaped_lines, say};
use crate::testing::Difference;

/// The most bytes of a history: 25,000 events of some KB.
const HISTORY_BYTES: usize = 256 << 20;

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
        let writer = Writer {
            args,
            machine,
            kind,
            replayed: &replayed,
            recording: &recording,
            replay: &replay,
            terminal,
        };
        if let Some(file) = &args.write_mock {
            writer.write_mock(file).await?;
        }
        if let Some(file) = &args.write_test {
            writer.write_test(file).await?;
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
