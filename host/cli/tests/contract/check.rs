//! Runs one row in one language.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use sandstep_json::Value;
use sandstep_sandbox::{Call, Function, FunctionError, FunctionSpec};
use serde::Deserialize;
use tokio::runtime::{Builder, Runtime};

use crate::invoke::{Ended, invoke, load, sandbox};
use crate::language::Language;
use crate::pattern::{fits, lines_fit};
use crate::row::{Again, Expect, Refusal, Row};
use crate::shape::{all_differ, mismatch};
use crate::support::repository;

/// How much later than its limit an invocation may end on a busy machine.
const GRACE: Duration = Duration::from_secs(2);

/// Whether a language keeps to a row.
pub(crate) fn check(language: &Language, row: &Row) -> Result<(), String> {
    let component = language.component(&row.handler)?;
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let event = filled(&row.event.text(), &listener)?;
    runtime().block_on(run(language, row, &component, &event))?;
    nobody_connected(&listener)
}

async fn run(language: &Language, row: &Row, component: &[u8], event: &str) -> Result<(), String> {
    let function = load(row, component).await?;
    let started = Instant::now();
    let ended = match row.beside {
        true => beside(language, invoke(row, &function, event)).await?,
        false => invoke(row, &function, event).await?,
    };
    in_time(&function, started.elapsed())?;
    let expect = row.expect_of(language.name);
    judge(expect, &ended, event)?;
    match expect.again {
        Some(again) => related(again, &ended, &invoke(row, &function, event).await?),
        None => Ok(()),
    }
}

fn nobody_connected(listener: &TcpListener) -> Result<(), String> {
    let set = listener.set_nonblocking(true);
    set.map_err(|error| error.to_string())?;
    match listener.accept() {
        Ok(_) => Err("somebody connected to the host".to_owned()),
        Err(_) => Ok(()),
    }
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = Builder::new_multi_thread();
        builder.enable_all().build().expect("threads start")
    })
}

/// Names what really is on the host: `{file}` and `{address}`.
fn filled(event: &str, listener: &TcpListener) -> Result<String, String> {
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let file = repository().join("README.md");
    Ok(event
        .replace("{file}", &file.display().to_string())
        .replace("{address}", &address.to_string()))
}

/// Runs an invocation while well-behaved ones come and go beside it.
async fn beside(
    language: &Language,
    hostile: impl Future<Output = Result<Ended, String>>,
) -> Result<Ended, String> {
    let spec = FunctionSpec::named("echo");
    let echo = sandbox().load(&language.component("echo")?, spec).await;
    let echo = echo.map_err(|error| error.to_string())?;
    let over = Arc::new(AtomicBool::new(false));
    let neighbours = tokio::spawn(come_and_go(echo, Arc::clone(&over)));
    let ended = hostile.await;
    over.store(true, Ordering::Relaxed);
    neighbours.await.map_err(|error| error.to_string())??;
    ended
}

/// Invokes an echo time and again, the last time when all is over.
async fn come_and_go(echo: Function, over: Arc<AtomicBool>) -> Result<(), String> {
    loop {
        let is_last = over.load(Ordering::Relaxed);
        let invocation = echo.invoke("[1]", &Call::new("beside")).await;
        match invocation.outcome.as_deref() {
            Ok("[1]") if is_last => return Ok(()),
            Ok("[1]") => tokio::time::sleep(Duration::from_millis(1)).await,
            outcome => return Err(format!("beside it, an echo of [1] gave {outcome:?}")),
        }
    }
}

fn in_time(function: &Function, took: Duration) -> Result<(), String> {
    let limit = function.spec().limits.wall_time;
    match took <= limit + GRACE {
        true => Ok(()),
        false => Err(format!("it took {took:?} where {limit:?} are the limit")),
    }
}

