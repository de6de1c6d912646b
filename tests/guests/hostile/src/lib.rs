//! Does what the event asks, most of which it should not.

mod files;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use sandstep_lambda::{Context, Error, handler};
use serde::Deserialize;
use serde_json::{Value, json};

/// `{"do": "loop"}`, and so on.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum Deed {
    /// Computes for ever.
    Loop,
    /// Sleeps a little and computes for ever, time and again.
    SpinAndSleep,
    /// Sleeps, by the clock that it was given.
    Sleep { ms: u64 },
    /// Says what time it is before and after a sleep.
    Clock { ms: u64 },
    /// Takes memory for ever, or until so many bytes are taken.
    TakeMemory { bytes: Option<usize> },
    /// Exits once memory is refused.
    ExitWithoutMemory,
    /// Calls itself for ever.
    Recurse,
    /// Calls itself for ever, with much in each frame.
    RecurseWithFrames,
    /// Returns a string of so many bytes.
    Return { bytes: usize },
    /// Prints so many bytes, in lines of 64.
    Print { bytes: usize },
    /// Prints to both streams.
    PrintBoth,
    /// Sleeps, and prints then.
    PrintLate { ms: u64 },
    /// Prints a broken line, and nothing that is UTF-8.
    PrintBytes,
    /// Fails with a named error.
    Fail { error: String, message: String },
    /// Fails through `?`.
    Parse { number: String },
    /// Panics.
    Panic { message: String },
    /// Exits.
    Exit { status: i32 },
    /// Opens files for ever, and closes none.
    HoardFiles { directory: String },
    /// Counts its own invocations.
    Count,
    /// Says what it finds around it.
    Look,
    /// Returns random numbers.
    Draw,
    /// Connects to a host.
    Connect { address: String },
    /// Reads a file.
    Read { path: String },
    /// Writes a file.
    Write { path: String, text: String },
    /// Makes a symbolic link and reads through it.
    Link { target: String, path: String },
    /// Returns its context.
    Context,
}

/// A `Result` by another name is one nevertheless.
type Answer = Result<Value, Error>;

#[handler]
fn handle(deed: Deed, context: Context) -> Answer {
    match deed {
        Deed::Loop => spin(),
        Deed::SpinAndSleep => loop {
            spin_for(Duration::from_millis(5));
            thread::sleep(Duration::from_millis(1));
        },
        Deed::Sleep { ms } => {
            thread::sleep(Duration::from_millis(ms));
            Ok(json!(ms))
        }
        Deed::Clock { ms } => clock(ms),
        Deed::TakeMemory { bytes } => take_memory(bytes.unwrap_or(usize::MAX)),
        Deed::ExitWithoutMemory => exit_without_memory(),
        Deed::Recurse => Ok(json!(recurse(0))),
        Deed::RecurseWithFrames => Ok(json!(recurse_with_frames(0))),
        Deed::Return { bytes } => Ok(json!("x".repeat(bytes))),
        Deed::Print { bytes } => {
            for _ in 0..bytes / 64 {
                println!("{}", "y".repeat(63));
            }
            Ok(Value::Null)
        }
        Deed::PrintBoth => {
            println!("to stdout");
            eprintln!("to stderr");
            Ok(Value::Null)
        }
        Deed::PrintLate { ms } => {
            thread::sleep(Duration::from_millis(ms));
            println!("late");
            Ok(Value::Null)
        }
        Deed::PrintBytes => print_bytes(),
        Deed::Fail { error, message } => Err(Error::new(error, message)),
        Deed::Parse { number } => Ok(json!(number.parse::<u8>()?)),
        Deed::Panic { message } => panic!("{message}"),
        Deed::Exit { status } => std::process::exit(status),
        Deed::HoardFiles { directory } => files::hoard(&directory),
        Deed::Count => Ok(json!(count())),
        Deed::Look => Ok(look()),
        Deed::Draw => Ok(draw()),
        Deed::Connect { address } => Ok(files::said(std::net::TcpStream::connect(address))),
        Deed::Read { path } => Ok(files::read(&path)),
        Deed::Write { path, text } => Ok(files::said(std::fs::write(path, text))),
        Deed::Link { target, path } => Ok(files::link(&target, &path)),
        Deed::Context => Ok(describe(context)),
    }
}

fn spin() -> ! {
    let mut number = 0_u64;
    loop {
        number = black_box(number.wrapping_add(1));
    }
}

fn spin_for(length: Duration) {
    let started = Instant::now();
    while started.elapsed() < length {
        black_box(());
    }
}

fn clock(ms: u64) -> Result<Value, Error> {
    let started = Instant::now();
    let before = unix_ms()?;
    thread::sleep(Duration::from_millis(ms));
    let slept = started.elapsed().as_millis() as u64;
    Ok(json!({ "before": before, "after": unix_ms()?, "slept": slept }))
}

fn unix_ms() -> Result<u64, Error> {
    Ok(SystemTime::UNIX_EPOCH.elapsed()?.as_millis() as u64)
}

fn take_memory(bytes: usize) -> Result<Value, Error> {
    const CHUNK: usize = 1024 * 1024;
    let mut taken = Vec::new();
    while taken.len() < bytes / CHUNK {
        taken.push(black_box(vec![1_u8; CHUNK]));
    }
    Ok(json!(taken.len() * CHUNK))
}

fn exit_without_memory() -> ! {
    let mut taken = Vec::<u8>::new();
    while taken.try_reserve(taken.capacity() + 1).is_ok() {}
    std::process::exit(1)
}

/// Keeps nothing in linear memory, whose stack would end first.
fn recurse(depth: u64) -> u64 {
    if depth == u64::MAX {
        return 0;
    }
    recurse(depth + 1).wrapping_mul(3) ^ depth
}

#[allow(unconditional_recursion, reason = "the stack should end")]
fn recurse_with_frames(depth: u64) -> u64 {
    let frame = black_box([depth; 512]);
    frame[0] + recurse_with_frames(depth + 1)
}

fn print_bytes() -> Result<Value, Error> {
    use std::io::Write;
    std::io::stdout().write_all(b"half a line, \xff\xfe")?;
    std::io::stdout().flush()?;
    Ok(Value::Null)
}

fn count() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed) + 1
}

fn look() -> Value {
    json!({
        "environment": std::env::vars().collect::<BTreeMap<_, _>>(),
        "arguments": std::env::args().collect::<Vec<_>>(),
        "root": files::said(std::fs::read_dir("/")),
        "here": files::said(std::fs::read_dir(".")),
    })
}

fn draw() -> Value {
    use std::hash::{BuildHasher, RandomState};
    let draws: Vec<String> = (0..2)
        .map(|_| format!("{:x}", RandomState::new().hash_one(0)))
        .collect();
    json!(draws)
}

fn describe(context: Context) -> Value {
    json!({
        "functionName": context.function_name,
        "functionVersion": context.function_version,
        "invokedFunctionArn": context.invoked_function_arn,
        "requestId": context.request_id,
        "deadlineMs": context.deadline_ms,
        "memoryLimitMb": context.memory_limit_mb,
        "attempt": context.attempt,
        "executionArn": context.execution_arn,
        "stateName": context.state_name,
        "idempotencyToken": context.idempotency_token,
    })
}
