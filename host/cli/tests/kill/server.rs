//! The server under test: a project, a store, and the process that comes and goes.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Stdio},
    sync::{Arc, Mutex},
};

use sandstep_power_loss::recorder;

use crate::support;

const MANIFEST: &str = r#"
[functions.echo]
component = "echo.wasm"

[functions.boom]
component = "behaviours.wasm"

[functions.boom.environment]
BEHAVIOUR = "raise_custom_exception"

[machines.lived]
definition = "lived.asl.json"
"#;

pub(crate) struct Server {
    folder: PathBuf,
    /// What is done to the store is written down.
    is_recorded: bool,
    /// Where the last one that was ready listens.
    address: Arc<Mutex<Option<String>>>,
}

/// One process.
pub(crate) struct Running {
    child: Child,
    address: Arc<Mutex<Option<String>>>,
}

impl Server {
    /// A project with everything that may be interrupted, and an empty store.
    pub(crate) fn new(name: &str) -> Self {
        let folder = support::folder(name).canonicalize().unwrap();
        fs::create_dir(folder.join("disk")).unwrap();
        let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        for guest in ["echo", "behaviours"] {
            let component = sandstep_components::guest(guest, &target);
            fs::write(folder.join(guest).with_extension("wasm"), component).unwrap();
        }
        support::write(&folder, "sandstep.toml", MANIFEST);
        support::write(&folder, "lived.asl.json", include_str!("lived.asl.json"));
        let address = Arc::default();
        Self {
            folder,
            is_recorded: false,
            address,
        }
    }

    /// The same, and what is done to the store is written down.
    pub(crate) fn recorded(name: &str) -> Self {
        Self {
            is_recorded: true,
            ..Self::new(name)
        }
    }

    /// The folder that the store's is in, and nothing else.
    pub(crate) fn disk(&self) -> PathBuf {
        self.folder.join("disk")
    }

    /// Where it is written down.
    pub(crate) fn record(&self) -> PathBuf {
        self.folder.join("record")
    }

    pub(crate) fn address(&self) -> Option<String> {
        self.address.lock().unwrap().clone()
    }

    /// Starts a process and does not wait for it.
    pub(crate) fn spawn(&self) -> Running {
        let mut log = File::options();
        let log = log.create(true).append(true).open(self.folder.join("log"));
        let mut command = support::command(&self.folder, &["serve", "--project", "."]);
        command.arg("--data").arg(self.disk().join("data"));
        command.args(["--listen", "127.0.0.1:0"]);
        if self.is_recorded {
            recorder::record(&mut command, &self.disk(), &self.record());
        }
        let streams = command.stdin(Stdio::null()).stdout(Stdio::piped());
        streams.stderr(log.unwrap());
        Running {
            child: command.spawn().unwrap(),
            address: Arc::clone(&self.address),
        }
    }
}

impl Running {
    /// Waits for the line that says where it listens.
    pub(crate) fn wait_until_ready(&mut self) {
        let stdout = self.child.stdout.as_mut().unwrap();
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://");
        let address = address.unwrap_or_else(|| panic!("it does not listen: {line:?}"));
        *self.address.lock().unwrap() = Some(address.to_owned());
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.address.lock().unwrap().take();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that fails leaves nobody behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
