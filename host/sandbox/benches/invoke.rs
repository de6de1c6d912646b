//! One invocation against its floor: `cargo bench -p sandstep-sandbox
//! --features bench-floor`.
//!
//! Prints, for each event size and number of threads, the median time of a
//! call here and under bare wasmtime, their ratio, calls a second of all
//! threads together, and minor page faults per call. Both are measured in
//! turns, so that whatever else the machine does meets both.

// A benchmark has nobody to report to.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use sandstep_sandbox::floor::Floor;
use sandstep_sandbox::{Call, CompilerProgram, Function, FunctionSpec, Sandbox, SandboxConfig};

const CALLS: usize = 20_000;
const ROUNDS: usize = 7;

fn main() {
    let component = component();
    let runtime = runtime();
    let compiler = CompilerProgram::new(env!("CARGO_BIN_EXE_compile-component"), [""; 0]);
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("components");
    start_up(&cache, &compiler, &component);
    let sandbox = Sandbox::new(SandboxConfig::new(cache, compiler)).unwrap();
    let echo = runtime
        .block_on(sandbox.load(&component, FunctionSpec::named("echo")))
        .unwrap();
    let floor = Arc::new(Floor::of(&echo, &component));

    println!("event   threads      ours     floor  ratio  ours/s   floor/s  faults/call");
    for (name, event) in [("80 B", event(80)), ("1 KB", event(1024))] {
        for threads in [1, 2] {
            compare(name, &event, threads, &echo, &floor);
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// What a process pays before its first invocation, with a warm cache.
fn start_up(cache: &Path, compiler: &CompilerProgram, component: &[u8]) {
    for round in ["cold", "warm"] {
        let started = Instant::now();
        let sandbox = Sandbox::new(SandboxConfig::new(cache, compiler.clone())).unwrap();
        let created = started.elapsed();
        let spec = FunctionSpec::named("echo");
        let echo = runtime().block_on(sandbox.load(component, spec)).unwrap();
        let loaded = started.elapsed();
        runtime()
            .block_on(echo.invoke("1", &Call::new("r")))
            .outcome
            .unwrap();
        println!(
            "{round} start: sandbox {created:.1?}, function {:.1?}, first call {:.1?}",
            loaded - created,
            started.elapsed() - loaded
        );
    }
}

fn component() -> Vec<u8> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/guests");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../guests");
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--release",
            "--target",
            "wasm32-wasip2",
            "--package",
            "echo",
        ])
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", &target)
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the guest does not build");
    std::fs::read(target.join("wasm32-wasip2/release/echo.wasm")).unwrap()
}

/// An order with as many items as make up about so many bytes.
fn event(bytes: usize) -> String {
    let mut items = Vec::new();
    let text = |items: &[String]| {
        format!(
            r#"{{"order":"4711","customer":"Ada","items":[{}]}}"#,
            items.join(",")
        )
    };
    while text(&items).len() + 16 < bytes {
        items.push(format!(r#"{{"sku":"a-{}"}}"#, items.len()));
    }
    text(&items)
}

struct Measured {
    /// Of one call on one thread.
    time: Duration,
    per_second: f64,
    faults: f64,
}

fn compare(name: &str, event: &str, threads: usize, echo: &Function, floor: &Arc<Floor>) {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let echo = echo.clone();
        let event: Arc<str> = event.into();
        ours.push(measure(threads, {
            let event = event.clone();
            move || {
                let call = Call::new("00000000-0000-0000-0000-000000000000");
                let (echo, event) = (echo.clone(), event.clone());
                async move {
                    for _ in 0..CALLS {
                        echo.invoke(&event, &call).await.outcome.unwrap();
                    }
                }
            }
        }));
        let floor = floor.clone();
        bare.push(measure(threads, move || {
            let (floor, event) = (floor.clone(), event.clone());
            async move {
                for _ in 0..CALLS {
                    floor.call(&event).await;
                }
            }
        }));
    }
    let (ours, bare) = (median(ours), median(bare));
    println!(
        "{name:6} {threads:8} {:>8.2}µs {:>8.2}µs {:>6.2} {:>8.0} {:>9.0} {:>12.4}",
        ours.time.as_secs_f64() * 1e6,
        bare.time.as_secs_f64() * 1e6,
        ours.time.as_secs_f64() / bare.time.as_secs_f64(),
        ours.per_second,
        bare.per_second,
        ours.faults,
    );
}

fn measure<W, F>(threads: usize, work: W) -> Measured
where
    W: Fn() -> F + Clone + Send + 'static,
    F: Future<Output = ()>,
{
    let barrier = Arc::new(Barrier::new(threads + 1));
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            let (work, barrier) = (work.clone(), barrier.clone());
            thread::spawn(move || {
                let runtime = runtime();
                barrier.wait();
                runtime.block_on(work());
            })
        })
        .collect();
    barrier.wait();
    let (started, faults) = (Instant::now(), minor_faults());
    for worker in workers {
        worker.join().unwrap();
    }
    let elapsed = started.elapsed();
    let calls = (threads * CALLS) as f64;
    Measured {
        time: elapsed / CALLS as u32,
        per_second: calls / elapsed.as_secs_f64(),
        faults: (minor_faults() - faults) as f64 / calls,
    }
}

/// Of this process so far: the tenth field of `/proc/self/stat`.
fn minor_faults() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    after_name
        .split_whitespace()
        .nth(7)
        .unwrap()
        .parse()
        .unwrap()
}

fn median(mut measured: Vec<Measured>) -> Measured {
    measured.sort_by_key(|measured| measured.time);
    measured.swap_remove(measured.len() / 2)
}
