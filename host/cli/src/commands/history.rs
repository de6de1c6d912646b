//! `sandstep history`

use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;

use sandstep_asl::Timestamp;
use sandstep_json::{Object, Value};
use sandstep_service::replay::{Places, moment};

use super::remote::{self, is_for_people, wait_for};
use crate::args::HistoryArgs;
use crate::client::{CallError, Client};
use crate::command_error::CommandError;
use crate::terminal::{Terminal, escaped};

/// Events in one answer: their payloads may be large.
const PAGE: u64 = 100;

/// Prints the history of an execution of a server.
pub(crate) fn history(args: &HistoryArgs, terminal: Terminal) -> Result<ExitCode, CommandError> {
    remote::run(&args.endpoint, async |client| {
        let arn = client.execution_arn(&args.execution).await?;
        if args.follow {
            return wait_for(&client, &arn, terminal).await;
        }
        let mut printer = Printer::new(is_for_people(args.format));
        let printed = print(&client, request(&arn, args), &mut printer).await;
        printed
            .and_then(|()| Ok(printer.finish()?))
            .map_err(CommandError::from)?;
        Ok(ExitCode::SUCCESS)
    })
}

fn request(arn: &str, args: &HistoryArgs) -> Object {
    Object::from([
        ("executionArn", Value::from(arn)),
        ("reverseOrder", Value::Bool(args.reverse)),
        ("maxResults", Value::from(PAGE)),
    ])
}

/// Why a history was not printed.
enum Unprinted {
    Call(CallError),
    Write(std::io::Error),
}

async fn print(client: &Client, request: Object, printer: &mut Printer) -> Result<(), Unprinted> {
    let mut pages = client.pages("GetExecutionHistory", "events", request);
    while let Some(page) = pages.next().await? {
        for event in &page {
            printer.print(event)?;
        }
    }
    Ok(())
}

/// Prints events as they come, so that a long history costs no memory.
struct Printer {
    out: BufWriter<std::io::Stdout>,
    is_for_people: bool,
    is_empty: bool,
}

impl Printer {
    fn new(is_for_people: bool) -> Self {
        Self {
            out: BufWriter::new(stdout()),
            is_for_people,
            is_empty: true,
        }
    }

    fn print(&mut self, event: &Value) -> std::io::Result<()> {
        let is_first = std::mem::take(&mut self.is_empty);
        match (self.is_for_people, is_first) {
            (true, true) => writeln!(
                self.out,
                "{}\n{}",
                line("ID", "TIME", "TYPE", "STATE"),
                row(event)
            ),
            (true, false) => writeln!(self.out, "{}", row(event)),
            (false, true) => write!(self.out, "{{\"events\":[{event}"),
            (false, false) => write!(self.out, ",{event}"),
        }
    }

    fn finish(mut self) -> std::io::Result<()> {
        match (self.is_for_people, self.is_empty) {
            (true, _) => {}
            (false, true) => writeln!(self.out, "{{\"events\":[]}}")?,
            (false, false) => writeln!(self.out, "]}}")?,
        }
        self.out.flush()
    }
}

fn row(event: &Value) -> String {
    let time = event.get("timestamp").and_then(moment);
    // Of a lone event the thread is not known, and not shown.
    let Some(placed) = Places::default().read(event) else {
        return escaped(&event.to_json()).into_owned();
    };
    let time = time.map_or_else(String::new, |time: Timestamp| time.to_string());
    let about = placed.name.as_deref().or_else(|| error(event));
    let id = placed.id.0.to_string();
    line(
        &id,
        &time,
        &escaped(&placed.kind),
        &escaped(about.unwrap_or_default()),
    )
}

/// What an event says went wrong.
fn error(event: &Value) -> Option<&str> {
    let mut members = event.as_object()?.iter();
    members.find_map(|(_, details)| details.get("error")?.as_str())
}

fn line(id: &str, time: &str, kind: &str, about: &str) -> String {
    let line = format!("{id:>6}  {time:<24}  {kind:<28}  {about}");
    line.trim_end().to_owned()
}

impl From<CallError> for Unprinted {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<std::io::Error> for Unprinted {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error)
    }
}

impl From<Unprinted> for CommandError {
    fn from(problem: Unprinted) -> Self {
        match problem {
            Unprinted::Call(error) => error.into(),
            Unprinted::Write(cause) => Self::caused("writing to standard output", &cause),
        }
    }
}
