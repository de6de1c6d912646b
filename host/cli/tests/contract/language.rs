//! The languages, and the components that are built of their handlers.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::support::{Ran, repository, sandstep};

/// One language of the contract.
pub(crate) struct Language {
    /// Its folder beneath `tests/contract`, a project of `sandstep`.
    pub(crate) name: &'static str,
    /// Its name for people.
    pub(crate) title: &'static str,
    /// Programs without which nothing can be built in it.
    tools: &'static [&'static str],
    built: OnceLock<Result<(), String>>,
}

/// The columns of the table, in their order.
pub(crate) static LANGUAGES: [Language; 2] = [
    Language::new("rust", "Rust", &["cargo"]),
    Language::new("javascript", "JavaScript", &["node", "npm"]),
];

impl Language {
    const fn new(name: &'static str, title: &'static str, tools: &'static [&'static str]) -> Self {
        Self {
            name,
            title,
            tools,
            built: OnceLock::new(),
        }
    }

    /// The tool that this machine lacks, if there is one.
    pub(crate) fn missing_tool(&self) -> Option<&'static str> {
        self.tools.iter().copied().find(|tool| !runs(tool))
    }

    fn folder(&self) -> PathBuf {
        repository().join("tests/contract").join(self.name)
    }

    /// The component of one of its functions. All of them are built, or found
    /// to be up to date, when the first one is asked for.
    pub(crate) fn component(&self, function: &str) -> Result<Vec<u8>, String> {
        if self.build().is_err() {
            return Err("it was not built: see the test `builds`".to_owned());
        }
        let path = self
            .folder()
            .join(".sandstep/components")
            .join(format!("{function}.wasm"));
        std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Builds all of its functions, once.
    pub(crate) fn build(&self) -> Result<(), String> {
        self.built.get_or_init(|| self.run_build()).clone()
    }

    fn run_build(&self) -> Result<(), String> {
        let folder = format!("tests/contract/{}", self.name);
        match sandstep(&["build", &folder]) {
            Ran { status: 0, .. } => Ok(()),
            ran => Err(format!("{folder} does not build:\n{}", ran.stderr)),
        }
    }

    /// What is said of sources that must not build.
    pub(crate) fn refused(&self, folder: &str) -> Result<String, String> {
        let folder = self.folder().join(folder);
        let folder = folder.to_str().ok_or("the repository's path is no text")?;
        match sandstep(&["invoke", folder]) {
            Ran {
                status: 2, stderr, ..
            } => Ok(stderr),
            ran => Err(format!(
                "{folder} is not refused but ends with {}:\n{}",
                ran.status, ran.stderr
            )),
        }
    }
}

fn runs(tool: &str) -> bool {
    let mut version = Command::new(tool);
    version.arg("--version").stdin(Stdio::null());
    version.output().is_ok_and(|output| output.status.success())
}
