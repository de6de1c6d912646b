//! StartSyncExecution over HTTP, beside the same server with an empty handler.
//!
//! `cargo bench --package sandstep-benchmarks --bench http`
//!
//! Each server is a process of its own; this one is the client of all, in turns,
//! over connections that stay open. The floor takes a body of the same size and
//! answers with one of the same size. A third server does as the floor does, and
//! calls the component through bare wasmtime first: no server of executions can be
//! faster.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use bytes::Bytes;
use sandstep_api::{ApiSettings, HttpLimits, router, serve};
use sandstep_benchmarks::compare::{Compared, Measured, micros, order, runtime, take_turns};
use sandstep_benchmarks::{guests, page_faults};
use sandstep_driver::Clock;
use sandstep_journal::MemoryStore;
use sandstep_json::{Object, Value};
use sandstep_sandbox::{
    CompilerProgram, Function, FunctionSpec, Sandbox, SandboxConfig, compile, floor::Floor,
};
use sandstep_service::step_functions::{Quotas, Settings, StepFunctions};
use sandstep_service::{FunctionRunner, Functions, Unobserved};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle};
use tokio::task::JoinSet;

// The allocator of the product, for both sides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The argument that makes this program the sandbox's compiler.
const COMPILE: &str = "compile-component";
/// The arguments that make it a server.
const OURS: &str = "serve-ours";
const FLOOR: &str = "serve-floor";
const BARE: &str = "serve-bare-calls";

const JSON: &str = "application/x-amz-json-1.0";
const ARN: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:echo";
const DEFINITION: &str =
    r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "echo", "End": true}}}"#;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some(COMPILE) => {
            let arguments: Vec<_> = std::env::args_os().skip(2).collect();
            return compile::child_main(&arguments);
        }
        Some(OURS) => serve_until_told(async || ours().await),
        Some(FLOOR) => serve_until_told(async || floor(answer_len(&arguments))),
        Some(BARE) => serve_until_told(async || {
            let bytes = arguments[2].parse().expect("the bytes of an event");
            bare_calls(answer_len(&arguments), order(bytes).to_json()).await
        }),
        _ => compare_all(),
    }
    ExitCode::SUCCESS
}

fn answer_len(arguments: &[String]) -> usize {
    arguments[1].parse().expect("the bytes of an answer")
}

fn compare_all() {
    println!("StartSyncExecution of one Rust task (echo) over HTTP against an empty handler,");
    println!("and one that does nothing but call the component\n");
    println!(
        "event  connections      ours     floor  ratio (half)            ours/s   floor/s  a bare call (half)"
    );
    for (size, bytes) in [("80 B", 80), ("1 KB", 1024)] {
        let request = request(&order(bytes));
        let ours = Server::start(&[OURS]);
        let answer = runtime().block_on(ours.answer_len(&request));
        let answer = answer.to_string();
        let floor = Server::start(&[FLOOR, &answer]);
        let bare = Server::start(&[BARE, &answer, &bytes.to_string()]);
        for connections in [1, 16, 128] {
            let compared = take_turns(
                || ours.load(&request, connections),
                || floor.load(&request, connections),
            );
            let calls = take_turns(
                || bare.load(&request, connections),
                || floor.load(&request, connections),
            );
            let rate = |measured: &Measured| CALLS as f64 / measured.time.as_secs_f64();
            let each = |measured: &Measured| micros(measured.time) / CALLS as f64;
            let Compared { ours, floor, .. } = &compared;
            println!(
                "{size:5} {connections:12} {:8.2}µs {:8.2}µs {} {:>9.0} {:>9.0} {}",
                each(ours),
                each(floor),
                rates(&compared),
                rate(ours),
                rate(floor),
                rates(&calls),
            );
        }
    }
}

/// The ratio of requests a second, not of times.
fn rates(compared: &Compared) -> String {
    let (most, least) = compared.spread();
    let ratio = 1.0 / compared.ratio();
    format!("{ratio:6.2} ({:.2} to {:.2})", 1.0 / least, 1.0 / most)
}

/// How many requests a turn is.
const CALLS: usize = 5_120;

