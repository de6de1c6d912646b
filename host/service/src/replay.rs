//! Replays a recorded execution: feeds the outcomes of its tasks to a
//! definition, which may have changed, and finds where it goes another way.
//!
//! A [`Recording`] is what `aws stepfunctions get-execution-history` prints, or
//! `sandstep run --history`. [`replay`] runs it on the virtual clock, with each
//! task ending as it did and when it did in the same thread of control.
//! Histories are compared thread by thread: which branch was ahead of another
//! is no difference.

mod alike;
mod divergence;
mod event;
mod placed;
mod recording;
mod runner;
mod tasks;
mod threads;

use std::sync::{Arc, Mutex};

use sandstep_asl::{HistoryEvent, Limits, Outcome, Start, StateMachine, Timestamp, TokenKey};
use sandstep_driver::{Clock, Driver, StopRequest};
use sandstep_json::{Text, Value};

use crate::mock::Mocks;
use alike::Own;
use divergence::first_divergence;
use runner::{Feed, ReplayRunner};
use threads::{Mark, Threads};

pub use divergence::{Divergence, Told};
pub use placed::{PlacedEvent, Places};

use divergence::Side;
pub use recording::{RecordedEnd, Recording, Unreadable};
pub use runner::NotRecorded;

/// What a recorded execution came to, once more.
#[derive(Debug)]
pub struct Replay {
    /// How it ended now.
    pub outcome: Outcome,
    /// Where it first went another way, if it did.
    pub divergence: Option<Divergence>,
    /// The invocation that the recording has no outcome of, if the definition
    /// came to one.
    pub not_recorded: Option<NotRecorded>,
    /// What its tasks answered and how long they took, in the order in which
    /// they were asked, for a test that repeats this replay. Outcomes that
    /// nothing asked for come last.
    pub mocks: Mocks,
    /// How many texts differ only in what every execution makes anew:
    /// moments, UUIDs, ARNs and names of its own.
    pub made_anew: usize,
}

/// A machine as it is replayed.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The definition, changed or not.
    pub machine: Arc<StateMachine>,
    /// What the execution may use.
    pub limits: Limits,
    /// The input where the recording has none: it was fetched without
    /// execution data.
    pub input: Option<Value>,
}

/// Replays a recording, with tasks that take as long as they took.
///
/// Dropping the future stops it. Without a limit of its history, a replay ends at
/// twice the events of the recording, and at 25,000 at least.
pub async fn replay(replayed: &Replayed, recording: &Recording) -> Replay {
    let feed = Arc::new(Mutex::new(Feed::new(recording.tasks())));
    let (outcome, events, threads) = run(replayed, recording, &feed).await;
    let own = Own::of(&start(replayed, recording));
    let feed = feed.lock().expect("feeding does not panic");
    let (not_recorded, mocks) = (feed.not_recorded(), feed.mocks());
    let replayed_history = Side::new(&events, &threads, not_recorded.is_some());
    let (divergence, made_anew) = first_divergence(recording, &replayed_history, &own);
    Replay {
        outcome,
        divergence,
        not_recorded,
        mocks,
        made_anew,
    }
}

/// The mocks with which a definition repeats a recording, as far as it asks for
/// what was recorded.
///
/// Mocks are answered one after the other for each state, so the recording is
/// replayed with tasks that take no time, as mocks do, to see in which order
/// the outcomes are asked for. Those that nothing asked for come last.
pub async fn mocks_of(replayed: &Replayed, recording: &Recording) -> Mocks {
    let feed = Arc::new(Mutex::new(Feed::without_time(recording.tasks())));
    run(replayed, recording, &feed).await;
    let feed = feed.lock().expect("feeding does not panic");
    feed.mocks()
}

async fn run(
    replayed: &Replayed,
    recording: &Recording,
    feed: &Arc<Mutex<Feed>>,
) -> (Outcome, Vec<HistoryEvent>, Threads) {
    let threads = Arc::new(Mutex::new(Threads::default()));
    let runner = Arc::new(ReplayRunner::new(Arc::clone(feed), Arc::clone(&threads)));
    let clock = Clock::Virtual(recording.started().unwrap_or_default());
    let mut events = Vec::new();
    let append = |record: sandstep_asl::Record| {
        if let Some(event) = record.event {
            let mut threads = threads.lock().expect("placing does not panic");
            threads.place(&Mark::of(&event));
            events.push(event);
        }
    };
    let start = start(replayed, recording);
    let machine = Arc::clone(&replayed.machine);
    let outcome = Driver::new(runner.clone(), clock)
        .run(machine, start, append, stop(&runner))
        .await;
    let threads = std::mem::take(&mut *threads.lock().expect("placing does not panic"));
    (outcome, events, threads)
}

async fn stop(runner: &ReplayRunner) -> StopRequest {
    let missing = runner.missing().await;
    StopRequest {
        error: Some(NotRecorded::ERROR.to_owned()),
        cause: Some(missing.to_string()),
    }
}

/// What the execution is told. A history tells neither its execution's name
/// nor its machine's, so that both are names which no definition has.
fn start(replayed: &Replayed, recording: &Recording) -> Start {
    let arn =
        |rest: &str| -> Text { format!("arn:aws:states:us-east-1:123456789012:{rest}").into() };
    let (machine, execution) = ("sandstep-replayed-machine", "sandstep-replayed-execution");
    Start {
        input: recording
            .input()
            .or_else(|| replayed.input.clone())
            .unwrap_or_else(|| sandstep_json::Object::new().into()),
        execution_arn: arn(&format!("execution:{machine}:{execution}")),
        name: execution.into(),
        role_arn: recording.role_arn().unwrap_or_default(),
        machine_arn: arn(&format!("stateMachine:{machine}")),
        machine_name: machine.into(),
        redrive_count: Some(0),
        seed: 0,
        token_key: TokenKey::of_seed(0),
        limits: Limits {
            history_events: Some(most_events(replayed, recording)),
            ..replayed.limits.clone()
        },
    }
}

/// Where there is no limit, a changed definition may loop for ever: twice the
/// recording, or the service's quota, is enough to see where it went.
fn most_events(replayed: &Replayed, recording: &Recording) -> u64 {
    const QUOTA: u64 = 25_000;
    let limit = replayed.limits.history_events;
    limit.unwrap_or_else(|| QUOTA.max(2 * recording.len() as u64))
}

/// A moment in any form that answers of the API have: seconds since 1970 from the API,
/// RFC 3339 from the AWS CLI.
pub fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(seconds) => {
            let millis = seconds.as_f64() * 1000.0;
            Some(Timestamp::from_millis(millis.round() as i64))
        }
        Value::String(text) => Timestamp::parse(text),
        _ => None,
    }
}
