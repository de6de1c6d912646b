//! `sandstep serve` without anything to do: how soon it is ready, and what memory it has
//! then.
//!
//! `cargo bench --package sandstep --bench serve`
//!
//! Each start is one of the real binary, on a store that is there already and with functions
//! that are built and compiled. It is ready once it prints its URL.
#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on should panic"
)]

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// How often each is started; the median is told.
const STARTS: usize = 9;

/// How long it is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(1);

const READY_TARGET: &str = "target 100 ms";
const RESIDENT_TARGET: &str = "target 40 MB";

fn main() {
    println!("sandstep serve, idle\n");
    let example = repository().join("examples/classroom");
    let example = example.to_str().unwrap();
    for (what, arguments) in [("alone", &[][..]), ("a project", &["--project", example])] {
        let folder = folder(what);
        // Builds, compiles, and makes the store.
        start(&folder, arguments).0.end();
        let starts = (0..STARTS).map(|_| start(&folder, arguments));
        let idle: Vec<Idle> = starts.map(|(server, ready)| server.idle(ready)).collect();
        let median = |of: fn(&Idle) -> f64| median(idle.iter().map(of).collect());
        let (ready, resident) = (median(|idle| idle.ready), median(|idle| idle.resident));
        let (own, files) = (median(|idle| idle.own), median(|idle| idle.files));
        println!(
            "{what:9}  ready after {ready:>3.0} ms ({READY_TARGET}), {resident:>4.1} MB resident \
             ({RESIDENT_TARGET}): {own:.1} of its own, {files:.1} of files"
        );
    }
}

/// A server that is ready.
struct Server(Child);

/// What one start came to: milliseconds, and MB of memory.
struct Idle {
    ready: f64,
    resident: f64,
    /// What nothing but this process has.
    own: f64,
    /// What the page cache has as well: the binary, most of all.
    files: f64,
}

/// Starts a server, and tells how long it took to be ready.
fn start(folder: &Path, arguments: &[&str]) -> (Server, Duration) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sandstep"));
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(arguments)
        .current_dir(folder)
        .env("XDG_CACHE_HOME", target().join("cache"))
        .stdout(Stdio::piped())
        .stderr(fs::File::create(folder.join("server.log")).unwrap());
    let began = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut url = String::new();
    let stdout = child.stdout.as_mut().unwrap();
    BufReader::new(stdout).read_line(&mut url).unwrap();
    let ready = began.elapsed();
    let log = || fs::read_to_string(folder.join("server.log")).unwrap();
    assert!(url.starts_with("http://"), "{}", log());
    (Server(child), ready)
}

impl Server {
    fn idle(self, ready: Duration) -> Idle {
        sleep(IDLE);
        let file = format!("/proc/{}/status", self.0.id());
        let status = fs::read_to_string(file).unwrap_or_default();
        let idle = Idle {
            ready: ready.as_secs_f64() * 1e3,
            resident: megabytes(&status, "VmRSS:"),
            own: megabytes(&status, "RssAnon:"),
            files: megabytes(&status, "RssFile:"),
        };
        self.end();
        idle
    }

    fn end(mut self) {
        let id = i32::try_from(self.0.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), Signal::TERM).unwrap();
        assert!(self.0.wait().unwrap().success());
    }
}

/// What a line of `/proc/PID/status` says; not a number where the system has none.
fn megabytes(status: &str, name: &str) -> f64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib * 1024.0 / 1e6)
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned()
}

/// An empty folder.
fn folder(name: &str) -> PathBuf {
    let folder = target().join("bench-serve").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}
