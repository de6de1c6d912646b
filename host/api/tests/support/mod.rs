//! An endpoint in this process, and a client that may misbehave.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::HashMap;
use std::future::ready;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sandstep_api::{ApiSettings, Credentials, HttpLimits, router, serve};
use sandstep_asl::TaskOutcome;
use sandstep_driver::{Clock, TaskCall, TaskFuture, TaskRunner};
use sandstep_journal::MemoryStore;
use sandstep_json::{Object, Value};
use sandstep_sandbox::{CompilerProgram, Sandbox, SandboxConfig};
use sandstep_service::lambda::{self, Lambda};
use sandstep_service::step_functions::{Quotas, Settings, StepFunctions};
use sandstep_service::{Functions, Unobserved};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) const REGION: &str = "us-east-1";
pub(crate) const PASS: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;
/// A machine whose executions outlast any test.
pub(crate) const SLEEP: &str =
    r#"{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 600, "End": true}}}"#;

/// Returns every task's input.
struct Echo;

impl TaskRunner for Echo {
    fn run(&self, call: TaskCall) -> TaskFuture {
        let outcome = TaskOutcome::Succeeded(call.task.input);
        Box::pin(ready(outcome.into()))
    }
}

/// An account whose store is memory. It panics once where it draws while `panics` is set.
async fn account(panics: Arc<AtomicBool>) -> StepFunctions {
    let store = Arc::new(MemoryStore::new());
    let drawn = AtomicU64::new(0);
    let settings = Settings {
        region: REGION.to_owned(),
        account: "123456789012".to_owned(),
        clock: Clock::Real,
        draw: Box::new(move || {
            assert!(
                !panics.swap(false, Ordering::Relaxed),
                "as the test wants it"
            );
            let number = drawn.fetch_add(1, Ordering::Relaxed) + 1;
            u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
        }),
        journal: store.clone(),
        catalog: store,
        tasks: Arc::new(Echo),
        runtime: Handle::current(),
        quotas: Quotas::default(),
    };
    let opened = StepFunctions::open(settings).await;
    opened.expect("an empty store in memory opens")
}

/// A Lambda account without functions.
pub(crate) async fn lambda(compiler: CompilerProgram) -> Lambda {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("api-components");
    let lambda = Lambda::open(lambda::Settings {
        region: REGION.to_owned(),
        account: "123456789012".to_owned(),
        catalog: Arc::new(MemoryStore::new()),
        functions: Functions::default(),
        sandbox: Sandbox::new(SandboxConfig::new(cache, compiler)).expect("the sandbox starts"),
        observer: Arc::new(Unobserved),
        clock: Clock::Real,
        draw: Box::new(rand::random),
        runtime: Handle::current(),
        quotas: lambda::Quotas {
            patience: Duration::from_secs(120),
            ..lambda::Quotas::default()
        },
    });
    lambda.await.expect("an empty store opens")
}

/// How an endpoint differs from the usual one.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) limits: HttpLimits,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) lambda: Option<Lambda>,
    /// Set it, and the next request that draws something random panics.
    pub(crate) panics: Arc<AtomicBool>,
}

/// An endpoint on a port of its own.
pub(crate) struct Endpoint {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Endpoint {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let limits = options.limits;
        let routes = router(ApiSettings {
            step_functions: account(options.panics).await,
            http_events: Vec::new(),
            lambda: options.lambda,
            credentials: options.credentials,
            region: REGION.to_owned(),
            limits: limits.clone(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let stopped = async move { drop(stopped.await) };
        Self {
            address,
            stop,
            served: tokio::spawn(serve(listener, routes, limits, stopped)),
        }
    }

    /// Tells the server to stop, and waits until it has.
    pub(crate) async fn stop(self) {
        self.stop.send(()).expect("the server is there");
        self.served.await.expect("the server does not panic");
    }

    pub(crate) async fn connect(&self) -> Client {
        Client::connect(self.address).await
    }

    /// One request as clients make them, on a connection of its own.
    pub(crate) async fn call(&self, operation: &str, body: &str) -> Answer {
        self.connect().await.call(operation, body).await
    }

    /// Makes a state machine, and gives its ARN.
    pub(crate) async fn create(&self, name: &str, kind: &str, definition: &str) -> String {
        let request = Object::from([
            ("name", Value::from(name)),
            ("type", Value::from(kind)),
            ("definition", Value::from(definition)),
            ("roleArn", Value::from("arn:aws:iam::123456789012:role/r")),
        ]);
        let request = Value::Object(request).to_json();
        let answer = self.call("CreateStateMachine", &request).await;
        answer.text("stateMachineArn").to_owned()
    }
}

/// A connection.
pub(crate) struct Client(TcpStream);

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self(
            TcpStream::connect(address)
                .await
                .expect("the server listens"),
        )
    }

    /// Whether the server still takes what is sent: it may have answered and
    /// closed already.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    pub(crate) async fn call(&mut self, operation: &str, body: &str) -> Answer {
        self.send(request(operation, body)).await;
        self.answer().await
    }

    /// The next answer. Panics where the connection was closed instead.
    pub(crate) async fn answer(&mut self) -> Answer {
        self.try_answer().await.expect("an answer")
    }

    /// The next answer; `None` where the connection was closed without one.
    pub(crate) async fn try_answer(&mut self) -> Option<Answer> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.ok()?);
        }
        let mut answer = Answer::of(&String::from_utf8(head).expect("heads are text"));
        let length = answer.headers.get("content-length");
        let length = length.map_or(0, |length| length.parse().expect("a number"));
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.ok()?;
        answer.body = String::from_utf8(body).expect("answers are text");
        Some(answer)
    }

    /// Whether the server has closed the connection, or does so now.
    pub(crate) async fn is_closed(&mut self) -> bool {
        matches!(self.0.read(&mut [0; 1]).await, Ok(0) | Err(_))
    }
}

/// A request as clients send it, without a signature.
pub(crate) fn request(operation: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nHost: sync-states.example\r\nContent-Type: application/x-amz-json-1.0\r\n\
         X-Amz-Target: AWSStepFunctions.{operation}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Answer {
    fn of(head: &str) -> Self {
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let headers = lines.filter_map(|line| line.split_once(": "));
        Self {
            status: status
                .and_then(|status| status.parse().ok())
                .expect("a status"),
            headers: headers
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect(),
            body: String::new(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        Value::parse(&self.body).expect("the answer is JSON")
    }

    /// A member that is text.
    #[track_caller]
    pub(crate) fn text(&self, member: &str) -> String {
        let document = self.json();
        let text = document.get(member).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("no {member} in {self:?}"))
            .to_owned()
    }

    /// The status and the name of an error without its namespace.
    #[track_caller]
    pub(crate) fn error(&self) -> (u16, String) {
        let kind = self.text("__type");
        (
            self.status,
            kind.split('#').next_back().expect("a name").to_owned(),
        )
    }
}