/// A server in a process of its own. It ends with this.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let program = std::env::current_exe().expect("a program knows where it is");
        let mut process = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program runs");
        let stdout = process.stdout.take().expect("it is piped");
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        read.expect("the server says where it is");
        Self {
            process,
            address: line.trim().parse().expect("an address"),
        }
    }

    async fn connect(&self) -> Connection {
        Connection::open(self.address).await
    }

    async fn answer_len(&self, request: &[u8]) -> usize {
        self.connect().await.call(request).await
    }

    /// All calls of a round, spread over connections.
    fn load(&self, request: &[u8], connections: usize) -> Measured {
        runtime().block_on(async {
            let mut clients = JoinSet::new();
            let mut opened = Vec::new();
            for _ in 0..connections {
                opened.push(self.connect().await);
            }
            let (started, faults) = (Instant::now(), page_faults());
            for mut connection in opened {
                let request = request.to_vec();
                clients.spawn(async move {
                    for _ in 0..CALLS / connections {
                        connection.call(&request).await;
                    }
                });
            }
            clients.join_all().await;
            Measured {
                time: started.elapsed(),
                faults: page_faults() - faults,
            }
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// A connection that stays open, and no more of HTTP than both sides need.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address)
            .await
            .expect("the server listens");
        stream.set_nodelay(true).expect("the socket is open");
        Self {
            stream,
            buffer: vec![0; 64 << 10],
        }
    }

    /// Sends a request, and gives the length of the answer's body.
    async fn call(&mut self, request: &[u8]) -> usize {
        self.stream
            .write_all(request)
            .await
            .expect("the server reads");
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await;
            filled += read
                .ok()
                .filter(|read| *read > 0)
                .expect("the server answers");
            if let Some(length) = body_len(&self.buffer[..filled]) {
                return length;
            }
        }
    }
}

/// The length of the body, once all of the answer is there.
fn body_len(answer: &[u8]) -> Option<usize> {
    const LENGTH: &[u8] = b"content-length: ";
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    assert!(
        answer.starts_with(b"HTTP/1.1 200"),
        "{}",
        String::from_utf8_lossy(answer)
    );
    let digits = answer.windows(LENGTH.len()).position(|it| it == LENGTH)? + LENGTH.len();
    let digits = answer[digits..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
    (answer.len() == head + length).then_some(length)
}

fn request(input: &Value) -> Vec<u8> {
    let body = Object::from([
        ("stateMachineArn", Value::from(ARN)),
        ("input", Value::from(input.to_json())),
    ]);
    let body = Value::Object(body).to_json();
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: {JSON}\r\nContent-Length: {length}\r\n\
         X-Amz-Target: AWSStepFunctions.StartSyncExecution\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Serves until stdin is closed, by threads as the product has them.
fn serve_until_told(routes: impl AsyncFnOnce() -> Router) {
    let runtime = Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(async {
        let routes = routes().await;
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("there is a port");
        println!("{}", listener.local_addr().expect("it is bound"));
        let stop = tokio::task::spawn_blocking(|| {
            let _ = std::io::stdin().read(&mut [0]);
        });
        let stop = async { drop(stop.await) };
        serve(listener, routes, HttpLimits::default(), stop).await;
    });
}

/// An answer of so many bytes to whatever comes.
fn floor(answer: usize) -> Router {
    let answer = Bytes::from(vec![b' '; answer]);
    let handler = move |body: Bytes| async move {
        std::hint::black_box(body);
        ([(CONTENT_TYPE, JSON)], answer)
    };
    Router::new().route("/", post(handler))
}

/// The same after a bare call of the component with this event.
async fn bare_calls(answer: usize, event: String) -> Router {
    let component = guests::echo(&target());
    let floor = Arc::new(Floor::of(&echo(&component).await, &component));
    let (answer, event) = (Bytes::from(vec![b' '; answer]), Arc::<str>::from(event));
    let handler = move |body: Bytes| async move {
        std::hint::black_box(body);
        std::hint::black_box(floor.call(&event).await);
        ([(CONTENT_TYPE, JSON)], answer)
    };
    Router::new().route("/", post(handler))
}

async fn ours() -> Router {
    let functions = Functions::default();
    functions.insert("echo", echo(&guests::echo(&target())).await);
    let store = Arc::new(MemoryStore::new());
    let settings = Settings {
        region: "us-east-1".to_owned(),
        account: "123456789012".to_owned(),
        clock: Clock::Real,
        draw: Box::new(rand::random),
        journal: store.clone(),
        catalog: store,
        tasks: Arc::new(FunctionRunner::new(functions, Unobserved)),
        runtime: Handle::current(),
        quotas: Quotas::default(),
    };
    let opened = StepFunctions::open(settings).await;
    let step_functions = opened.expect("an empty store in memory opens");
    create(&step_functions).await;
    router(ApiSettings {
        step_functions,
        http_events: Vec::new(),
        lambda: None,
        credentials: None,
        region: "us-east-1".to_owned(),
        limits: HttpLimits::default(),
    })
}

async fn create(step_functions: &StepFunctions) {
    let machine = Value::Object(Object::from([
        ("name", "echo"),
        ("type", "EXPRESS"),
        ("definition", DEFINITION),
        ("roleArn", "arn:aws:iam::123456789012:role/bench"),
    ]));
    let created = step_functions.call("CreateStateMachine", &machine).await;
    created.expect("the machine is good");
}

async fn echo(component: &[u8]) -> Function {
    let program = std::env::current_exe().expect("a program knows where it is");
    let cache = target().join("bench-components");
    let config = SandboxConfig::new(cache, CompilerProgram::new(program, [COMPILE]));
    let sandbox = Sandbox::new(config).expect("a sandbox starts");
    let echo = sandbox.load(component, FunctionSpec::named("echo")).await;
    echo.expect("the echo component loads")
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned()
}
