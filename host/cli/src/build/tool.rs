//! Tools that a builder runs as processes of their own, within limits.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::command_error::CommandError;

/// What one run of a tool may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct ToolLimits {
    /// How long it may run; it is killed then.
    pub(super) wall_time: Duration,
    /// How many bytes it may print on stdout; more is an error. Of stderr as
    /// many are kept, the first ones, and the rest is dropped.
    pub(super) output_bytes: usize,
}

/// What a tool did that came to its own end.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

/// How often a running tool is looked at.
const INTERVAL: Duration = Duration::from_millis(10);

/// How long a tool that has ended may leave its output open to others.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Runs a tool that reads `input`, which should fit a pipe (64 KiB): it is
/// written before anything is waited for. A tool stays in the terminal's group
/// of processes, so that Ctrl-C ends it as well.
pub(super) fn run(
    command: &mut Command,
    input: &[u8],
    limits: ToolLimits,
) -> Result<Ended, ToolError> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(ToolError::Start)?;
    let stdout = read_aside(child.stdout.take(), limits.output_bytes + 1);
    let stderr = read_aside(child.stderr.take(), limits.output_bytes);
    if let Some(mut stdin) = child.stdin.take() {
        // A tool that ends without reading says why in another way.
        let _ = stdin.write_all(input);
    }
    let status = wait(&mut child, limits.wall_time)?;
    let stdout = stdout.recv_timeout(LAST_WORDS).unwrap_or_default();
    let stderr = stderr.recv_timeout(LAST_WORDS).unwrap_or_default();
    if stdout.len() > limits.output_bytes {
        return Err(ToolError::Output(limits.output_bytes));
    }
    Ok(Ended {
        status,
        stdout,
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    })
}

/// Collects what a pipe carries, up to a number of bytes; more is read and
/// dropped, since a tool waits for a pipe that nobody reads.
fn read_aside(pipe: Option<impl Read + Send + 'static>, most: usize) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut pipe = pipe.expect("the pipe was asked for");
        let mut bytes = Vec::new();
        // What was read before a failure counts.
        let _ = pipe.by_ref().take(most as u64).read_to_end(&mut bytes);
        let _ = io::copy(&mut pipe, &mut io::sink());
        // Nobody listens if the tool was killed.
        let _ = sender.send(bytes);
    });
    receiver
}

fn wait(child: &mut Child, wall_time: Duration) -> Result<ExitStatus, ToolError> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(ToolError::Wait)? {
            return Ok(status);
        }
        if began.elapsed() >= wall_time {
            let _ = child.kill();
            let _ = child.wait();
            return Err(ToolError::Deadline(wall_time));
        }
        thread::sleep(INTERVAL);
    }
}

/// Why a tool did not come to its own end.
#[derive(Debug)]
pub(super) enum ToolError {
    /// It could not be started.
    Start(io::Error),
    /// The system does not say how it ended.
    Wait(io::Error),
    /// It ran as long as it might.
    Deadline(Duration),
    /// It printed more than this many bytes.
    Output(usize),
}

impl ToolError {
    /// Whether there is no such program.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Start(cause) if cause.kind() == io::ErrorKind::NotFound)
    }

    /// The error for the person who asked for the build.
    pub(super) fn of(self, tool: &str) -> CommandError {
        match self {
            Self::Start(cause) | Self::Wait(cause) => {
                CommandError::caused(format!("running {tool}"), &cause)
            }
            Self::Deadline(wall_time) => CommandError::new(format!(
                "{tool} was stopped after {} minutes without an end",
                wall_time.as_secs() / 60
            )),
            Self::Output(bytes) => {
                CommandError::new(format!("{tool} printed more than {bytes} bytes"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: ToolLimits = ToolLimits {
        wall_time: Duration::from_secs(60),
        output_bytes: 100_000,
    };

    fn shell(script: &str, limits: ToolLimits) -> Result<Ended, ToolError> {
        run(Command::new("sh").args(["-c", script]), b"input", limits)
    }

    #[test]
    fn a_tool_reads_and_prints() {
        let ended = shell("cat; echo word >&2; exit 3", LIMITS).unwrap();
        assert_eq!(ended.stdout, b"input");
        assert_eq!(ended.stderr, "word\n");
        assert_eq!(ended.status.code(), Some(3));
    }

    #[test]
    fn a_tool_without_an_end_is_stopped() {
        let limits = ToolLimits {
            wall_time: Duration::from_millis(50),
            ..LIMITS
        };
        assert!(matches!(
            shell("exec sleep 60", limits),
            Err(ToolError::Deadline(_))
        ));
    }

    #[test]
    fn output_is_bounded() {
        let flood = shell("yes | head -c 1000000", LIMITS);
        assert!(matches!(flood, Err(ToolError::Output(100_000))));
        let complaint = shell("yes | head -c 1000000 >&2", LIMITS).unwrap();
        assert_eq!(complaint.stderr.len(), 100_000);
    }

    #[test]
    fn a_tool_that_is_not_there_is_told_apart() {
        let ran = run(&mut Command::new("/nowhere/tool"), b"", LIMITS);
        assert!(ran.unwrap_err().is_missing());
    }
}
