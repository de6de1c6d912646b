//! What the benchmarks share: repeated timing, and what a run cost the system.
#![forbid(unsafe_code)]

pub mod compare;
pub mod guests;

use std::time::{Duration, Instant};

/// How often each figure is taken; the median is told.
const SAMPLES: usize = 9;

/// The median time of `operation`, after one run that does not count.
pub fn median(mut operation: impl FnMut()) -> Duration {
    operation();
    let mut times: Vec<Duration> = (0..SAMPLES)
        .map(|_| {
            let started = Instant::now();
            operation();
            started.elapsed()
        })
        .collect();
    times.sort();
    times[SAMPLES / 2]
}

/// The most memory that this process has had, in MiB; `None` where the system
/// has no `/proc`.
pub fn peak_memory_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024.0)
}

/// How many minor page faults this process has had; 0 where the system has no
/// `/proc`.
pub fn page_faults() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field is the program's name in parentheses, which may hold
    // spaces; `minflt` is the tenth.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let faults = fields.split_whitespace().nth(7);
    faults.and_then(|faults| faults.parse().ok()).unwrap_or(0)
}
