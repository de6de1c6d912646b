//! Executions of functions, beside bare wasmtime calling the same component.
//!
//! `cargo bench --package sandstep-benchmarks --bench executions`
//!
//! The floor is one call in a fresh instance at the cheapest correct settings,
//! with nothing around it. Both take turns, on as many threads.

use std::{
    hint::black_box,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use sandstep_asl::{Limits, Outcome, Start, StateMachine, TokenKey};
use sandstep_benchmarks::{
    compare::{Compared, Measured, micros, on_threads, order, runtime, take_turns},
    guests, peak_memory_mib,
};
use sandstep_driver::{Clock, Driver, StopRequest};
use sandstep_json::{Array, Text, Value};
use sandstep_sandbox::{
    CompilerProgram, FunctionSpec, Sandbox, SandboxConfig, compile, floor::Floor,
};
use sandstep_service::{FunctionRunner, Functions, Unobserved};

// The allocator of the product, for both sides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The argument that makes this program the sandbox's compiler.
const COMPILE: &str = "compile-component";

const PLAIN: &str =
    r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "echo", "End": true}}}"#;

const SHAPED: &str = r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "echo",
    "Parameters": {"order.$": "$.order", "items.$": "$.items"},
    "ResultSelector": {"seen.$": "$.order"}, "ResultPath": "$.result", "End": true}}}"#;

const MAP: &str = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {
    "StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "echo", "End": true}}}}}}"#;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if arguments.first().is_some_and(|first| first == COMPILE) {
        return compile::child_main(&arguments[1..]);
    }
    let bench = Bench::new();
    bench.executions();
    bench.maps();
    ExitCode::SUCCESS
}

struct Bench {
    driver: Driver,
    floor: Arc<Floor>,
}

impl Bench {
    fn new() -> Self {
        let program = std::env::current_exe().expect("a program knows where it is");
        let cache = target().join("bench-components");
        let compiler = CompilerProgram::new(program, [COMPILE]);
        let sandbox = Sandbox::new(SandboxConfig::new(cache, compiler)).expect("a sandbox starts");
        let component = guests::echo(&target());
        let echo = runtime()
            .block_on(sandbox.load(&component, FunctionSpec::named("echo")))
            .expect("the echo component loads");
        let floor = Arc::new(Floor::of(&echo, &component));
        let functions = Functions::default();
        functions.insert("echo", echo);
        let runner = Arc::new(FunctionRunner::new(functions, Unobserved));
        Self {
            driver: Driver::new(runner, Clock::Real),
            floor,
        }
    }

    /// One EXPRESS execution of one task, start to output.
    fn executions(&self) {
        const CALLS: usize = 2_000;
        println!("one EXPRESS execution of one Rust task (echo) against one bare call of it\n");
        println!(
            "event  data flow  threads      ours     floor  ratio (half)            ours/s   floor/s  faults/execution"
        );
        for (size, bytes) in [("80 B", 80), ("1 KB", 1024)] {
            for (flow, definition) in [("passed on", PLAIN), ("shaped", SHAPED)] {
                for threads in [1, 2] {
                    let machine = machine(definition);
                    let input = order(bytes);
                    let event = input.to_string();
                    let compared = take_turns(
                        || {
                            on_threads("ours", threads, || {
                                // As in a server, no two threads have an input in common.
                                let input = Value::parse(&event).expect("it was printed");
                                self.execute(&machine, &input, CALLS);
                            })
                        },
                        || on_threads("floor", threads, || self.call_floor(&event, CALLS)),
                    );
                    let each = |measured: &Measured| micros(measured.time) / CALLS as f64;
                    let rate = |measured: &Measured| {
                        (CALLS * threads) as f64 / measured.time.as_secs_f64()
                    };
                    let Compared { ours, floor, .. } = &compared;
                    let (least, most) = compared.spread();
                    println!(
                        "{size:6} {flow:10} {threads:7} {:8.2}µs {:8.2}µs {:6.2} ({least:.2} to {most:.2}) {:>9.0} {:>9.0} {:>17.4}",
                        each(ours),
                        each(floor),
                        compared.ratio(),
                        rate(ours),
                        rate(floor),
                        ours.faults as f64 / (CALLS * threads) as f64,
                    );
                }
            }
        }
    }

    /// EXPRESS Maps over the task, quotas lifted, records dropped once read.
    fn maps(&self) {
        println!("\na Map over the task against as many bare calls, one thread\n");
        println!("items        ours       floor  ratio (half)          peak memory");
        let machine = machine(MAP);
        for count in [1_000, 10_000, 100_000] {
            let items: Array = (0..count).map(|_| order(80)).collect();
            let (items, event) = (Value::from(items), order(80).to_string());
            let compared = take_turns(
                || on_threads("ours", 1, || self.execute(&machine, &items, 1)),
                || on_threads("floor", 1, || self.call_floor(&event, count)),
            );
            let (least, most) = compared.spread();
            println!(
                "{count:6} {:8.1} ms {:8.1} ms {:6.2} ({least:.2} to {most:.2}) {:>8.0} MiB",
                micros(compared.ours.time) / 1e3,
                micros(compared.floor.time) / 1e3,
                compared.ratio(),
                peak_memory_mib().unwrap_or(f64::NAN),
            );
        }
    }

    fn execute(&self, machine: &Arc<StateMachine>, input: &Value, times: usize) {
        runtime().block_on(async {
            for _ in 0..times {
                let append = |record| drop(black_box(record));
                let stop = std::future::pending::<StopRequest>();
                let machine = Arc::clone(machine);
                match self.driver.run(machine, start(input), append, stop).await {
                    Outcome::Succeeded(output) => drop(black_box(output)),
                    other => panic!("the execution did not succeed: {other:?}"),
                }
            }
        });
    }

    fn call_floor(&self, event: &str, times: usize) {
        runtime().block_on(async {
            for _ in 0..times {
                black_box(self.floor.call(event).await);
            }
        });
    }
}

fn start(input: &Value) -> Start {
    let arn: Text = "arn:aws:states:us-east-1:123456789012:express:bench:run:1".into();
    Start {
        input: input.clone(),
        execution_arn: arn.clone(),
        name: arn.clone(),
        role_arn: arn.clone(),
        machine_arn: arn.clone(),
        machine_name: arn,
        redrive_count: Some(0),
        seed: 1,
        token_key: TokenKey::of_seed(1),
        limits: Limits {
            payload_bytes: usize::MAX,
            ..Limits::express()
        },
    }
}

fn machine(definition: &str) -> Arc<StateMachine> {
    let parsed = StateMachine::parse(definition);
    Arc::new(
        parsed
            .machine
            .unwrap_or_else(|| panic!("{:?}", parsed.diagnostics)),
    )
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned()
}
