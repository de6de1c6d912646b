//! A JavaScript function, beside bare wasmtime calling the same component; its
//! size, and how long it takes to make it.
//!
//! `cargo bench --package sandstep-benchmarks --bench javascript`
//!
//! The floor is one call in a fresh instance at the cheapest correct settings,
//! with nothing around it. Both take turns, on as many threads.
//!
//! Needs Node.js, and npm once, for the toolchain in `guest-sdk/js`.

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::Instant,
};

use sandstep_benchmarks::{
    compare::{Compared, Measured, micros, on_threads, order, runtime, take_turns},
    median,
};
use sandstep_json::{Object, Value};
use sandstep_sandbox::{
    Call, CompilerProgram, Function, FunctionSpec, Sandbox, SandboxConfig, compile, floor::Floor,
};

// The allocator of the product, for both sides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The argument that makes this program the sandbox's compiler.
const COMPILE: &str = "compile-component";

/// Answers with its event, as most authors would write it.
const ECHO: &str = "exports.handler = async (event) => event;\n";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if arguments.first().is_some_and(|first| first == COMPILE) {
        return compile::child_main(&arguments[1..]);
    }
    let toolchain = Toolchain::installed();
    let component = toolchain.component(ECHO);
    println!("the echo component: {} bytes", component.len());
    building(&toolchain);
    loading(&component);
    let sandbox = sandbox(&target().join("bench-components"));
    let echo = load(&sandbox, &component);
    let floor = Floor::of(&echo, &component);
    invocations(&echo, &floor);
    ExitCode::SUCCESS
}

/// From a changed source to a component.
fn building(toolchain: &Toolchain) {
    let mut version = 0;
    let time = median(|| {
        version += 1;
        toolchain.component(&format!("// {version}\n{ECHO}"));
    });
    println!("building a changed handler: {:.2} s", time.as_secs_f64());
}

/// From a component to a function, compiled in a child process or cached.
fn loading(component: &[u8]) {
    let cache = target().join("bench-components-once");
    // Left over from a run that was cut off.
    let _ = fs::remove_dir_all(&cache);
    for what in ["compiling", "loading"] {
        let started = Instant::now();
        load(&sandbox(&cache), component);
        println!("{what} it: {:.1} ms", micros(started.elapsed()) / 1e3);
    }
    fs::remove_dir_all(&cache).expect("the cache was made here");
}

/// One invocation in a fresh instance.
fn invocations(echo: &Function, floor: &Floor) {
    const CALLS: usize = 500;
    println!("\none invocation of a JavaScript function (echo) against one bare call of it\n");
    println!(
        "event  threads      ours     floor  ratio (half)            ours/s   floor/s  faults/call"
    );
    for (size, bytes) in [("80 B", 80), ("1 KB", 1024)] {
        let event = order(bytes).to_string();
        for threads in [1, 2] {
            let compared = take_turns(
                || on_threads("ours", threads, || invoke(echo, &event, CALLS)),
                || on_threads("floor", threads, || call(floor, &event, CALLS)),
            );
            let each = |measured: &Measured| micros(measured.time) / CALLS as f64;
            let rate = |measured: &Measured| (CALLS * threads) as f64 / measured.time.as_secs_f64();
            let Compared { ours, floor, .. } = &compared;
            let (least, most) = compared.spread();
            println!(
                "{size:6} {threads:7} {:8.2}µs {:8.2}µs {:6.2} ({least:.2} to {most:.2}) {:>9.0} {:>9.0} {:>12.4}",
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

fn invoke(echo: &Function, event: &str, times: usize) {
    let call = Call::new("00000000-0000-0000-0000-000000000000");
    runtime().block_on(async {
        for _ in 0..times {
            let invocation = echo.invoke(event, &call).await;
            black_box(invocation.outcome.expect("the echo answers"));
        }
    });
}

fn call(floor: &Floor, event: &str, times: usize) {
    runtime().block_on(async {
        for _ in 0..times {
            black_box(floor.call(event).await);
        }
    });
}

fn sandbox(cache: &Path) -> Sandbox {
    let program = std::env::current_exe().expect("a program knows where it is");
    let compiler = CompilerProgram::new(program, [COMPILE]);
    Sandbox::new(SandboxConfig::new(cache, compiler)).expect("a sandbox starts")
}

fn load(sandbox: &Sandbox, component: &[u8]) -> Function {
    runtime()
        .block_on(sandbox.load(component, FunctionSpec::named("echo")))
        .expect("the echo component loads")
}

/// `guest-sdk/js`, with what npm gives its toolchain.
struct Toolchain {
    sdk: PathBuf,
}

impl Toolchain {
    fn installed() -> Self {
        let sdk = repository().join("guest-sdk/js");
        let toolchain = sdk.join("toolchain");
        if !toolchain.join("node_modules").exists() {
            let npm = Command::new("npm")
                .args(["ci", "--ignore-scripts"])
                .current_dir(&toolchain)
                .stdout(Stdio::null())
                .status()
                .expect("npm runs");
            assert!(npm.success(), "the toolchain cannot be installed");
        }
        Self { sdk }
    }

    /// Makes a component of a handler's source.
    fn component(&self, source: &str) -> Vec<u8> {
        let folder = target().join("bench-javascript");
        fs::create_dir_all(&folder).expect("the target can be written");
        let (entry, output) = (folder.join("echo.js"), folder.join("echo.wasm"));
        fs::write(&entry, source).expect("the target can be written");
        let request = request(&entry, &output);
        let input = folder.join("request.json");
        fs::write(&input, request.to_string()).expect("the target can be written");
        let node = Command::new("node")
            .arg(self.sdk.join("toolchain/build.mjs"))
            .stdin(fs::File::open(&input).expect("it was just written"))
            .output()
            .expect("node runs");
        let said = String::from_utf8_lossy(&node.stdout);
        assert!(node.status.success(), "the handler does not build: {said}");
        fs::read(&output).expect("the component was built")
    }
}

/// What `build.mjs` is told.
fn request(entry: &Path, output: &Path) -> Value {
    let text = |path: &Path| Value::from(path.to_str().expect("paths are UTF-8"));
    Object::from([
        ("entry", text(entry)),
        ("export", Value::from("handler")),
        ("output", text(output)),
        ("name", Value::from("echo")),
        ("wit", text(&repository().join("wit"))),
    ])
    .into()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned()
}
