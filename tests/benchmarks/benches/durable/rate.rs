//! How fast something goes.

use std::{
    fmt,
    time::{Duration, Instant},
};

use crate::system::cpu_time;

/// What a round of all clients took.
pub(crate) struct Took {
    pub(crate) time: Duration,
    /// Of all cores together.
    processor: Duration,
}

pub(crate) fn timed(round: impl FnOnce()) -> Took {
    let (started, computed) = (Instant::now(), cpu_time());
    round();
    Took {
        time: started.elapsed(),
        processor: cpu_time() - computed,
    }
}

/// How fast something goes, as a median of rounds.
pub(crate) struct Rate {
    pub(crate) each_second: f64,
    /// What each costs of all cores together.
    processor: Duration,
}

impl Rate {
    /// Of rounds of so many each.
    pub(crate) fn of(rounds: Vec<Took>, count: usize) -> Self {
        let (times, processor) = rounds
            .iter()
            .map(|took| (took.time, took.processor))
            .unzip();
        Self {
            each_second: count as f64 / median(times).as_secs_f64(),
            processor: median(processor) / count as u32,
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let processor = micros_of(self.processor);
        write!(
            f,
            "{:>8.0}/s, {processor:4.1} µs of processor each",
            self.each_second
        )
    }
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

pub(crate) fn micros(time: Duration) -> String {
    format!("{:.0} µs", micros_of(time))
}

pub(crate) fn micros_of(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
