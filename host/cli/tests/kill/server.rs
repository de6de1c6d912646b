//! The server under test: a project, a store, and the process that comes and goes.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Stdio},
    sync::{Arc, Mutex},
};

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
        let folder = support::folder(name);
        let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        for guest in ["echo", "behaviours"] {
            let component = sandstep_components::guest(guest, &target);
            fs::write(folder.join(guest).with_extension("wasm"), component).unwrap();
        }
        support::write(&folder, "sandstep.toml", MANIFEST);
        support::write(&folder, "lived.asl.json", include_str!("lived.asl.json"));
        let address = Arc::default();
        Self { folder, address }
    }

    pub(crate) fn address(&self) -> Option<String> {
        self.address.lock().unwrap().clone()
    }

    /// Starts a process and does not wait for it.
    pub(crate) fn spawn(&self) -> Running {
        let mut log = File::options();
        let log = log.create(true).append(true).open(self.folder.join("log"));
        let arguments = [
            "serve",
            "--project",
            ".",
            "--data",
            "data",
            "--listen",
            "127.0.0.1:0",
        ];
        let mut command = support::command(&self.folder, &arguments);
        let command = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.unwrap());
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
