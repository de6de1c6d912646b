//! Ours beside a floor, in turns, so that whatever else the machine does meets
//! both.

use std::{
    ops::RangeInclusive,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use sandstep_json::{Array, Object, Value};

use crate::page_faults;

/// How long a piece of work took and what it cost the kernel.
pub struct Measured {
    /// From the moment all threads are ready to the end of the last.
    pub time: Duration,
    /// Minor page faults of the process meanwhile.
    pub faults: u64,
}

/// Two pieces of work that took turns.
pub struct Compared {
    /// The median of our turns.
    pub ours: Measured,
    /// The median of the floor's.
    pub floor: Measured,
    /// Our time beside the floor's, turn by turn, in ascending order.
    ratios: Vec<f64>,
}

impl Compared {
    /// How many times as long ours takes: the median over all turns. Whatever slows the
    /// machine for longer than a turn meets both.
    pub fn ratio(&self) -> f64 {
        self.quantile(0.5)
    }

    /// Between what ratios the middle half of the turns is.
    pub fn spread(&self) -> (f64, f64) {
        (self.quantile(0.25), self.quantile(0.75))
    }

    fn quantile(&self, part: f64) -> f64 {
        let last = self.ratios.len() - 1;
        self.ratios[(last as f64 * part).round() as usize]
    }
}

/// Has both take turns for some seconds. Short turns are fairer.
pub fn take_turns(
    mut ours: impl FnMut() -> Measured,
    mut floor: impl FnMut() -> Measured,
) -> Compared {
    const TURNS: RangeInclusive<usize> = 7..=101;
    const LONG_ENOUGH: Duration = Duration::from_secs(5);
    let mut all = (Vec::new(), Vec::new());
    ours();
    floor();
    let began = Instant::now();
    while all.0.len() < *TURNS.start()
        || (all.0.len() < *TURNS.end() && began.elapsed() < LONG_ENOUGH)
    {
        all.0.push(ours());
        all.1.push(floor());
    }
    let pairs = all.0.iter().zip(&all.1);
    let ratio =
        |(ours, floor): (&Measured, &Measured)| ours.time.as_secs_f64() / floor.time.as_secs_f64();
    let mut ratios: Vec<f64> = pairs.map(ratio).collect();
    ratios.sort_by(f64::total_cmp);
    Compared {
        ours: median(all.0),
        floor: median(all.1),
        ratios,
    }
}

fn median(mut all: Vec<Measured>) -> Measured {
    all.sort_by_key(|measured| measured.time);
    let middle = all.len() / 2;
    all.swap_remove(middle)
}

/// The same work on each of several threads, from the moment all are ready. A
/// profiler tells whose work it was by their name (`perf report --comms ours`).
pub fn on_threads(name: &str, threads: usize, work: impl Fn() + Sync) -> Measured {
    let ready = Barrier::new(threads + 1);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let worker = thread::Builder::new().name(name.to_owned());
                let spawned = worker.spawn_scoped(scope, || {
                    ready.wait();
                    work();
                });
                spawned.expect("a thread starts")
            })
            .collect();
        ready.wait();
        let (started, faults) = (Instant::now(), page_faults());
        for worker in workers {
            worker.join().expect("the work succeeds");
        }
        Measured {
            time: started.elapsed(),
            faults: page_faults() - faults,
        }
    })
}

/// An order with as many items as make up about so many bytes.
pub fn order(bytes: usize) -> Value {
    let mut items = Array::new();
    loop {
        let order = Object::from([
            ("order", Value::from("4711")),
            ("customer", Value::from("Ada")),
            ("items", Value::from(items.clone())),
        ]);
        let order = Value::from(order);
        if order.json_len() + 16 >= bytes {
            return order;
        }
        let sku = Value::from(format!("a-{}", items.len()));
        items.push(Object::from([("sku", sku)]).into());
    }
}

/// One thread's runtime, as the product has it.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts")
}

/// In microseconds.
pub fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
