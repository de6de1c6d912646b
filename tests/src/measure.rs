//! What the benchmarks share: repeated timing, and figures beside their floor.

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

/// The median times of two operations that take turns, so that a machine that
/// slows down slows both.
pub fn medians(mut ours: impl FnMut(), mut floor: impl FnMut()) -> (Duration, Duration) {
    let mut times = (Vec::new(), Vec::new());
    ours();
    floor();
    for _ in 0..SAMPLES {
        let started = Instant::now();
        ours();
        times.0.push(started.elapsed());
        let started = Instant::now();
        floor();
        times.1.push(started.elapsed());
    }
    times.0.sort();
    times.1.sort();
    (times.0[SAMPLES / 2], times.1[SAMPLES / 2])
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
