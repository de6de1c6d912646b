//! `sandstep serve`, in a process of its own.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Ran, command};

/// How long anything may take that should not take long; a debug build
/// compiles components slowly.
const PATIENCE: Duration = Duration::from_secs(300);

/// A server that is ready. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    /// The line that it printed.
    pub(crate) url: String,
    folder: PathBuf,
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Server {
    /// Starts a server in a folder, which also keeps its data, on a free port,
    /// and waits until it is ready.
    #[track_caller]
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::spawn(
            serve(folder, command(folder, &["serve"]), arguments),
            folder,
        )
    }

    /// The same, on a disk that fails: no file of its grows beyond half a MiB.
    #[track_caller]
    pub(crate) fn start_on_a_bad_disk(folder: &Path, arguments: &[&str]) -> Self {
        let program = command(folder, &["serve"]);
        let mut shell = Command::new("sh");
        // In units of 512 bytes.
        let limited = r#"trap '' XFSZ; ulimit -f 1024; exec "$0" "$@""#;
        shell.current_dir(folder).args(["-c", limited]);
        shell.arg(program.get_program()).args(program.get_args());
        Self::spawn(serve(folder, shell, arguments), folder)
    }

    #[track_caller]
    fn spawn(mut serve: Command, folder: &Path) -> Self {
        let mut child = serve.spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let (sender, line) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = sender.send(line);
        });
        let line = line.recv_timeout(PATIENCE).unwrap_or_default();
        let server = Self {
            child,
            url: line.trim().to_owned(),
            folder: folder.to_owned(),
        };
        assert!(server.url.starts_with("http://"), "{}", server.log());
        server
    }

    /// What it wrote to its log so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("server.log")).unwrap()
    }

    /// Runs a command against this server.
    pub(crate) fn sandstep(&self, arguments: &[&str]) -> Ran {
        let mut client = command(&self.folder, arguments);
        client.env("SANDSTEP_ENDPOINT", &self.url);
        Ran::from(client.output().unwrap())
    }

    /// Sends a request and reads the answer.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let mut stream = self.send(method, path, headers, body);
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// Calls an operation of Step Functions; `None` where it was refused, or nobody is
    /// there to answer.
    pub(crate) fn call(&self, operation: &str, input: &Value) -> Option<Value> {
        let target = format!("x-amz-target: AWSStepFunctions.{operation}");
        let headers = ["content-type: application/x-amz-json-1.0", &target];
        let mut stream = self.connect().ok()?;
        let request = self.request("POST", "/", &headers, &input.to_string());
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let answered = head.starts_with("HTTP/1.1 200");
        answered.then(|| serde_json::from_str(body).unwrap())
    }

    /// Sends a request and waits for nothing.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[&str], body: &str) -> TcpStream {
        let mut stream = self.connect().unwrap();
        let request = self.request(method, path, headers, body);
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(self.address())?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    fn request(&self, method: &str, path: &str, headers: &[&str], body: &str) -> String {
        let (address, length) = (self.address(), body.len());
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             content-length: {length}\r\n"
        );
        for header in headers {
            request += &format!("{header}\r\n");
        }
        format!("{request}\r\n{body}")
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status();
        assert!(sent.unwrap().success());
    }

    /// The status that it ends with.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server goes on:\n{}", self.log());
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that cannot start: what it says.
pub(crate) fn refused(folder: &Path, arguments: &[&str]) -> Ran {
    let mut serve = serve(folder, command(folder, &["serve"]), arguments);
    let output = serve.stderr(Stdio::piped()).output().unwrap();
    Ran::from(output)
}

/// The server, not started yet.
pub(crate) fn serve(folder: &Path, mut serve: Command, arguments: &[&str]) -> Command {
    serve.args(arguments);
    if !arguments.contains(&"--listen") {
        serve.args(["--listen", "127.0.0.1:0"]);
    }
    let log = File::options()
        .create(true)
        .append(true)
        .open(folder.join("server.log"))
        .unwrap();
    serve.stdout(Stdio::piped()).stderr(log);
    serve
}