fn judge(expect: &Expect, ended: &Ended, event: &str) -> Result<(), String> {
    match (&ended.outcome, &expect.error) {
        (Ok(result), None) => judge_result(expect, result, event)?,
        (Err(failure), Some(error)) if failure.error == *error => judge_failure(expect, failure)?,
        (Ok(result), Some(error)) => return Err(format!("{error} expected, got {result}")),
        (Err(failure), _) => return Err(format!("failed with {failure}")),
    }
    judge_log(expect, &ended.log)
}

fn judge_result(expect: &Expect, result: &Value, event: &str) -> Result<(), String> {
    let Some(expected) = &expect.result else {
        return Ok(());
    };
    let parse = |text: &str| Value::parse(text).map_err(|error| format!("{text}: {error}"));
    match mismatch(&parse(expected)?, result, &parse(event)?) {
        None => Ok(()),
        Some(mismatch) => Err(format!("in the result, {mismatch}")),
    }
}

/// Lambda's document about an error of the handler's own.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ErrorDocument {
    error_type: String,
    error_message: String,
    stack_trace: Vec<String>,
}

fn judge_failure(expect: &Expect, failure: &FunctionError) -> Result<(), String> {
    if let Some(pattern) = &expect.cause
        && !fits(pattern, &failure.cause)
    {
        return Err(format!("the cause is {:?}, not {pattern:?}", failure.cause));
    }
    if expect.message.is_none() && expect.stack.is_none() {
        return Ok(());
    }
    let document: ErrorDocument = serde_json::from_str(&failure.cause)
        .map_err(|error| format!("the cause {:?} is no document: {error}", failure.cause))?;
    judge_document(expect, failure, &document)
}

fn judge_document(
    expect: &Expect,
    failure: &FunctionError,
    document: &ErrorDocument,
) -> Result<(), String> {
    if document.error_type != failure.error {
        return Err(format!("errorType is {:?}", document.error_type));
    }
    if let Some(pattern) = &expect.message
        && !fits(pattern, &document.error_message)
    {
        return Err(format!(
            "the message is {:?}, not {pattern:?}",
            document.error_message
        ));
    }
    match &expect.stack {
        Some(patterns) if !lines_fit(patterns, &document.stack_trace) => Err(format!(
            "the stack is {:#?}, not {patterns:#?}",
            document.stack_trace
        )),
        _ => Ok(()),
    }
}

fn judge_log(expect: &Expect, log: &[String]) -> Result<(), String> {
    let fits = match &expect.log {
        Some(patterns) => lines_fit(patterns, log),
        None => expect.error.is_some() || log.is_empty(),
    };
    let patterns = expect.log.as_deref().unwrap_or_default();
    match fits {
        true => Ok(()),
        false => Err(format!("the log is {:#?}, not {patterns:#?}", excerpt(log))),
    }
}

/// Not all of a flood.
fn excerpt(lines: &[String]) -> Vec<&str> {
    const SHOWN: usize = 10;
    let lines = lines.iter().map(String::as_str);
    match lines.len() {
        0..=SHOWN => lines.collect(),
        count => {
            let last = lines.clone().skip(count - SHOWN / 2);
            lines
                .take(SHOWN / 2)
                .chain(["(and so on)"])
                .chain(last)
                .collect()
        }
    }
}

fn related(again: Again, first: &Ended, second: &Ended) -> Result<(), String> {
    let (Ok(first), Ok(second)) = (&first.outcome, &second.outcome) else {
        return Err(format!(
            "the second invocation ended with {:?}",
            second.outcome
        ));
    };
    let is_so = match again {
        Again::Same => first == second,
        Again::Different => all_differ([first, second]),
    };
    match is_so {
        true => Ok(()),
        false => Err(format!(
            "first {first}, then {second}; {again:?} was expected"
        )),
    }
}

/// Whether a language's builder refuses sources as it should.
pub(crate) fn check_refusal(language: &Language, refusal: &Refusal) -> Result<(), String> {
    let said = language.refused(&refusal.folder)?;
    let missing = refusal.says[language.name]
        .iter()
        .find(|text| !said.contains(*text));
    match missing {
        None => Ok(()),
        Some(text) => Err(format!("{text:?} is missing from:\n{said}")),
    }
}
