//! Compiling a component in a child process that can be killed.
//!
//! wasmtime cannot cancel a compilation, and a hostile component can exhaust
//! memory in one.

use std::ffi::{OsStr, OsString};
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus, Stdio};

use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::artifact;
use crate::engine::compiler_engine;
use crate::error::LoadError;
use crate::limits::CompileLimits;
use crate::world::World;

/// How much of the compiler's complaint an error repeats, in bytes.
const COMPLAINT_BYTES: usize = 4096;

/// The program that compiles: it must call [`child_main`] with the arguments
/// that follow the leading ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompilerProgram {
    program: PathBuf,
    leading: Vec<OsString>,
}

impl CompilerProgram {
    /// Usually one's own executable and the name of a hidden subcommand.
    pub fn new<A: Into<OsString>>(
        program: impl Into<PathBuf>,
        leading: impl IntoIterator<Item = A>,
    ) -> Self {
        Self {
            program: program.into(),
            leading: leading.into_iter().map(Into::into).collect(),
        }
    }
}

/// What the child is told, as its arguments carry it.
struct Order {
    world: World,
    stack_bytes: usize,
    memory_bytes: u64,
    cpu_seconds: u64,
    output: PathBuf,
}

impl Order {
    fn arguments(&self) -> [OsString; 5] {
        let world = match self.world {
            World::Lambda => "lambda",
            World::LambdaAsync => "lambda-async",
        };
        [
            world.into(),
            self.stack_bytes.to_string().into(),
            self.memory_bytes.to_string().into(),
            self.cpu_seconds.to_string().into(),
            self.output.clone().into(),
        ]
    }

    fn parse(arguments: &[OsString]) -> Option<Self> {
        let [world, stack_bytes, memory_bytes, cpu_seconds, output] = arguments else {
            return None;
        };
        Some(Self {
            world: match world.to_str()? {
                "lambda" => World::Lambda,
                "lambda-async" => World::LambdaAsync,
                _ => return None,
            },
            stack_bytes: number(stack_bytes)?,
            memory_bytes: number(memory_bytes)?,
            cpu_seconds: number(cpu_seconds)?,
            output: output.into(),
        })
    }
}

fn number<N: std::str::FromStr>(argument: &OsStr) -> Option<N> {
    argument.to_str()?.parse().ok()
}

/// Compiles `component` into a sealed file at `output`.
///
/// Dropping the future kills the child.
pub(crate) async fn compile(
    program: &CompilerProgram,
    limits: &CompileLimits,
    world: World,
    stack_bytes: usize,
    component: &[u8],
    output: &Path,
) -> Result<(), LoadError> {
    let order = Order {
        world,
        stack_bytes,
        memory_bytes: limits.memory_bytes,
        cpu_seconds: limits.cpu_time.as_secs().max(1),
        output: output.to_owned(),
    };
    let run = run_child(program, &order, component);
    match tokio::time::timeout(limits.wall_time, run).await {
        Ok(ended) => judge(&ended?, limits),
        Err(_) => Err(LoadError::CompileStopped(format!(
            "it took longer than {} s (CompileLimits::wall_time)",
            limits.wall_time.as_secs_f64()
        ))),
    }
}

struct Ended {
    status: ExitStatus,
    complaint: String,
}

async fn run_child(
    program: &CompilerProgram,
    order: &Order,
    component: &[u8],
) -> Result<Ended, LoadError> {
    let mut child = Command::new(&program.program)
        .args(&program.leading)
        .args(order.arguments())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|cause| failed(format!("starting {}", program.program.display()), cause))?;
    let mut stdin = child.stdin.take().expect("stdin is piped");
    // A child that refuses its input early has said why on stderr.
    let _ = stdin.write_all(component).await;
    drop(stdin);
    let output = child
        .wait_with_output()
        .await
        .map_err(|cause| failed("waiting for it".to_owned(), cause))?;
    Ok(Ended {
        status: output.status,
        complaint: complaint(&output.stderr),
    })
}

fn failed(context: String, cause: io::Error) -> LoadError {
    LoadError::Compiler { context, cause }
}

fn complaint(stderr: &[u8]) -> String {
    let start = stderr.len().saturating_sub(COMPLAINT_BYTES);
    String::from_utf8_lossy(&stderr[start..]).trim().to_owned()
}

fn judge(ended: &Ended, limits: &CompileLimits) -> Result<(), LoadError> {
    if ended.status.success() {
        return Ok(());
    }
    match ended.status.signal() {
        None => Err(LoadError::CompileFailed(ended.complaint.clone())),
        Some(signal) if signal == Signal::XCPU.as_raw() => Err(LoadError::CompileStopped(format!(
            "it used more than {} s of processor time (CompileLimits::cpu_time)",
            limits.cpu_time.as_secs().max(1)
        ))),
        Some(signal) => Err(LoadError::CompileStopped(format!(
            "signal {signal}, which running out of the {} bytes of CompileLimits::memory_bytes \
             may cause: {}",
            limits.memory_bytes, ended.complaint
        ))),
    }
}

/// The compiler's side: limits itself, compiles its standard input and writes
/// the result to the file that its arguments name.
///
/// `arguments` are those after the leading ones of [`CompilerProgram`].
pub fn child_main(arguments: &[OsString]) -> ExitCode {
    let Some(order) = Order::parse(arguments) else {
        eprintln!("this command is run by the sandbox, not by hand");
        return ExitCode::from(2);
    };
    match carry_out(&order) {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            eprintln!("{complaint}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(order: &Order) -> Result<(), String> {
    limit(Resource::As, order.memory_bytes, order.memory_bytes);
    // Reaching the lower one is SIGXCPU, which says why; the other is SIGKILL,
    // which could as well come from a machine that is out of memory.
    limit(Resource::Cpu, order.cpu_seconds, order.cpu_seconds + 1);
    // A crash leaves a message, and no dump of a stranger's component.
    limit(Resource::Core, 0, 0);
    let mut component = Vec::new();
    io::stdin()
        .read_to_end(&mut component)
        .map_err(|cause| format!("reading the component: {cause}"))?;
    let engine = compiler_engine(order.world, order.stack_bytes)
        .map_err(|cause| format!("preparing the compiler: {cause:#}"))?;
    let code = engine
        .precompile_component(&component)
        .map_err(|cause| format!("{cause:#}"))?;
    write_private(&order.output, &artifact::seal(&code))
        .map_err(|cause| format!("writing {}: {cause}", order.output.display()))
}

/// Where the process may not have as much anyway, its own limit stays.
fn limit(resource: Resource, current: u64, maximum: u64) {
    let rlimit = Rlimit {
        current: Some(current),
        maximum: Some(maximum),
    };
    let _ = setrlimit(resource, rlimit);
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?
        .write_all(bytes)
}
