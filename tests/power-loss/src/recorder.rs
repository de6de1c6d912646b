//! Running a program under the recorder.

use std::{
    env, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use serde_json::Value;

/// Records what this command does to the files of `folder`, behind what the
/// record has already. Paths are absolute and name no link.
///
/// # Panics
///
/// Panics where the recorder cannot be built.
pub fn record(command: &mut Command, folder: &Path, record: &Path) {
    command.env("LD_PRELOAD", library());
    command.env("SANDSTEP_RECORDED", folder);
    command.env("SANDSTEP_RECORD", record);
}

/// The library to preload, built when it is first needed: cargo builds no
/// library for a test that cannot link it.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| build().expect("the recorder can be built"))
}

fn build() -> io::Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--package", "sandstep-power-loss-recorder"]);
    command.arg("--message-format=json");
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.stderr(Stdio::inherit()).output()?;
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut libraries = messages.lines().filter_map(library_of);
    let library = libraries.next_back();
    library.ok_or_else(|| io::Error::other("cargo has built no library"))
}

/// The library that a message of cargo's tells of.
fn library_of(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let mut files = message["filenames"].as_array()?.iter();
    let library = files.find_map(|file| file.as_str().filter(|file| file.ends_with(".so")))?;
    Some(library.into())
}
