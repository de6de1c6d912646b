//! Does what the event names. `CONFORMANCE.md` says what each deed is.

mod failures;
mod greed;
mod surroundings;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use sandstep_lambda::{Context, Error, handler};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// `{"do": "loop"}`, and so on.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum Deed {
    Context,
    Remaining { ms: u64 },
    Fail,
    FailUntil { attempt: u32 },
    Crash,
    Marshal,
    Log,
    Flood { bytes: Option<usize> },
    Loop,
    Sleep { ms: u64 },
    TakeMemory { bytes: Option<usize> },
    Recurse,
    Reply { bytes: usize },
    Environment,
    Draw,
    Clock { ms: u64 },
    Count,
    Read { path: String },
    Connect { address: String },
}

/// What comes of it.
#[derive(Serialize)]
#[serde(untagged)]
enum Reply {
    Json(Value),
    /// JSON's keys are strings.
    Unsayable(BTreeMap<(u8, u8), u8>),
}

#[handler]
fn handle(deed: Deed, context: Context) -> Result<Reply, Error> {
    match deed {
        Deed::Marshal => Ok(Reply::Unsayable(BTreeMap::from([((1, 2), 3)]))),
        deed => act(deed, context).map(Reply::Json),
    }
}

fn act(deed: Deed, context: Context) -> Result<Value, Error> {
    match deed {
        Deed::Context => Ok(describe(context)),
        Deed::Remaining { ms } => surroundings::remaining(&context, ms),
        Deed::Fail => failures::find_order().map(|()| Value::Null),
        Deed::FailUntil { attempt } => failures::fail_until(attempt, context.attempt),
        Deed::Crash => panic!("the shelf is empty"),
        Deed::Log => Ok(log()),
        Deed::Flood { bytes } => Ok(greed::flood(bytes)),
        Deed::Loop => greed::spin(),
        Deed::Sleep { ms } => Ok(surroundings::sleep(ms)),
        Deed::TakeMemory { bytes } => Ok(greed::take_memory(bytes)),
        Deed::Recurse => Ok(json!(greed::recurse(0))),
        Deed::Reply { bytes } => Ok(json!("x".repeat(bytes - 2))),
        Deed::Environment => Ok(json!(std::env::vars().collect::<BTreeMap<_, _>>())),
        Deed::Draw => Ok(surroundings::draw()),
        Deed::Clock { ms } => surroundings::clock(ms),
        Deed::Count => Ok(json!(count())),
        Deed::Read { path } => Ok(surroundings::read(&path)),
        Deed::Connect { address } => Ok(surroundings::connect(&address)),
        Deed::Marshal => unreachable!("the only reply that is no JSON"),
    }
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

fn log() -> Value {
    println!("to standard output");
    eprintln!("to standard error");
    println!("two\nlines");
    Value::Null
}

fn count() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed) + 1
}
